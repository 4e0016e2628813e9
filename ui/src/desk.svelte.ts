/** What the whole window knows: who works here, which screen is shown, the visit in progress, and what has to be said. */
import {
  asTrouble,
  draft as fetchDraft,
  dropDraft,
  earlier,
  lock,
  onChanged,
  opening,
  procedure as fetchProcedure,
  readText,
  speak,
  syncStatus,
  type Change,
  type DossierFilter,
  type Opening,
  type Person,
  type ScanView,
  type Session,
  type Spoken,
  type SyncView,
  type Trouble,
  type PaperOf,
  type Warning,
} from "./backend";
import { read } from "./lib/pictures";
import { preferences } from "./lib/preferences.svelte";
import { Print } from "./lib/printing.svelte";
import { fromCard, fromPerson, papersFor, Visit } from "./lib/visit.svelte";

export type Screen =
  | { name: "today" | "visit" | "sync" | "settings" | "till" | "help" | "not_received" }
  | { name: "dossiers"; filter?: DossierFilter }
  | { name: "dossier"; code: string }
  | { name: "register" }
  | { name: "receipt"; code: string; of?: PaperOf; fresh: boolean; print: boolean; warnings?: Warning[] };

export type Toast = { id: number; text: string };

class Desk {
  opening: Opening | null = $state(null);
  session: Session | null = $state(null);
  screen: Screen = $state({ name: "today" });
  visit: Visit | null = $state(null);
  sync: SyncView | null = $state(null);
  toasts: Toast[] = $state([]);
  /** Stays until it is dismissed or the same thing succeeds. */
  trouble: Trouble | null = $state(null);
  /** A scan that needs a person's word before it may touch what is on the screen. */
  asked: ScanView | null = $state(null);
  /** Several cards were found in pictures. */
  cards: ScanView[] = $state([]);
  /** Words about the last scan that was no card. */
  heard: ScanView | null = $state(null);
  palette = $state(false);
  /** The desk locked itself because nobody touched it. */
  left = $state(false);
  /** Grows when something of that kind changed; a screen that reads it fetches again. */
  turn: Record<Change, number> = $state({ dossiers: 0, drafts: 0, sync: 0, catalogue: 0, officers: 0, settings: 0, till: 0 });
  /** The box of the screen shown, if it has one; it is where the focus belongs. */
  box: HTMLInputElement | undefined = $state();
  print = new Print();

  #trail: Screen[] = [];
  #ids = 0;

  async start(): Promise<() => void> {
    await this.reopen();
    return onChanged((changes) => {
      for (const change of changes) this.turn[change] += 1;
      if (changes.includes("sync") || changes.includes("dossiers")) void this.refreshSync();
    });
  }

  async reopen(): Promise<void> {
    await this.attempt(async () => {
      await speak(preferences.language);
      this.opening = await opening();
      this.session = this.opening.session;
    });
    if (this.session) await this.refreshSync();
  }

  /** Another language, for the screens and for the sentences that come with answers. */
  async speak(language: Spoken): Promise<void> {
    if (!(await this.attempt(() => speak(language)))) return;
    // The screens are drawn anew and fetch for themselves; what is kept between them is fetched here.
    await this.load(async () => this.visit?.fetchAgain());
    this.print.forgetWords();
    preferences.language = language;
    await this.reopen();
  }

  async enter(session: Session): Promise<void> {
    this.session = session;
    this.left = false;
    this.screen = { name: "today" };
    this.#trail = [];
    await this.refreshSync();
  }

  /** Locks the desk; `left` where nobody asked for it and whoever comes back is told why. */
  async lock(left = false): Promise<void> {
    await this.visit?.flush();
    // A draft that could not be saved is nowhere but here: a desk left open is better than a form lost.
    if (this.visit?.trouble) return void (this.trouble = this.visit.trouble);
    await this.leaveVisit();
    await this.attempt(async () => {
      await lock();
      this.session = null;
      this.left = left;
      this.asked = this.heard = null;
      this.cards = [];
      this.palette = false;
      // A receipt that failed unseen is still to be seen by whoever comes back.
      if (!left) this.print.clear();
      await this.reopen();
    });
  }

  async refreshSync(): Promise<void> {
    try {
      this.sync = await syncStatus();
    } catch {
      // The pill keeps its last words: a failing look at the queue is no news for the officer.
    }
  }

  /** Shows a screen; Esc finds the way back. A visit in progress is saved, never lost. */
  go(screen: Screen): void {
    void this.visit?.flush();
    this.heard = null;
    if (screen.name === this.screen.name && screen.name !== "dossier") {
      this.screen = screen;
      return;
    }
    this.#trail = [...this.#trail.slice(-9), this.screen];
    this.screen = screen;
  }

  back(): void {
    void this.visit?.flush();
    this.heard = null;
    let before = this.#trail.pop();
    // A finished visit or a spent receipt is no place to go back to.
    while (before && (before.name === "receipt" || (before.name === "visit" && !this.visit))) before = this.#trail.pop();
    this.screen = before ?? { name: "today" };
  }

  today(): void {
    this.#trail = [];
    this.heard = null;
    this.screen = { name: "today" };
    this.box?.focus();
  }

