/** A paper on its way to the printer. It is watched to its end wherever the officer has gone meanwhile. */
import { asTrouble, cancelPrinting, printPaper, printing, type Paper, type PaperOf, type Trouble } from "../backend";

/** Milliseconds between two looks at the printer's queue. */
const LOOK = 1000;
/** Looks a printer in trouble is given before the paper is taken back, and looks any printer is given. */
const PATIENCE = { troubled: 12, any: 90 };

export class Print {
  of = $state.raw<PaperOf | null>(null);
  state: "none" | "working" | "done" | "failed" = $state("none");
  trouble: Trouble | null = $state(null);
  #run = 0;

  /** Prints a paper; true when it is out. A failure leaves what it speaks of as it was. */
  async start(of: PaperOf, paper: Paper, printer: string): Promise<boolean> {
    const run = ++this.#run;
    this.of = of;
    this.state = "working";
    this.trouble = null;
    try {
      let job = await printPaper({ of, paper, printer });
      for (let looks = 0; job.state === "waiting" || job.state === "printing"; looks++) {
        if (looks >= (job.trouble ? PATIENCE.troubled : PATIENCE.any)) {
          // A paper nobody waits for any more must not come out an hour later as a second one.
          await cancelPrinting(job.job);
          job = { ...job, state: "failed" };
          break;
        }
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

  /** After another language was chosen, only the words of the screens themselves are left. */
  forgetWords(): void {
    this.trouble = null;
  }

  clear(): void {
    this.#run += 1;
    this.state = "none";
    this.trouble = null;
  }
}
