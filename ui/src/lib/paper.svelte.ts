/** A paper on the screen: its pages as they will come out, and its way to the printer or into a file. */
import { previewPaper, printers, savePaper, type PaperOf, type Preview, type PrinterRow } from "../backend";
import { desk } from "../desk.svelte";
import { m } from "../paraglide/messages.js";
import { preferences } from "./preferences.svelte";

/** Form 01 of a dossier, the receipt. */
export const receiptOf = (code: string): PaperOf => ({ of: "dossier", code, form: "01" });

/** Whether two papers are the same one. */
export const same = (one: PaperOf | null, other: PaperOf) => JSON.stringify(one) === JSON.stringify(other);

/** What is safe when a paper did not come out. */
export const kept = (of: PaperOf | null) => (of?.of === "dossier" ? m.ui_print_saved({ code: of.code }) : m.ui_print_nothing_lost());

export class PaperOnScreen {
  preview = $state<Preview | null>(null);
  file = $state("");
  rows = $state<PrinterRow[]>([]);
  #of: () => PaperOf;
  #asked = 0;

  constructor(of: () => PaperOf) {
    this.#of = of;
  }

  get of(): PaperOf {
    return this.#of();
  }
  /** The printer the officer chose before, or the system's choice. */
  get chosen(): string {
    const { rows } = this;
    return rows.find(({ name }) => name === preferences.printer)?.name ?? rows.find(({ is_default }) => is_default)?.name ?? rows[0]?.name ?? "";
  }
  get working(): boolean {
    return same(desk.print.of, this.of) && desk.print.state === "working";
  }
  get failed(): boolean {
    return same(desk.print.of, this.of) && desk.print.state === "failed";
  }

  /** Draws the pages anew; an answer that comes after a later question is not shown. */
  async draw(): Promise<void> {
    const [of, paper, turn] = [this.of, preferences.paper, ++this.#asked];
    this.file = "";
    await desk.load(async () => {
      const preview = await previewPaper(of, paper);
      if (turn === this.#asked) this.preview = preview;
    });
  }

  async findPrinters(): Promise<void> {
    await desk.load(async () => (this.rows = await printers()));
  }

  /** Prints it; true when it is out. */
  async print(): Promise<boolean> {
    const { of } = this;
    if (this.working || !(await desk.print.start(of, preferences.paper, this.chosen))) return false;
    const receipt = of.of === "dossier" && of.form === "01";
    desk.say(receipt ? m.ui_printed({ code: of.code }) : m.ui_printed_paper({ title: this.preview?.title ?? "" }));
    return true;
  }

  async save(): Promise<void> {
    await desk.attempt(async () => (this.file = (await savePaper(this.of, preferences.paper)).file));
  }
}