  say(text: string): void {
    const id = ++this.#ids;
    this.toasts.push({ id, text });
    setTimeout(() => (this.toasts = this.toasts.filter((toast) => toast.id !== id)), 6000);
  }

  /** Does something that may be refused; a refusal is shown and stays. True when it was done. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.trouble = null;
      return true;
    } catch (reason) {
      this.trouble = asTrouble(reason);
      return false;
    }
  }

  /** Fetches what a screen shows. Unlike a thing done, a fetch that succeeds settles no trouble. */
  async load(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      this.trouble = asTrouble(reason);
    }
  }

  /** A text from the scanner or the box. Answers what it was, for a plain text has to be searched. */
  async read(text: string): Promise<ScanView | null> {
    let view: ScanView | null = null;
    await this.attempt(async () => {
      view = await readText(text);
      await this.arrived(view);
    });
    return view;
  }

  /** What was scanned, from any screen. */
  async arrived(view: ScanView): Promise<void> {
    this.heard = null;
    const filling = this.screen.name === "visit" && this.visit && this.visit.stage !== "card";
    if (view.kind === "text") return;
    if (filling && (view.card || view.code)) this.asked = view;
    else if (view.card) await this.beginWithCard(view);
    else if (view.code) this.go({ name: "dossier", code: view.code });
    else this.heard = view;
  }

  /** Pictures picked, dropped or pasted. With several cards the officer says which one. */
  async pictures(files: File[]): Promise<void> {
    if (files.length === 0 || !this.session) return;
    await this.attempt(async () => {
      const views = await read(files);
      const cards = views.filter((view) => view.card);
      if (cards.length > 1) this.cards = cards;
      else if (views[0]) await this.arrived(views[0]);
    });
  }

  async beginWithCard(view: ScanView): Promise<void> {
    await this.leaveVisit();
    this.visit = new Visit();
    await this.lookAt(this.visit, view);
  }

  /** Puts a card before the officer; it enters the draft when they say so. */
  async lookAt(visit: Visit, { card, text, warnings }: ScanView): Promise<void> {
    if (!card) return;
    const known = await earlier(card.number);
    const person = fromCard(card);
    visit.arrival = { person: { ...person, phone: known?.phone ?? "" }, card, text, warnings, known };
    visit.stage = "card";
    this.go({ name: "visit" });
  }

  async beginWithPerson(person: Person): Promise<void> {
    await this.leaveVisit();
    this.visit = new Visit();
    this.visit.arrival = { person: fromPerson(person), card: null, text: "", warnings: [], known: person };
    this.visit.stage = "card";
    this.go({ name: "visit" });
  }

  /** Begins without a card: the form will ask. */
  async beginBlank(): Promise<void> {
    await this.leaveVisit();
    this.visit = new Visit();
    this.visit.stage = "procedures";
    this.go({ name: "visit" });
  }

  async beginWithProcedure(code: string): Promise<void> {
    await this.attempt(async () => {
      if (this.visit === null || this.visit.draft.procedure !== null) {
        await this.leaveVisit();
        this.visit = new Visit();
      }
      await this.choose(this.visit, code);
      this.go({ name: "visit" });
    });
  }

  /** Gives the visit its procedure and shows the form. */
  async choose(visit: Visit, code: string): Promise<void> {
    // Case, agreed day, answers and reused scans are of one procedure.
    if (visit.draft.procedure !== code) Object.assign(visit.draft, { case: null, agreed: "", answers: [], reused: [] });
    const procedure = await fetchProcedure(code, visit.draft.channel, visit.draft.case);
    visit.procedure = procedure;
    visit.draft.procedure = code;
    visit.draft.papers = papersFor(procedure, visit.draft.papers);
    visit.stage = "intake";
    visit.changed();
  }

  async resume(id: string): Promise<void> {
    await this.attempt(async () => {
      await this.leaveVisit();
      const visit = new Visit(await fetchDraft(id));
      visit.stage = visit.draft.procedure ? "intake" : "procedures";
      if (visit.draft.procedure)
        visit.procedure = await fetchProcedure(visit.draft.procedure, visit.draft.channel, visit.draft.case);
      this.visit = visit;
      this.go({ name: "visit" });
    });
  }

  /** Lays the visit aside; its draft stays on Today. */
  async leaveVisit(): Promise<void> {
    const visit = this.visit;
    this.visit = null;
    await visit?.flush();
    await visit?.close();
  }

  /** Throws a draft away, on the officer's word; if it is the one in progress, that visit ends. */
  async drop(id: string | null): Promise<void> {
    if (this.visit && this.visit.draft.id === id) {
      const visit = this.visit;
      this.visit = null;
      await visit.close();
      // Its first save may only just have given it a name.
      id = visit.draft.id;
    }
    if (id) await this.attempt(() => dropDraft(id));
  }

  /** The dossier was received: the visit ends and its receipt is shown. */
  async received(code: string, print: boolean, warnings: Warning[]): Promise<void> {
    const visit = this.visit;
    this.visit = null;
    await visit?.close();
    this.#trail = [];
    this.screen = { name: "receipt", code, fresh: true, print, warnings };
  }
}

export const desk = new Desk();
