/** One citizen's visit from the card to the receipt: the draft, what the card said, and its saving while the officer works. */
import {
  asTrouble,
  procedure as fetchProcedure,
  readText,
  saveDraft,
  type CardView,
  type Draft,
  type PaperInput,
  type Person,
  type PersonInput,
  type ProcedureView,
  type Trouble,
  type Warning,
} from "../backend";
import { day } from "./words";

/** A card, or a person known from before, waiting to be looked at and put into the draft. */
export type Arrival = {
  person: PersonInput;
  card: CardView | null;
  /** The code's text; empty where no card was read. */
  text: string;
  warnings: Warning[];
  /** What this desk knows from the last visit. */
  known: Person | null;
};

export type Stage = "card" | "procedures" | "intake";

/** Milliseconds from a change to its saving: short enough that a power cut costs a word, long enough to let a word end. */
const PAUSE = 400;
/** While somebody types on without a pause, a save happens at least this often. */
const LONGEST = 900;

export const nobody = (): PersonInput => ({
  name: "",
  number: "",
  old_number: "",
  born: "",
  sex: null,
  address: "",
  phone: "",
  email: "",
  from_card: [],
});

/** A card as the draft keeps it; what the card does not say stays empty. */
export function fromCard(card: CardView): PersonInput {
  const person = {
    ...nobody(),
    name: card.name,
    number: card.number,
    old_number: card.old_number ?? "",
    born: day(card.born),
    sex: card.sex,
    address: card.address ?? "",
  };
  const from_card = (["name", "number", "old_number", "born", "sex", "address"] as const).filter((field) => person[field]);
  return { ...person, from_card };
}

/** A person from the last visit; nothing of this is from a card. */
export function fromPerson(person: Person): PersonInput {
  return {
    ...nobody(),
    name: person.name,
    number: person.number ?? "",
    born: day(person.born),
    sex: person.sex,
    address: person.address,
    phone: person.phone,
  };
}

const blank = (): Draft => ({
  id: null,
  applicant: nobody(),
  submitter: null,
  authorisation: "",
  relation: "",
  procedure: null,
  channel: "counter",
  papers: [],
  sets: 1,
  helper: "",
  helped_at: "",
  competent: "",
  result_at: "counter",
  note: "",
  card_seen: "none",
  case: null,
  agreed: "",
  answers: [],
  reused: [],
});

/** The procedure's papers, keeping what was ticked and what the officer added. */
export function papersFor(procedure: ProcedureView, ticked: PaperInput[]): PaperInput[] {
  const listed = procedure.papers.map(
    ({ name }) => ticked.find((paper) => paper.name === name) ?? { name, originals: 0, copies: 0, note: "" },
  );
  const added = ticked.filter((paper) => paper.originals + paper.copies > 0 && !procedure.papers.some(({ name }) => name === paper.name));
  return [...listed, ...added];
}

export class Visit {
  draft: Draft = $state(blank());
  arrival: Arrival | null = $state(null);
  procedure: ProcedureView | null = $state(null);
  stage: Stage = $state("intake");
  /** When the draft was last on the disk; null before the first time. */
  saved: string | null = $state(null);
  pending = $state(false);
  trouble: Trouble | null = $state(null);

  #pause: ReturnType<typeof setTimeout> | undefined;
  #since = 0;
  #saving: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(draft?: Draft) {
    if (draft) this.draft = draft;
  }

  /** To be called after every change of the draft. */
  changed(): void {
    if (this.#closed) return;
    if (!this.pending) this.#since = Date.now();
    this.pending = true;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.flush(), Math.max(0, Math.min(PAUSE, this.#since + LONGEST - Date.now())));
  }

  /** Saves what is not saved yet; saves never overlap, so the last one holds the last word. */
  flush(): Promise<void> {
    clearTimeout(this.#pause);
    if (this.pending && !this.#closed) this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  /** Fetches the sentences about this visit once more, in the language spoken now. */
  async fetchAgain(): Promise<void> {
    const { procedure, arrival } = this;
    if (procedure) this.procedure = await fetchProcedure(procedure.code, this.draft.channel, this.draft.case);
    if (arrival?.text) arrival.warnings = (await readText(arrival.text)).warnings;
  }

  /** After the dossier was received or the draft dropped, nothing is saved any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    await this.#saving;
  }

  async #save(): Promise<void> {
    if (!this.pending || this.#closed) return;
    this.pending = false;
    try {
      const { id, saved } = await saveDraft($state.snapshot(this.draft));
      this.draft.id = id;
      this.saved = saved;
      this.trouble = null;
    } catch (reason) {
      this.trouble = asTrouble(reason);
      this.pending = true;
    }
  }
}
