/** The desk's commands, one function each, named as the commands are. Rejections are `Trouble`. */
import { call } from "./line";
import type * as T from "./types";

export type * from "./types";
export { asTrouble, onChanged } from "./line";

export const opening = () => call<T.Opening>("opening");
/** The language of the sentences that come with answers. */
export const speak = (language: T.Spoken) => call<null>("speak", { language });
export const setUp = (input: T.SetUp) => call<T.SetUpDone>("set_up", input);
export const logIn = (input: T.LogIn) => call<T.Session>("log_in", input);
/** A new PIN for whoever holds the recovery key; they are logged in. */
export const resetPin = (input: T.ResetPin) => call<T.Session>("reset_pin", input);
export const lock = () => call<null>("lock");

export const today = () => call<T.Today>("today");
export const readText = (text: string) => call<T.ScanView>("read_text", { text });
export const readPicture = (name: string, base64: string) => call<T.ScanView[]>("read_picture", { name, base64 });
export const lookUp = (text: string) => call<T.LookUp>("look_up", { text });
export const earlier = (number: string) => call<T.Person | null>("earlier", { number });
export const findProcedures = (text: string, limit: number) => call<T.ProcedureRow[]>("find_procedures", { text, limit });
export const procedure = (code: string, channel: T.Channel, chosen: string | null = null) =>
  call<T.ProcedureView>("procedure", { code, channel, case: chosen });
/** What a catalogue file changes; with `preview` nothing is taken in yet. */
export const importCatalogue = (file: string, preview: boolean) => call<T.Imported>("import_catalogue", { file, preview });

export const saveDraft = (input: T.Draft) => call<T.DraftSaved>("save_draft", input);
export const draft = (id: string) => call<T.Draft>("draft", { id });
export const dropDraft = (id: string) => call<null>("drop_draft", { id });
export const checkIntake = (input: T.Draft) => call<T.FieldProblem[]>("check_intake", input);
/** Conditions of papers as questions, and what each paper comes to by their answers. */
export const papersAsked = (input: T.Draft) => call<T.PapersAsked>("papers_asked", input);
/** Likely duplicates, the household's earlier dossiers, and scans that can be used again. */
export const around = (input: T.Draft) => call<T.Around>("around", input);
/** A visit that ends without a dossier. */
export const turnAway = (input: T.TurnAway) => call<T.NotReceivedRow>("turn_away", input);
export const notReceived = (input: T.NotReceivedInput) => call<T.NotReceivedList>("not_received", input);
export const receive = (input: { draft: T.Draft; answered: string[] }) => call<T.Received>("receive", input);

export const previewPaper = (of: T.PaperOf, paper: T.Paper) => call<T.Preview>("preview_paper", { of, paper });
export const printers = () => call<T.PrinterRow[]>("printers");
export const printPaper = (input: { of: T.PaperOf; paper: T.Paper; printer: string }) => call<T.Printing>("print_paper", input);
export const printing = (job: string) => call<T.Printing>("printing", { job });
/** Takes a paper out of the queue, so that it does not come out later as a second one. */
export const cancelPrinting = (job: string) => call<null>("cancel_printing", { job });
export const savePaper = (of: T.PaperOf, paper: T.Paper) => call<T.Written>("save_paper", { of, paper });
/** The register of a month, `2026-11`, as an Excel workbook. */
export const saveWorkbook = (month: string) => call<T.Written>("save_workbook", { month });

export const dossiers = (input: { filter: T.DossierFilter; text: string; limit: number; offset: number }) =>
  call<T.DossierRow[]>("dossiers", input);
