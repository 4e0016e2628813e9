// Made from crates/desk/src/api by its test; do not edit.
// over 600 lines because every view stands here with its words
export type Account = { 
/**
 * The bank's six-digit number (BIN).
 */
bank: string, 
/**
 * The account; empty takes the setting away.
 */
account: string, 
/**
 * Whose it is.
 */
holder: string, };
export type AccountView = { 
/**
 * The bank's six-digit number (BIN).
 */
bank: string, 
/**
 * The account.
 */
account: string, 
/**
 * Whose it is.
 */
holder: string, 
/**
 * That it looks like a person's own, which is no lawful receipt of the State; empty where it does not.
 */
warning: string, };
export type AddOfficer = { 
/**
 * Name.
 */
name: string, 
/**
 * What they may do.
 */
role: Role, 
/**
 * Their PIN.
 */
pin: string, };
export type AgencyRow = { 
/**
 * Its code.
 */
code: string, 
/**
 * Its name.
 */
name: string, 
/**
 * First day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * Last day; `null` while it has none.
 */
to: string | null, 
/**
 * The code of what took its place.
 */
successor: string | null, 
/**
 * The decision.
 */
source: string, };
export type AnswerInput = { 
/**
 * The condition in the catalogue's words.
 */
condition: string, 
/**
 * Whether it holds.
 */
yes: boolean, };
export type Around = { 
/**
 * Dossiers of the last thirty days that look like the same person's.
 */
alike: Array<NearRow>, 
/**
 * The household's earlier dossiers, newest first, relatives by guess last.
 */
household: Array<NearRow>, 
/**
 * Scans that are here of papers the procedure asks for.
 */
papers: Array<ReusablePaper>, };
export type BackedUp = { 
/**
 * Where.
 */
file: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * Scans of this desk that stand beside it: those the province has not whole.
 */
scans: number, 
/**
 * When, RFC 3339.
 */
at: string, };
export type BundleView = { 
/**
 * Its file.
 */
file: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * Scans in it.
 */
scans: number, 
/**
 * Their bytes.
 */
scan_bytes: number, };
export type CancelFee = { 
/**
 * The dossier.
 */
code: string, 
/**
 * [`FeeRow::id`].
 */
line: string, 
/**
 * Why.
 */
reason: string, 
/**
 * How many copies (liên) of the receipt are kept, asked for on the day it was given.
 */
copies_kept: number, };
export type Capacity = "applicant" | "submitter" | "authorised";
export type CardSeen = "none" | "original" | "vneid";
export type CardView = { 
/**
 * Số định danh cá nhân, 12 digits.
 */
number: string, 
/**
 * Số CMND cũ.
 */
old_number: string | null, 
/**
 * Họ và tên as the card writes it.
 */
name: string, 
/**
 * Ngày sinh.
 */
born: string | null, 
/**
 * Giới tính.
 */
sex: Sex | null, 
/**
 * Nơi thường trú or nơi cư trú.
 */
address: string | null, 
/**
 * Ngày cấp.
 */
issued: string | null, 
/**
 * Further fields of newer cards, exactly as they stand.
 */
extra: Array<string>, };
export type CaseView = { 
/**
 * Which case.
 */
case: string, 
/**
 * Its time in words.
 */
time: string, 
/**
 * Words beside it.
 */
note: string, };
export type Change = "dossiers" | "drafts" | "sync" | "catalogue" | "officers" | "till" | "settings";
export type ChangeRow = { 
/**
 * The procedure.
 */
code: string, 
/**
 * Its name.
 */
name: string, 
/**
 * `new`, `gone`, `name`, `time`, `fee`, `papers`, `results`, `authorisation`.
 */
what: string, 
/**
 * The same in words.
 */
text: string, 
/**
 * What it was and what it becomes, in words; empty where that says nothing more.
 */
detail: string, 
/**
 * The first day it holds, ISO.
 */
from: string, };
export type Channel = "counter" | "online" | "post";
export type CloseRow = { 
/**
 * Names it.
 */
id: string, 
/**
 * Number of the counter.
 */
counter: string, 
/**
 * Whether it is of this desk.
 */
own: boolean, 
/**
 * Officer's name.
 */
by: string, 
/**
 * When, in words.
 */
at: string, 
/**
 * When the shift's first line was taken, in words; empty where it took none.
 */
began: string, 
/**
 * Lines taken and not cancelled.
 */
count: number, 
/**
 * Cash that should have been there.
 */
expected: string, 
/**
 * Cash counted; empty where nobody counted.
 */
counted: string, 
/**
 * What was too much (+) or missing (−); empty where nothing was.
 */
difference: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Transfers seen to arrive.
 */
confirmed: string, 
/**
 * Transfers waited for.
 */
waiting: string, 
/**
 * What was paid in, with its document, a sentence each.
 */
paid_in: Array<string>, 
/**
 * Cash not paid in yet; empty where all was.
 */
left: string, };
export type CloseTill = { 
/**
 * The cash counted, as typed; empty: nobody counted.
 */
counted: string, 
/**
 * Why that is not what should be there.
 */
reason: string, };
export type ConditionRow = { 
/**
 * In the catalogue's words; given back in [`AnswerInput::condition`].
 */
condition: string, 
/**
 * What was answered; `null` while nothing was.
 */
yes: boolean | null, 
/**
 * The papers it decides about, by name.
 */
papers: Array<string>, };
export type ConfirmFee = { 
/**
 * The dossier.
 */
code: string, 
/**
 * [`FeeRow::id`].
 */
line: string, 
/**
 * The last digits of the transaction, may be empty.
 */
reference: string, };
export type DayRow = { 
/**
 * `YYYY-MM-DD`.
 */
day: string, 
/**
 * The same with its weekday.
 */
text: string, 
/**
 * Whether it is worked.
 */
worked: boolean, 
/**
 * What it is.
 */
name: string, 
/**
 * What that rests on.
 */
source: string, 
/**
 * Whether that has yet to be decided.
 */
provisional: boolean, };
export type DeadlineView = { 
/**
 * RFC 3339 at +07:00; `null` where no date can be promised.
 */
due: string | null, 
/**
 * Why there is no date; `null` where there is one.
 */
reason: string | null, 
/**
 * The date rests on days off that are not officially decided yet.
 */
provisional: boolean, 
/**
 * How the date was reached, one sentence a step.
 */
steps: Array<string>, 
/**
 * The date in a few words, or that there is none.
 */
text: string, };
export type Delivery = "counter" | "post" | "electronic";
export type DossierFilter = "all" | "open" | "today" | "late" | "unsent" | "review";
export type DossierRow = { 
/**
 * The desk's number.
 */
code: string, 
/**
 * The official code, once known.
 */
alias: string | null, 
/**
 * Applicant.
 */
applicant: string, 
/**
 * Procedure's name.
 */
procedure: string, 
/**
 * The portal's number of the state.
 */
state: number, 
/**
 * The state in words.
 */
state_text: string, 
/**
 * When it was received, RFC 3339.
 */
received: string, 
/**
 * When it is due, RFC 3339.
 */
due: string | null, 
/**
 * The due moment in words.
 */
due_text: string, 
/**
 * How pressing it is.
 */
urgency: Urgency, 
/**
 * How far it has got on its way to the province.
 */
sync: SyncStep, 
/**
 * How many cards wait for a person.
 */
cards: number, };
export type DossierView = { 
/**
 * The desk's number.
 */
code: string, 
/**
 * The official code, once known.
 */
alias: string | null, 
/**
 * What kind of number the desk's is.
 */
number_note: string, 
/**
 * The portal's number of the state.
 */
state: number, 
/**
 * In words.
 */
state_text: string, 
/**
 * How far it has got.
 */
sync: SyncStep, 
/**
 * Why it has not got to the province, in a sentence; `null` where it has.
 */
waits: string | null, 
/**
 * RFC 3339.
 */
received: string, 
/**
 * Officer's name.
 */
received_by: string, 
/**
 * RFC 3339.
 */
due: string | null, 
/**
 * In words.
 */
due_text: string, 
/**
 * How the due moment was reached.
 */
deadline_steps: Array<string>, 
/**
 * How pressing.
 */
urgency: Urgency, 
/**
 * Chủ hồ sơ.
 */
applicant: PersonView, 
/**
 * Người nộp, if somebody else.
 */
submitter: PersonView | null, 
/**
 * Procedure's name.
 */
procedure: string, 
/**
 * Its code.
 */
procedure_code: string, 
/**
 * Lĩnh vực.
 */
field: string, 
/**
 * How it came.
 */
channel: Channel, 
/**
 * Who helped.
 */
helper: string, 
/**
 * Where that was; empty: here.
 */
helped_at: string, 
/**
 * The agency that received it.
 */
received_at: string, 
/**
 * The agency that settles it.
 */
competent: string, 
/**
 * Which of the procedure's cases it is; empty where there is nothing to choose.
 */
case: string, 
/**
 * Whether the due day was agreed, for want of a time of the law.
 */
due_agreed: boolean, 
/**
 * What was answered to the conditions of papers.
 */
answers: Array<AnswerInput>, 
/**
 * Papers used again from earlier dossiers.
 */
reused: Array<ReusedRow>, 
/**
 * Papers.
 */
papers: Array<PaperInput>, 
/**
 * Scanned papers.
 */
scans: Array<ScanRow>, 
/**
 * What happened.
 */
timeline: Array<TimelineRow>, 
/**
 * How often the receipt was printed.
 */
printed: number, 
/**
 * The result in force, empty while there is none.
 */
result: string, 
/**
 * The fee ledger.
 */
fees: Array<FeeRow>, 
/**
 * What was taken, has arrived and is not cancelled, in words.
 */
paid: string, 
/**
 * Forms that make sense for it as it stands, form 01 first.
 */
forms: Array<FormOffer>, 
/**
 * What was transferred and nobody has seen arrive, in words; empty where nothing was.
 */
awaited: string, 
/**
 * Steps that may follow.
 */
next_steps: Array<StepOffer>, 
/**
 * The moment promised at the reception, in words, where another one holds now; else empty.
 */
promised_text: string, 
/**
 * What a person has to choose.
 */
cards: Array<ReviewCard>, };
export type Draft = { 
/**
 * Its name, once it was saved.
 */
id: string | null, 
/**
 * Chủ hồ sơ.
 */
applicant: PersonInput, 
/**
 * Người nộp, where it is somebody else.
 */
submitter: PersonInput | null, 
/**
 * The authorisation paper.
 */
authorisation: string, 
/**
 * What the submitter is to the applicant.
 */
relation: string, 
/**
 * Procedure code.
 */
procedure: string | null, 
/**
 * How it came.
 */
channel: Channel, 
/**
 * Papers with their counts.
 */
papers: Array<PaperInput>, 
/**
 * Số bộ.
 */
sets: number, 
/**
 * Who helped.
 */
helper: string, 
/**
 * Where that was, if not at this counter.
 */
helped_at: string, 
/**
 * The agency that settles it: a code of the desk's list or a name; empty: the commune itself.
 */
competent: string, 
/**
 * Where the result is fetched.
 */
result_at: ResultAt, 
/**
 * Remark.
 */
note: string, 
/**
 * How the person was identified.
 */
card_seen: CardSeen, 
/**
 * Which of the procedure's cases it is, where its times have several; `null` while nobody chose.
 */
case: string | null, 
/**
 * The day agreed with the citizen as typed, where the catalogue gives no time; else empty.
 */
agreed: string, 
/**
 * What was answered to the conditions of papers.
 */
answers: Array<AnswerInput>, 
/**
 * Papers used again from earlier dossiers.
 */
reused: Array<ReusedInput>, };
export type DraftRow = { 
/**
 * Its name.
 */
id: string, 
/**
 * Applicant as far as typed.
 */
applicant: string, 
/**
 * Procedure's name, if chosen.
 */
procedure: string, 
/**
 * When it was saved, RFC 3339.
 */
saved: string, };
export type DraftSaved = { 
/**
 * Its name.
 */
id: string, 
/**
 * When, RFC 3339.
 */
saved: string, };
export type EnrolInput = { 
/**
 * `https://…`.
 */
hub: string, 
/**
 * Eight groups of four.
 */
code: string, };
export type ExemptionView = { 
/**
 * To be given back in [`TakeFee::exemption`].
 */
code: string, 
/**
 * In words.
 */
name: string, 
/**
 * What is shown for it.
 */
proof: string, 
/**
 * Where it is written, and that it has yet to be checked where it has.
 */
source: string, };
export type FeeLine = { 
/**
 * The case it is for; empty: always.
 */
text: string, 
/**
 * đồng; `null` where it is unknown, or goes by pages.
 */
amount: number | null, 
/**
 * The price in words, unknown ones included.
 */
price: string, 
/**
 * Who pays less or nothing, who decides.
 */
note: string, };
export type FeeQuote = { 
/**
 * What is to be paid, in digits; empty while it is not known.
 */
amount: string, 
/**
 * The same in words (viết bằng chữ).
 */
words: string, 
/**
 * Tiền thối, in digits; empty where nothing was given, or too little.
 */
change: string, 
/**
 * What is still missing, in digits; empty where it suffices.
 */
missing: string, };
export type FeeRow = { 
/**
 * Names the line.
 */
id: string, 
/**
 * In words.
 */
amount: string, 
/**
 * The fee line of the catalogue, empty where it is none.
 */
line: string, 
/**
 * What it is, in one sentence: phí or lệ phí, how many, how paid, why nothing.
 */
text: string, 
/**
 * Number of the receipt in the real book, may be empty.
 */
receipt: string, 
/**
 * The officer's remark, may be empty.
 */
note: string, 
/**
 * Officer's name.
 */
by: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * Whether it is a transfer nobody has seen arrive.
 */
waits: boolean, 
/**
 * Whether it was taken today, so that its receipt is made void rather than cancelled later.
 */
today: boolean, 
/**
 * Whether a counter-line cancels it.
 */
cancelled: boolean, };
export type FeeRuleRow = { 
/**
 * `price_new`, `price_changed`, `exemption_new`, `exemption_changed`.
 */
what: string, 
/**
 * In words.
 */
text: string, };
export type FeesView = { 
/**
 * The dossier.
 */
code: string, 
/**
 * How it came.
 */
channel: Channel, 
/**
 * The fee lines of its procedure's version for its channel; none where the catalogue knows none.
 */
lines: Array<OwedLine>, 
/**
 * The fee ledger.
 */
taken: Array<FeeRow>, 
/**
 * What was taken, has arrived and is not cancelled, in words.
 */
paid: string, 
/**
 * What waits for a person's word, in words; empty where nothing does.
 */
awaited: string, 
/**
 * At which stage of its life a fee would be taken now.
 */
stage: StageInput, 
/**
 * The account fees are transferred to, where one is set.
 */
account: AccountView | null, };
export type FieldProblem = { 
/**
 * `applicant.number` and the like.
 */
field: string, 
/**
 * What is wrong.
 */
text: string, };
export type FindInput = { 
/**
 * Words, initials or a code.
 */
text: string, 
/**
 * How many.
 */
limit: number, };
export type FormOffer = { 
/**
 * `01` to `06` of TT 03/2025, or `handover`, `result`, `fee`.
 */
form: string, 
/**
 * Its title.
 */
title: string, };
export type HopRow = { 
/**
 * A code that stays the same: `network`, `name`, `connection`, `key`, `answer`.
 */
hop: string, 
/**
 * Its name in words.
 */
name: string, 
/**
 * What became of it.
 */
state: HopState, 
/**
 * What was found; empty before.
 */
text: string, 
/**
 * How long it took, milliseconds.
 */
ms: number | null, };
export type HopState = "waiting" | "trying" | "well" | "fails";
export type Imported = { 
/**
 * Rows of the file.
 */
rows: number, 
/**
 * Versions that were kept.
 */
kept: number, 
/**
 * What differs from the catalogue before.
 */
changes: Array<ChangeRow>, 
/**
 * What was dropped or doubted.
 */
notes: Array<NoteRow>, 
/**
 * Whether this was only a preview.
 */
preview: boolean, };
export type ListInput = { 
/**
 * Filter.
 */
filter: DossierFilter, 
/**
 * Words to search by; empty: none.
 */
text: string, 
/**
 * How many.
 */
limit: number, 
/**
 * From which on.
 */
offset: number, };
export type LogIn = { 
/**
 * From the tile.
 */
officer: number, 
/**
 * Six digits.
 */
pin: string, };
export type LookUp = { 
/**
 * Dossiers, newest first.
 */
dossiers: Array<DossierRow>, 
/**
 * Procedures, best first.
 */
procedures: Array<ProcedureRow>, 
/**
 * People who have been here before.
 */
people: Array<Person>, };
export type MeansInput = "cash" | "transfer";
export type NearRow = { 
/**
 * The desk's number.
 */
code: string, 
/**
 * Applicant.
 */
applicant: string, 
/**
 * Procedure's name.
 */
procedure: string, 
/**
 * The state in words.
 */
state_text: string, 
/**
 * When it was received, RFC 3339.
 */
received: string, 
/**
 * Whether it is for the procedure of the draft.
 */
is_same_procedure: boolean, 
/**
 * How it belongs to these people, in words.
 */
tie_text: string, };
export type Need = "needed" | "not_needed" | "optional" | "open";
export type NeighbourView = { 
/**
 * What it calls itself.
 */
label: string, 
/**
 * When it was last met, RFC 3339.
 */
met_at: string, 
/**
 * Operations that came from it then.
 */
received: number, 
/**
 * Operations that it was told then.
 */
told: number, };
export type NotReceivedDay = { 
/**
 * ISO.
 */
date: string, 
/**
 * Sent back with form 02.
 */
supplement: number, 
/**
 * Refused with form 03.
 */
refused: number, 
/**
 * Only asked.
 */
asked: number, };
export type NotReceivedInput = { 
/**
 * The first day.
 */
first: string, 
/**
 * The last day.
 */
last: string, };
export type NotReceivedList = { 
/**
 * How many each day, newest first.
 */
days: Array<NotReceivedDay>, 
/**
 * The visits, newest first.
 */
rows: Array<NotReceivedRow>, };
export type NotReceivedRow = { 
/**
 * Names it.
 */
id: string, 
/**
 * How it ended.
 */
outcome: Outcome, 
/**
 * In words.
 */
outcome_text: string, 
/**
 * Who came, empty where nobody is named.
 */
person: string, 
/**
 * Procedure's name.
 */
procedure: string, 
/**
 * What is missing.
 */
missing: Array<string>, 
/**
 * Why, may be empty.
 */
reason: string, 
/**
 * When, RFC 3339.
 */
at: string, 
/**
 * The sheet for the citizen, line by line.
 */
sheet: Array<string>, };
export type NoteRow = { 
/**
 * The row of the file.
 */
row: number, 
/**
 * The procedure's code, where there is one.
 */
code: string, 
/**
 * A code that stays the same.
 */
kind: string, 
/**
 * The whole sentence, row and code included.
 */
text: string, };
export type Notice = { 
/**
 * A code that stays the same.
 */
code: string, 
/**
 * Its words.
 */
text: string, 
/**
 * Whether a person has to do something.
 */
urgent: boolean, };
export type OfficerTile = { 
/**
 * Number in the store.
 */
id: number, 
/**
 * Name.
 */
name: string, 
/**
 * What they may do.
 */
role: Role, };
export type Opening = { 
/**
 * `empty`: show set-up; `locked`: show the officers; `open`: somebody is logged in.
 */
state: OpeningState, 
/**
 * Commune, once somebody is logged in.
 */
commune: string | null, 
/**
 * "Quầy số 2", likewise.
 */
counter: string | null, 
/**
 * Whether this is a practice commune, likewise.
 */
practice: boolean, 
/**
 * The program's version.
 */
version: string, 
/**
 * Who has a PIN here.
 */
officers: Array<OfficerTile>, 
/**
 * Who is logged in.
 */
session: Session | null, 
/**
 * What somebody should know.
 */
notices: Array<Notice>, };
export type OpeningState = "empty" | "locked" | "open";
export type Outcome = "supplement" | "refused" | "asked";
export type OwedLine = { 
/**
 * Its place on the list, from 1.
 */
place: number, 
/**
 * What it is for.
 */
name: string, 
/**
 * Phí, lệ phí, or both where that is not known.
 */
kind: string, 
/**
 * The price in words; says so where it is unknown.
 */
price: string, 
/**
 * Whether the price is not known here: its amount is typed with the resolution that gives it.
 */
unknown: boolean, 
/**
 * Whether it goes by the pages of the original.
 */
by_pages: boolean, 
/**
 * What one price is for, empty where the source does not say.
 */
per: string, 
/**
 * Words of the source beside it.
 */
note: string, 
/**
 * What gives the price.
 */
source: string, 
/**
 * Who pays nothing, on this line.
 */
exemptions: Array<ExemptionView>, };
export type Paper = "a5" | "a4";
export type PaperInput = { 
/**
 * Its name.
 */
name: string, 
/**
 * Originals.
 */
originals: number, 
/**
 * Copies.
 */
copies: number, 
/**
 * Remark.
 */
note: string, };
export type PaperNeed = { 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is to be brought.
 */
need: Need, 
/**
 * Whether an authorisation's relation is close enough that the paper need not be certified (TT 04/2020/TT-BTP, Điều 2).
 */
uncertified: boolean, };
export type PaperOf = { "of": "dossier", 
/**
 * The dossier.
 */
code: string, 
/**
 * [`FormOffer::form`].
 */
form: string, } | { "of": "draft", 
/**
 * The draft.
 */
id: string, } | { "of": "register", 
/**
 * `2026-11`.
 */
month: string, } | { "of": "results" };
export type PaperView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Originals handed in or shown.
 */
