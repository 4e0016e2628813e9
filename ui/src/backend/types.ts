/** What the desk's commands take and give back. Moments are RFC 3339 at +07:00; dates are YYYY-MM-DD, a birth date may stop at its year or month. */

/** What every refused command says: what happened, whether anything is lost, what to do. */
export type Trouble = { code: string; what: string; lost: string; do: string };

export type Opening = {
  state: "empty" | "locked" | "open";
  commune: string | null;
  counter: string | null;
  practice: boolean;
  version: string;
  officers: OfficerTile[];
  session: Session | null;
  notices: Notice[];
};
export type OfficerTile = { id: number; name: string; role: Role };
export type Role = "one_stop" | "specialist" | "leader" | "volunteer" | "administrator";
export type Notice = { code: string; text: string; urgent: boolean };

export type SetUp = {
  agency: string;
  commune: string;
  superior: string;
  place: string;
  counter: number;
  phone: string;
  officer: string;
  pin: string;
};
export type SetUpDone = { recovery_key: string; session: Session };
export type LogIn = { officer: number; pin: string };
export type Session = {
  officer: OfficerTile;
  commune: string;
  centre: string;
  counter: string;
  agency: string;
  practice: boolean;
};

export type Today = {
  date: string;
  due_today: number;
  late: number;
  open: number;
  received_today: number;
  rows: DossierRow[];
  drafts: DraftRow[];
  notices: Notice[];
};
export type Urgency = "none" | "ok" | "today" | "late" | "unknown";
export type DossierRow = {
  code: string;
  alias: string | null;
  applicant: string;
  procedure: string;
  /** The national portal's state number, 1–10. */
  state: number;
  state_text: string;
  received: string;
  due: string | null;
  due_text: string;
  urgency: Urgency;
  sync: SyncStep;
};
/** The ladder: saved here, copied to a second place, sent, on the province's system. */
export type SyncStep = "saved" | "copied" | "sent" | "received";
export type DraftRow = { id: string; applicant: string; procedure: string; saved: string };

export type ScanKind = "card" | "vneid" | "bhyt" | "vietqr" | "receipt" | "url" | "text";
export type ScanView = {
  kind: ScanKind;
  text: string;
  card: CardView | null;
  warnings: Warning[];
  /** The dossier's code, where the scan is one of our receipts. */
  code: string | null;
};
export type Sex = "male" | "female";
export type CardView = {
  number: string;
  old_number: string | null;
  name: string;
  born: string | null;
  sex: Sex | null;
  address: string | null;
  issued: string | null;
  extra: string[];
};
export type Warning = { code: string; text: string };

export type LookUp = { dossiers: DossierRow[]; procedures: ProcedureRow[]; people: Person[] };
export type Person = {
  name: string;
  number_masked: string;
  number: string | null;
  born: string | null;
  sex: Sex | null;
  address: string;
  phone: string;
  last_seen: string;
  last_code: string;
};
export type ProcedureRow = { code: string; name: string; field: string; time: string; fee: string; used: number };
export type ProcedureView = {
  code: string;
  name: string;
  field: string;
  time: string;
  fee: string;
  fee_lines: FeeLine[];
  papers: PaperView[];
  results: string[];
  doubts: string[];
  source: string;
  handled_by: string;
  may_authorise: boolean;
  deadline: DeadlineView;
};
export type FeeLine = { text: string; amount: number | null; note: string };
export type PaperView = { name: string; originals: number; copies: number; condition: string; doubt: string };
export type DeadlineView = { due: string | null; reason: string | null; provisional: boolean; steps: string[]; text: string };

export type Draft = {
  id: string | null;
  applicant: PersonInput;
  /** Who stands at the desk, where that is not the applicant. */
  submitter: PersonInput | null;
  authorisation: string;
  relation: string;
  procedure: string | null;
  channel: Channel;
  papers: PaperInput[];
  /** Số bộ hồ sơ. */
  sets: number;
  helper: string;
  result_at: "counter" | "post";
  note: string;
  card_seen: CardSeen;
};
export type DraftSaved = { id: string; saved: string };
export type Channel = "counter" | "online" | "post";
/** Đã đối chiếu bản chính, hay thẻ trên VNeID. */
export type CardSeen = "none" | "original" | "vneid";
export type PersonInput = {
  name: string;
  number: string;
  old_number: string;
  /** As typed: `2/11/57`, `1957`. */
  born: string;
  sex: Sex | null;
  address: string;
  phone: string;
  email: string;
  /** Names of the fields that came from the card. */
  from_card: string[];
};
export type PaperInput = { name: string; originals: number; copies: number; note: string };
/** `field` is a path such as `applicant.number`. */
export type FieldProblem = { field: string; text: string };
/** With questions nothing was received yet and `code` is empty: ask, then call again with their codes in `answered`. */
export type Received = { code: string; due: string | null; warnings: Warning[]; questions: Question[] };
export type Question = { code: string; text: string };

export type Paper = "a5" | "a4";
/** The pages of the very PDF that is printed, as PNG data URLs. */
export type Preview = { pages: string[]; reprint: boolean };
export type PrinterRow = { name: string; is_default: boolean; state: string };
export type Printing = {
  job: string;
  state: "waiting" | "printing" | "done" | "failed";
  trouble: Trouble | null;
  reprint: boolean;
};

export type DossierFilter = "all" | "today" | "late" | "open" | "unsent";
export type DossierView = {
  code: string;
  alias: string | null;
  number_note: string;
  state: number;
  state_text: string;
  sync: SyncStep;
  received: string;
  received_by: string;
  due: string | null;
  due_text: string;
  deadline_steps: string[];
  urgency: Urgency;
  applicant: PersonView;
  submitter: PersonView | null;
  procedure: string;
  procedure_code: string;
  field: string;
  channel: Channel;
  helper: string;
  papers: PaperInput[];
  timeline: TimelineRow[];
  printed: number;
};
export type PersonView = {
  name: string;
  number_masked: string;
  born: string | null;
  sex: Sex | null;
  address: string;
  phone: string;
};
export type TimelineRow = { at: string; by: string; text: string; sync: SyncStep };

export type Pill = "none" | "all_sent" | "offline" | "sending" | "long" | "attention" | "trouble";
export type SyncView = {
  pill: Pill;
  text: string;
  detail: string;
  waiting: number;
  acknowledged: number;
  enrolled: boolean;
  last_success: string | null;
  next_try: string | null;
  hub: string | null;
};
export type BackedUp = { file: string; bytes: number; at: string };
/** What changed; whoever shows such a thing fetches it again. */
export type Change = "dossiers" | "drafts" | "sync" | "catalogue" | "officers" | "session";