export const dossier = (code: string) => call<T.DossierView>("dossier", { code });
export const reveal = (code: string) => call<{ number: string }>("reveal", { code });
export const changePhone = (code: string, phone: string) => call<T.DossierView>("change_phone", { code, phone });
export const addNote = (code: string, text: string) => call<T.DossierView>("add_note", { code, text });
export const giveAlias = (code: string, alias: string) => call<T.DossierView>("give_alias", { code, alias });
export const changeAddress = (code: string, text: string) => call<T.DossierView>("change_address", { code, text });
export const correctName = (code: string, text: string) => call<T.DossierView>("correct_name", { code, text });
export const correctNumber = (code: string, text: string) => call<T.DossierView>("correct_number", { code, text });
export const recordResult = (code: string, text: string) => call<T.DossierView>("record_result", { code, text });
/** Takes a step in a dossier's life; questions that are open are asked first. */
export const takeStep = (input: T.TakeStep) => call<T.StepTaken>("take_step", input);
/** What a dossier owes, line by line, and what was taken. */
export const feesOf = (code: string) => call<T.FeesView>("fees_of", { code });
/** What a fee comes to as it is typed so far. */
export const quoteFee = (input: T.TakeFee) => call<T.FeeQuote>("quote_fee", input);
/** Takes a fee; questions that are open are asked first. */
export const takeFee = (input: T.TakeFee) => call<T.StepTaken>("take_fee", input);
export const cancelFee = (input: T.CancelFee) => call<T.DossierView>("cancel_fee", input);
export const confirmFee = (input: T.ConfirmFee) => call<T.DossierView>("confirm_fee", input);
/** The payment code (VietQR) of an amount for a dossier. */
export const paymentCode = (input: { code: string; text: string }) => call<T.PaymentCode>("payment_code", input);
export const account = () => call<T.AccountView | null>("account");
export const setAccount = (input: T.Account) => call<T.AccountView | null>("set_account", input);
export const till = () => call<T.TillView>("till");
export const closeTill = (input: T.CloseTill) => call<T.TillView>("close_till", input);
export const payIn = (input: T.PayIn) => call<T.TillView>("pay_in", input);
/** Attaches scanned files to a paper, by its place on the list from 1. */
export const attach = (input: { code: string; paper: number; files: string[] }) => call<T.DossierView>("attach", input);
/** Asks for a scan that is not on this computer. */
export const fetchScans = (input: T.ScanOf) => call<T.DossierView>("fetch_scans", input);
/** What a scan holds; it is written to no file. */
export const openScan = (input: T.ScanOf) => call<T.ScanContent>("open_scan", input);
/** A scan into a file that the officer chose. */
export const saveScan = (input: T.ScanOf & { file: string }) => call<T.Written>("save_scan", input);
/** Keeps one version of a card. */
export const settle = (input: T.Settle) => call<T.DossierView>("settle", input);

export const syncStatus = () => call<T.SyncView>("sync_status");
export const syncNow = () => call<T.SyncView>("sync_now");
/** Tries the way to the province, hop by hop; `trial` tells how far that has got. */
export const tryLink = () => call<T.Trial>("try_link");
export const trial = () => call<T.Trial>("trial");
/** The system's own dialogue for files: the paths that were chosen, none where the officer thought better of it. */
export const choose = (what: "scans" | "bundle_in" | "catalogue" | { bundle_out: { name: string } } | { scan_out: { name: string } }) =>
  call<string[]>("choose", what);
/** Everything the province has not acknowledged, into a file on a stick; with the scans it has not whole, or without. */
export const bundleOut = (file: string, scans: boolean) => call<T.BundleView>("bundle_out", { file, scans });
/** The province's answer, from a file on a stick. */
export const bundleIn = (file: string) => call<T.SyncView>("bundle_in", { file });
export const enrol = (input: { hub: string; code: string }) => call<T.SyncView>("enrol", input);
export const backUp = () => call<T.BackedUp>("back_up");
/** Where backups go from now on; empty for the usual place. One is made there at once. */
export const setBackupFolder = (folder: string) => call<T.SyncView>("set_backup_folder", { folder });
export const officers = () => call<T.OfficerTile[]>("officers");
export const addOfficer = (input: { name: string; role: T.Role; pin: string }) => call<T.OfficerTile>("add_officer", input);
