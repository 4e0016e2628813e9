/** The receipt on its way to the printer. It is watched to its end wherever the officer has gone meanwhile. */
import { asTrouble, printReceipt, printing, type Paper, type Trouble } from "../backend";

/** Milliseconds between two looks at the printer's queue. */
const LOOK = 1000;

export class Print {
  code = $state("");
  state: "none" | "working" | "done" | "failed" = $state("none");
  trouble: Trouble | null = $state(null);
  #run = 0;

  /** Prints a dossier's receipt; true when the paper is out. A failure leaves the dossier as it was. */
  async start(code: string, paper: Paper, printer: string): Promise<boolean> {
    const run = ++this.#run;
    this.code = code;
    this.state = "working";
    this.trouble = null;
    try {
      let job = await printReceipt({ code, paper, printer });
      while (job.state === "waiting" || job.state === "printing") {
        await new Promise((resolve) => setTimeout(resolve, LOOK));
        if (run !== this.#run) return false;
        job = await printing(job.job);
      }
      if (run !== this.#run) return false;
      this.trouble = job.trouble;
      this.state = job.state === "done" ? "done" : "failed";
    } catch (reason) {
      if (run !== this.#run) return false;
      this.trouble = asTrouble(reason);
      this.state = "failed";
    }
    return this.state === "done";
  }

  clear(): void {
    this.#run += 1;
    this.state = "none";
    this.trouble = null;
  }
}