originals: number, 
/**
 * Copies handed in.
 */
copies: number, 
/**
 * When it is asked for; empty: always.
 */
condition: string, 
/**
 * What to know before trusting the line.
 */
doubt: string, };
export type PapersAsked = { 
/**
 * Conditions to be answered with yes or no, each once.
 */
questions: Array<ConditionRow>, 
/**
 * What each paper of the procedure comes to, in the catalogue's order.
 */
needs: Array<PaperNeed>, };
export type PayIn = { 
/**
 * [`CloseRow::id`].
 */
close: string, 
/**
 * How much, as typed.
 */
amount: string, 
/**
 * Number of the document that shows it.
 */
document: string, };
export type PaymentCode = { 
/**
 * What the code says.
 */
text: string, 
/**
 * The same as a picture, `data:image/png;base64,…`.
 */
picture: string, 
/**
 * In digits.
 */
amount: string, 
/**
 * In words.
 */
words: string, 
/**
 * Nội dung chuyển tiền, without a person's data.
 */
purpose: string, 
/**
 * The account.
 */
account: AccountView, 
/**
 * That a person has to confirm that the money came.
 */
waits: string, };
export type Person = { 
/**
 * Họ tên.
 */
name: string, 
/**
 * Masked number.
 */
number_masked: string, 
/**
 * Whole number, for the form that was opened for them.
 */
number: string | null, 
/**
 * ISO, as far as known.
 */
born: string | null, 
/**
 * Giới tính.
 */
sex: Sex | null, 
/**
 * Địa chỉ.
 */
address: string, 
/**
 * Số điện thoại.
 */
phone: string, 
/**
 * When, RFC 3339.
 */
last_seen: string, 
/**
 * Number of that dossier.
 */
last_code: string, };
export type PersonInput = { 
/**
 * Họ tên.
 */
name: string, 
/**
 * Số định danh cá nhân.
 */
number: string, 
/**
 * Old identity card number.
 */
old_number: string, 
/**
 * As typed: `2/11/57`, `1957`.
 */
born: string, 
/**
 * Giới tính.
 */
sex: Sex | null, 
/**
 * Địa chỉ.
 */
address: string, 
/**
 * Số điện thoại.
 */
phone: string, 
/**
 * Email.
 */
email: string, 
/**
 * Names of the fields that came from a card.
 */
from_card: Array<string>, };
export type PersonView = { 
/**
 * Họ tên.
 */
name: string, 
/**
 * `000······321`; empty where none was given.
 */
number_masked: string, 
/**
 * ISO, as far as known.
 */
born: string | null, 
/**
 * Giới tính.
 */
sex: Sex | null, 
/**
 * Địa chỉ.
 */
address: string, 
/**
 * Số điện thoại.
 */
phone: string, };
export type Pill = "none" | "all_sent" | "offline" | "sending" | "long" | "attention" | "trouble";
export type Preview = { 
/**
 * PNG data URLs, a page each.
 */
pages: Array<string>, 
/**
 * Its title.
 */
title: string, 
/**
 * The sheet it is printed on: the one asked for, or the only one its form allows.
 */
paper: Paper, 
/**
 * What is not sure about its form, in a sentence; empty where nothing is.
 */
doubt: string, 
/**
 * Whether it would be marked as a reprint.
 */
reprint: boolean, };
export type PrintInput = { 
/**
 * The paper.
 */
of: PaperOf, 
/**
 * The sheet.
 */
paper: Paper, 
/**
 * The printer; the system's choice where empty.
 */
printer: string | null, };
export type PrintState = "waiting" | "printing" | "done" | "failed";
export type PrinterRow = { 
/**
 * Name to print by.
 */
name: string, 
/**
 * Whether the system chooses it.
 */
is_default: boolean, 
/**
 * In words.
 */
state: string, };
export type Printing = { 
/**
 * To ask again by.
 */
job: string, 
/**
 * How far.
 */
state: PrintState, 
/**
 * What went wrong, if it did.
 */
trouble: Trouble | null, 
/**
 * Whether it is marked as a reprint.
 */
reprint: boolean, };
export type ProcedureInput = { 
/**
 * National code.
 */
code: string, 
/**
 * The channel it would come by.
 */
channel: Channel, 
/**
 * Which of its cases, where it has several; `null` while nobody chose.
 */
case: string | null, };
export type ProcedureRow = { 
/**
 * National code.
 */
code: string, 
/**
 * Official name.
 */
name: string, 
/**
 * Lĩnh vực.
 */
field: string, 
/**
 * The time in words; says so where it is unknown.
 */
time: string, 
/**
 * The fee in words; says so where it is unknown.
 */
fee: string, 
/**
 * How often it was asked for at this desk.
 */
used: number, };
export type ProcedureView = { 
/**
 * National code.
 */
code: string, 
/**
 * Official name.
 */
name: string, 
/**
 * Lĩnh vực.
 */
field: string, 
/**
 * The time in words; says so where it is unknown.
 */
time: string, 
/**
 * Each case with its own time, where there are several.
 */
cases: Array<CaseView>, 
/**
 * The fee in words; says so where it is unknown.
 */
fee: string, 
/**
 * The fee, line by line.
 */
fee_lines: Array<FeeLine>, 
/**
 * Papers to bring, those always asked for first.
 */
papers: Array<PaperView>, 
/**
 * Papers the citizen gets.
 */
results: Array<string>, 
/**
 * What the officer should know that is no paper.
 */
notes: Array<string>, 
/**
 * What is doubtful about this version.
 */
doubts: Array<string>, 
/**
 * Where it comes from, with its date.
 */
source: string, 
/**
 * The agency that settles it.
 */
handled_by: string, 
/**
 * Whether somebody else may act under an authorisation.
 */
may_authorise: boolean, 
/**
 * When it would be due if it were handed in now.
 */
deadline: DeadlineView, };
export type Question = { 
/**
 * To be given back in `answered`.
 */
code: string, 
/**
 * In words.
 */
text: string, };
export type Receive = { 
/**
 * What is on the counter.
 */
draft: Draft, 
/**
 * Codes of the questions that were answered with yes.
 */
answered: Array<string>, };
export type Received = { 
/**
 * The desk's number.
 */
code: string, 
/**
 * When the result is due, RFC 3339; `null` where no time is known.
 */
due: string | null, 
/**
 * What somebody should know.
 */
warnings: Array<Warning>, 
/**
 * What has to be answered before it is received.
 */
questions: Array<Question>, };
export type ResetPin = { 
/**
 * From the tile.
 */
officer: number, 
/**
 * The key on the sheet, with or without its hyphens.
 */
recovery: string, 
/**
 * Six digits.
 */
pin: string, };
export type ResultAt = "counter" | "post";
export type ResultInput = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its number, may be empty.
 */
number: string, 
/**
 * Its date as typed, may be empty.
 */
dated: string, };
export type ReusablePaper = { 
/**
 * The paper of the procedure it would stand for.
 */
paper: string, 
/**
 * Number of the dossier it was brought for.
 */
code: string, 
/**
 * Whose dossier that was.
 */
applicant: string, 
/**
 * What opens the scan, given back in [`ReusedInput::scan`].
 */
scan: string, 
/**
 * When it was scanned, RFC 3339.
 */
at: string, };
export type ReusedInput = { 
/**
 * Which paper of the procedure it stands for.
 */
paper: string, 
/**
 * Number of the dossier it was brought for.
 */
code: string, 
/**
 * The scan.
 */
scan: string, };
export type ReusedRow = { 
/**
 * Which paper.
 */
paper: string, 
/**
 * The dossier it was brought for.
 */
code: string, 
/**
 * When that was written down, RFC 3339.
 */
at: string, };
export type Revealed = { 
/**
 * Empty where none was given.
 */
number: string, };
export type ReviewCard = { 
/**
 * `phone`, `address`, `name`, `number`, `result`, `status`, `code`.
 */
part: string, 
/**
 * The part in words.
 */
title: string, 
/**
 * What happened and what holds until a person chooses, in words.
 */
text: string, 
/**
 * The versions, oldest first.
 */
versions: Array<VersionRow>, };
export type Role = "one_stop" | "specialist" | "leader" | "volunteer" | "administrator";
export type ScanContent = { 
/**
 * Its media type.
 */
media: string, 
/**
 * Its bytes, as base64.
 */
base64: string, };
export type ScanKind = "card" | "vneid" | "bhyt" | "vietqr" | "receipt" | "url" | "text";
export type ScanOf = { 
/**
 * The dossier's number.
 */
code: string, 
/**
 * The scan, from its row.
 */
id: string, };
export type ScanRow = { 
/**
 * The paper it is of.
 */
paper: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * When it was attached, RFC 3339.
 */
at: string, 
/**
 * By whom.
 */
by: string, 
/**
 * What has become of it.
 */
state: ScanState, 
/**
 * How much of it is at the province, per cent.
 */
percent: number, 
/**
 * That in words.
 */
text: string, 
/**
 * What opens it, and asks for it.
 */
id: string, 
/**
 * Its media type.
 */
media: string, 
/**
 * Whether it can be opened on this computer.
 */
is_here: boolean, 
/**
 * What it takes to fetch it, "Tải về (150 kB, khoảng 40 giây)"; empty where it is here, on its way here, or nowhere.
 */
offer: string, };
export type ScanState = "here" | "on_its_way" | "received" | "elsewhere" | "not_asked" | "lost" | "fetched" | "coming" | "nowhere";
export type ScanView = { 
/**
 * What the code turned out to be.
 */
kind: ScanKind, 
/**
 * The code's text as it came.
 */
text: string, 
/**
 * What the card says; `null` for every other kind.
 */
card: CardView | null, 
/**
 * What an officer should look at twice; nothing of it stops the work.
 */
warnings: Array<Warning>, 
/**
 * The dossier's number, where the code is a receipt's; absent for every other kind.
 */
code?: string, };
export type Session = { 
/**
 * The officer.
 */
officer: OfficerTile, 
/**
 * "Xã Bản Mẫu".
 */
commune: string, 
/**
 * "Trung tâm Phục vụ hành chính công xã Bản Mẫu".
 */
centre: string, 
/**
 * "Quầy số 2".
 */
counter: string, 
/**
 * Agency code.
 */
agency: string, 
/**
 * Whether every paper is marked as practice.
 */
practice: boolean, };
export type SetUp = { 
/**
 * Agency code, `H56.14`.
 */
agency: string, 
/**
 * "Xã Bản Mẫu".
 */
commune: string, 
/**
 * The body above, "UBND tỉnh …"; may stay empty.
 */
superior: string, 
/**
 * Place in the date line of papers; the commune's name where empty.
 */
place: string, 
/**
 * Number of the counter.
 */
counter: number, 
/**
 * Telephone printed on receipts; may stay empty.
 */
phone: string, 
/**
 * The first officer, who administers the desk.
 */
officer: string, 
/**
 * Their PIN; empty where only a passphrase is used.
 */
pin: string, 
/**
 * A practice commune, marked on every paper.
 */
practice?: boolean, };
export type SetUpDone = { 
/**
 * 26 letters and digits that open the store and every backup.
 */
recovery_key: string, 
/**
 * Who is logged in.
 */
session: Session, };
export type Settle = { 
/**
 * The dossier.
 */
code: string, 
/**
 * [`ReviewCard::part`].
 */
part: string, 
/**
 * [`VersionRow::id`] of the version that is kept.
 */
keep: string, 
/**
 * Every [`VersionRow::id`] the person was shown; where the card has others by now, nothing is chosen.
 */
shown: Array<string>, };
export type Sex = "male" | "female";
export type Speak = { 
/**
 * `vi` or `en`.
 */
language: Spoken, };
export type Spoken = "vi" | "en";
export type StageInput = "reception" | "supplement" | "hand_back";
export type StepInput = { "step": "accept" } | { "step": "refuse", 
/**
 * Reason.
 */
reason: string, 
/**
 * Legal basis, may be empty.
 */
basis: string, } | { "step": "forward", 
/**
 * The unit that takes it.
 */
unit: string, 
/**
 * Who gives it.
 */
giver: string, 
/**
 * Who takes it.
 */
receiver: string, } | { "step": "ask_papers", 
/**
 * The agency that asks; empty: the desk's own.
 */
agency: string, 
/**
 * What is missing, line by line.
 */
items: Array<string>, 
/**
 * Why.
 */
reason: string, 
/**
 * Legal basis, may be empty.
 */
basis: string, } | { "step": "papers_came", 
/**
 * What came.
 */
papers: Array<PaperInput>, } | { "step": "ask_payment", 
/**
 * What is to be paid.
 */
what: string, 
/**
 * How much, as typed; may be empty.
 */
amount: string, } | { "step": "paid", 
/**
 * What shows it.
 */
proof: string, } | { "step": "draft_extension", 
/**
 * Why.
 */
reason: string, 
/**
 * The new due moment, `2026-12-02` (its close) or `2026-12-02T10:00`; empty: one proposed by the calendar.
 */
due: string, } | { "step": "extend", 
/**
 * The new due moment; empty: the draft's.
 */
due: string, 
/**
 * Number of the document, may be empty.
 */
number: string, 
/**
 * Who signed.
 */
signer: string, } | { "step": "stop", 
/**
 * Reason.
 */
reason: string, 
/**
 * Legal basis, may be empty.
 */
basis: string, 
/**
 * Number of the notice, may be empty.
 */
number: string, } | { "step": "withdraw", 
/**
 * Reason.
 */
reason: string, } | { "step": "finish", 
/**
 * What came of it.
 */
results: Array<ResultInput>, } | { "step": "hand_back", 
/**
 * Who takes it; empty: the applicant.
 */
name: string, 
/**
 * Their personal number, may be empty.
 */
number: string, 
/**
 * `applicant`, `submitter`, `authorised`.
 */
capacity: Capacity, 
/**
 * The authorisation, may be empty.
 */
authorisation: string, 
/**
 * How it reaches them.
 */
delivery: Delivery, 
/**
 * Whether the printed receipt was given back.
 */
receipt_back: boolean, } | { "step": "reopen", 
/**
 * What was wrong.
 */
reason: string, };
export type StepOffer = { 
/**
 * [`StepInput`]'s tag.
 */
step: string, 
/**
 * In words.
 */
text: string, };
export type StepTaken = { 
/**
 * The dossier as it is now.
 */
dossier: DossierView, 
/**
 * What has to be answered first; the step was not taken while there is something.
 */
questions: Array<Question>, };
export type SyncStep = "saved" | "copied" | "sent" | "received";
export type SyncView = { 
/**
 * Which face the pill shows.
 */
pill: Pill, 
/**
 * Its words.
 */
text: string, 
/**
 * More, for the page.
 */
detail: string, 
/**
 * Why what waits is not sent, in a sentence, where there is a reason.
 */
why: string | null, 
/**
 * Operations the province has not stored.
 */
waiting: number, 
/**
 * Dossiers with an operation among them.
 */
waiting_dossiers: number, 
/**
 * Scans the province has not whole.
 */
waiting_scans: number, 
/**
 * Scans that a bundle written now would carry.
 */
stick_scans: number, 
/**
 * Their bytes.
 */
stick_scan_bytes: number, 
/**
 * Bytes all of that comes to on the line: operations by how well the last ones were packed, scans as they are.
 */
waiting_bytes: number, 
/**
 * Minutes that takes at the speed measured last; `null` where nothing was measured, or nothing waits.
 */
minutes_left: number | null, 
/**
 * The same in words, "còn ~2 phút"; empty where it is not known.
 */
left_text: string, 
/**
 * Bytes a second the line took when it was measured last.
 */
bytes_a_second: number | null, 
/**
 * Whether to offer a stick: days have passed, or much waits, and it is on no stick yet.
 */
offers_stick: boolean, 
/**
 * What a bundle that is written now is best called.
 */
bundle_name: string, 
/**
 * When what waits was put on a stick, RFC 3339, where all of it is on one.
 */
carried: string | null, 
/**
 * Operations it has.
 */
acknowledged: number, 
/**
 * Dossiers with a card that waits for a person.
 */
review: number, 
/**
 * Whether this desk was enrolled.
 */
enrolled: boolean, 
/**
 * RFC 3339.
 */
last_success: string | null, 
/**
 * RFC 3339.
 */
next_try: string | null, 
/**
 * The hub's address.
 */
hub: string | null, 
/**
 * Where backups go.
 */
backup_folder: string, 
/**
 * When the last one was made, RFC 3339.
 */
last_backup: string | null, 
/**
 * The commune's other desks that were met on its network since this one was opened.
 */
neighbours: Array<NeighbourView>, };
export type TakeFee = { 
/**
 * The dossier.
 */
code: string, 
/**
 * Đồng, as typed: `8000`, `8.000`, `8.000 đ`; empty: what its line asks for.
 */
amount: string, 
/**
 * Ký hiệu and number of the receipt in the real book, may be empty.
 */
receipt: string, 
/**
 * Remark, may be empty.
 */
note: string, 
/**
 * [`OwedLine::place`]; 0: none of the lines.
 */
line: number, 
/**
 * How many copies, papers or cases; 0 counts as one.
 */
copies: number, 
/**
 * Pages of the original.
 */
pages: number, 
/**
 * [`ExemptionView::code`], empty where the fee is paid.
 */
exemption: string, 
/**
 * What was shown for the exemption.
 */
proof: string, 
/**
 * What gives an amount the catalogue does not know.
 */
source: string, 
/**
 * Whether that amount is proposed from now on.
 */
keep: boolean, 
/**
 * How it is paid.
 */
means: MeansInput, 
/**
 * Cash put on the counter, as typed; may be empty.
 */
given: string, 
/**
 * When in the dossier's life; `null`: as its state says.
 */
stage: StageInput | null, 
/**
 * Codes of the questions that were answered yes.
 */
answered: Array<string>, };
export type TakeStep = { 
/**
 * The dossier.
 */
code: string, 
/**
 * What happens.
 */
step: StepInput, 
/**
 * When it happened, `2026-11-22T09:15`, where it is entered later; empty: now.
 */
at: string, 
/**
 * Remark, may be empty.
 */
note: string, 
/**
 * Codes of the questions that were answered yes.
 */
answered: Array<string>, };
export type TillOfficer = { 
/**
 * Name.
 */
name: string, 
/**
 * Lines taken and not cancelled.
 */
count: number, 
/**
 * Cash.
 */
cash: string, 
/**
 * Transfers seen to arrive.
 */
confirmed: string, 
/**
 * Transfers waited for.
 */
waiting: string, };
export type TillRow = { 
/**
 * Names the line.
 */
id: string, 
/**
 * The dossier's number.
 */
code: string, 
/**
 * In words.
 */
amount: string, 
/**
 * Where its money is.
 */
state: TillState, 
/**
 * The same in words.
 */
state_text: string, 
/**
 * What it was for.
 */
text: string, 
/**
 * Number of the receipt in the real book.
 */
receipt: string, 
/**
 * Officer's name.
 */
by: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * Whether a former shift took it.
 */
carried: boolean, };
export type TillState = "cash" | "confirmed" | "waiting" | "free" | "voided" | "given_back";
export type TillView = { 
/**
 * What the present shift has to do with, oldest first.
 */
lines: Array<TillRow>, 
/**
 * The same by officer.
 */
officers: Array<TillOfficer>, 
/**
 * Lines taken and not cancelled.
 */
count: number, 
/**
 * Lines taken and cancelled.
 */
voided: number, 
/**
 * Lines of 0.
 */
free: number, 
/**
 * Cash taken, in words.
 */
cash: string, 
/**
 * Cash of former shifts whose lines were cancelled; empty where there is none.
 */
given_back: string, 
/**
 * Transfers seen to arrive.
 */
confirmed: string, 
/**
 * Transfers waited for.
 */
waiting: string, 
/**
 * The cash that should be in the drawer.
 */
expected: string, 
/**
 * The same in words (viết bằng chữ).
 */
expected_words: string, 
/**
 * Whether there is anything to close.
 */
open: boolean, 
/**
 * Closes of all desks of the commune, newest first.
 */
closes: Array<CloseRow>, };
export type TimelineRow = { 
/**
 * RFC 3339.
 */
at: string, 
/**
 * Officer's name.
 */
by: string, 
/**
 * What the computer's clock said, in words, where it was too far ahead to be believed; `at` is then when the province heard.
 */
clock: string | null, 
/**
 * What happened, in words.
 */
text: string, 
/**
 * How far that operation has got.
 */
sync: SyncStep, 
/**
 * Why the province keeps it aside without effect, where it does.
 */
set_aside: string | null, 
/**
 * Whether it is a move that is not in force: another desk's came first.
 */
not_in_force: boolean, };
export type Today = { 
/**
 * Today, ISO.
 */
date: string, 
/**
 * Due before the day ends.
 */
due_today: number, 
/**
 * Past due.
 */
late: number, 
/**
 * Not finished.
 */
open: number, 
/**
 * Received today.
 */
received_today: number, 
/**
 * Not finished, by due moment.
 */
rows: Array<DossierRow>, 
/**
 * To continue.
 */
drafts: Array<DraftRow>, 
/**
 * To know.
 */
notices: Array<Notice>, };
export type Trial = { 
/**
 * Whether it still goes on.
 */
running: boolean, 
/**
 * Whether all hops were well; `null` while that is not known.
 */
well: boolean | null, 
/**
 * The hops, in order; none before the first trial.
 */
hops: Array<HopRow>, 
/**
 * What it comes to; empty while it goes on.
 */
text: string, 
/**
 * What to do; empty where nothing is.
 */
do: string, };
export type Trouble = { 
/**
 * A code that stays the same in every language and release.
 */
code: string, 
/**
 * What happened.
 */
what: string, 
/**
 * Whether anything is lost.
 */
lost: string, 
/**
 * What to do.
 */
do: string, };
export type TurnAway = { 
/**
 * What was on the counter; its procedure says what the visit was about.
 */
draft: Draft, 
/**
 * How it ends.
 */
outcome: Outcome, 
/**
 * What is missing, by name.
 */
missing: Array<string>, 
/**
 * Why; may be empty where the outcome lets it.
 */
reason: string, 
/**
 * Legal basis, may be empty.
 */
basis: string, };
export type Urgency = "none" | "waiting" | "ok" | "today" | "late" | "unknown";
export type VersionRow = { 
/**
 * Names it.
 */
id: string, 
/**
 * What it says; of personal numbers only what tells them apart.
 */
text: string, 
/**
 * Officer's name.
 */
by: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * At which computer, in words.
 */
place: string, 
/**
 * Whether it holds now.
 */
holds: boolean, };
export type Warning = { 
/**
 * The same in every language and release.
 */
code: string, 
/**
 * The sentence.
 */
text: string, };
export type WorkingTime = { 
/**
 * The hours of today, "07:00–11:30, 13:30–17:00".
 */
hours: string, 
/**
 * What becomes of a file handed in outside working time.
 */
after_hours: string, 
/**
 * How the time goes on after it stood still.
 */
after_waiting: string, 
/**
 * Days of this year and the next that are not what their weekday says, in order.
 */
days: Array<DayRow>, 
/**
 * Years whose official plan is not known; their holidays are computed.
 */
computed: Array<number>, 
/**
 * What an import changes, a sentence each.
 */
changes: Array<string>, 
/**
 * Whether it was only looked at.
 */
preview: boolean, };
export type Written = { 
/**
 * Where.
 */
file: string, 
/**
 * Its size.
 */
bytes: number, };
