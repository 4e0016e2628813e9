/**
 * The desk's commands over an invented commune in memory, for `vite dev` and unit tests. It refuses what the engine refuses
 * as far as the screens need it, and is never part of the built product (see `line.ts`).
 */
import type { Line } from "./line";
import * as data from "./standin-data";
import { forms as formsOf, preview } from "./standin-paper";
import * as fees from "./standin-fees";
import { syncView, trial } from "./standin-sync";
import { visits } from "./standin-visits";
import type * as T from "./types";

const START = Date.parse("2026-11-19T08:40:00+07:00");
const BEGAN = Date.now();

type World = {
  language: T.Spoken;
  backups: { folder: string; last: string | null };
  state: T.Opening["state"];
  session: T.Session | null;
  officers: T.OfficerTile[];
  pins: Map<number, string>;
  wrongPins: number;
  drafts: Map<string, { draft: T.Draft; saved: string }>;
  dossiers: { view: T.DossierView; number: string }[];
  enrolled: boolean;
  /** When what waits was put on a stick. */
  carried: string | null;
  /** Hops of the trial that have ended. */
  hops: number;
  jobs: Map<string, T.Printing & { asked: number }>;
};

const USUAL_FOLDER = "C:\\Users\\quay2\\AppData\\Local\\MotCuaXa\\backups";

const world: World = {
  language: "vi",
  backups: { folder: "", last: null },
  state: "locked",
  session: null,
  officers: [...data.officers],
  pins: new Map(),
  wrongPins: 0,
  drafts: new Map(),
  dossiers: data.dossiers(),
  enrolled: false,
  carried: null,
  hops: 0,
  jobs: new Map(),
};

const opened = typeof location === "undefined" ? "" : location.search;
if (opened.includes("first")) world.state = "empty";
if (opened.includes("open")) enter(world.officers[0]);
if (opened.includes("connected")) world.enrolled = true;
if (opened.includes("review") && world.dossiers[0]) world.dossiers[0].view.cards = data.review;

const ears = new Set<(changes: T.Change[]) => void>();
const tell = (...changes: T.Change[]) => queueMicrotask(() => ears.forEach((heard) => heard(changes)));

const refuse = (code: string, what: string, lost: string, todo: string): never => {
  throw { code, what, lost, do: todo } satisfies T.Trouble;
};

/** A sentence in the language spoken; only those the tests of the switch look at have an English. */
const said = (vietnamese: string, english: string) => (world.language === "vi" ? vietnamese : english);

/** Now in the commune, RFC 3339 at +07:00. */
function now(): string {
  return new Date(START + (Date.now() - BEGAN) + 7 * 3600_000).toISOString().slice(0, 19) + "+07:00";
}

function enter(officer: T.OfficerTile | undefined): T.Session {
  if (!officer) return refuse("no_officer", "Không có cán bộ này.", "Không mất gì.", "Chọn lại tên.");
  world.state = "open";
  world.session = { officer, commune: "xã Cao Sơn", centre: data.CENTRE, counter: "Quầy số 2", agency: data.AGENCY, practice: true };
  return world.session;
}

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
const initials = (text: string) =>
  fold(text)
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .join("");
const hits = (text: string, wanted: string) => fold(text).includes(fold(wanted)) || initials(text).includes(fold(wanted));

const rowOf = ({ view }: { view: T.DossierView }): T.DossierRow => ({
  code: view.code,
  alias: view.alias,
  applicant: view.applicant.name,
  procedure: view.procedure,
  state: view.state,
  state_text: view.state_text,
  received: view.received,
  due: view.due,
  due_text: view.due_text,
  urgency: view.urgency,
  sync: view.sync,
  cards: view.cards.length,
});
const rank = { late: 0, today: 1, ok: 2, waiting: 3, unknown: 4, none: 5 };
const byDeadline = (a: T.DossierRow, b: T.DossierRow) => rank[a.urgency] - rank[b.urgency] || (a.due ?? "9").localeCompare(b.due ?? "9");

const procedureRow = (p: data.CatalogueRow): T.ProcedureRow => ({
  code: p.code,
  name: p.name,
  field: p.field,
  time: p.time,
  fee: p.fee,
  used: p.used,
});

function findProcedures(text: string, limit: number): T.ProcedureRow[] {
  return data.catalogue
    .filter((p) => !text.trim() || hits(p.name, text) || p.code.startsWith(text.trim()))
    .sort((a, b) => b.used - a.used)
    .slice(0, limit)
    .map(procedureRow);
}

function person(who: data.Citizen): T.Person {
  return {
    name: who.name,
    number_masked: `${who.number.slice(0, 3)}······${who.number.slice(9)}`,
    number: who.number,
    born: who.born,
    sex: who.sex,
    address: who.address,
    phone: who.phone,
    last_seen: "2026-08-11T09:30:00+07:00",
    last_code: `${data.AGENCY}-260811-01003`,
  };
}

function readText(text: string): T.ScanView {
  const trimmed = text.trim();
  const view = (kind: T.ScanKind): T.ScanView => ({ kind, text: trimmed, card: null, warnings: [] });
  const fields = trimmed.split("|");
  const [number = "", oldNumber = "", name = "", born = "", sex = "", address = "", issued = ""] = fields;
  const day = (raw: string) => (/^\d{8}$/.test(raw) ? `${raw.slice(4)}-${raw.slice(2, 4)}-${raw.slice(0, 2)}` : null);
  if (/^\d{12}$/.test(number) && fields.length >= 7) {
    const warnings =
      number[3] === "1" && sex === "Nam"
        ? [{ code: "sex_disagrees", text: said("Giới tính trên thẻ không khớp với số định danh cá nhân.", "The sex on the card does not fit the number.") }]
        : [];
    const card: T.CardView = {
      number,
      old_number: oldNumber || null,
      name,
      born: day(born),
      sex: sex === "Nam" ? "male" : "female",
      address,
      issued: day(issued),
      extra: [],
    };
    return { ...view("card"), card, warnings };
  }
  if (/^[A-Z]\d{2}(\.\d{1,3})*-\d{6}-\d{4,6}$/i.test(trimmed)) return { ...view("receipt"), code: trimmed.toUpperCase() };
  if (/^https?:/i.test(trimmed)) return view("url");
  if (trimmed.startsWith("0002010102")) return view("vietqr");
  if (trimmed.endsWith("$")) return view("bhyt");
  if (/^[A-Za-z0-9+/=_-]{40,}$/.test(trimmed)) return view("vneid");
  return view("text");
}

function deadline(days: number | null): T.DeadlineView {
  if (days === null) {
    return {
      due: null,
      reason: "Danh mục không ghi thời hạn giải quyết của thủ tục này.",
      provisional: false,
      steps: [],
      text: "Chưa có thời hạn",
    };
  }
  const day = new Date(now().slice(0, 10) + "T00:00:00Z");
  for (let left = days; left > 0;) {
    day.setUTCDate(day.getUTCDate() + 1);
    const off = [0, 6].includes(day.getUTCDay()) || day.toISOString().startsWith("2026-11-24");
    if (!off) left -= 1;
  }
  const iso = day.toISOString().slice(0, 10);
  const names = ["Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
  return {
    due: `${iso}T16:30:00+07:00`,
    reason: null,
    provisional: false,
    steps:
      days === 0
        ? [said("Thủ tục trả trong ngày.", "Given back the same day."), "Nhận trước 15 giờ nên hẹn trong hôm nay."]
        : [
            "Ngày tiếp nhận 19/11/2026 không tính.",
            `Cộng ${days} ngày làm việc, bỏ Thứ Bảy và Chủ nhật.`,
            "24/11/2026 là Ngày Văn hóa Việt Nam, không tính.",
          ],
    text: `16 giờ 30, ${names[day.getUTCDay()]} ${iso.slice(8)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`,
  };
}

function procedure(code: string): T.ProcedureView {
  const found = data.catalogue.find((p) => p.code === code);
  if (!found) return refuse("no_procedure", `Danh mục không có thủ tục ${code}.`, "Không mất gì.", "Chọn thủ tục khác.");
  const { days, used, ...rest } = found;
  void used;
  return { ...rest, deadline: deadline(days) };
}

function checkIntake(draft: T.Draft): T.FieldProblem[] {
  const problems: T.FieldProblem[] = [];
  const add = (field: string, text: string) => problems.push({ field, text });
  const people: [string, T.PersonInput | null][] = [
    ["applicant", draft.applicant],
    ["submitter", draft.submitter],
  ];
  for (const [who, input] of people) {
    if (!input) continue;
    if (!input.name.trim()) add(`${who}.name`, who === "applicant" ? "Nhập họ và tên chủ hồ sơ." : "Nhập họ và tên người nộp.");
    const digits = input.number.replace(/\D/g, "");
    if (input.number.trim() && digits.length !== 12)
      add(`${who}.number`, `Số định danh cá nhân (số căn cước) có 12 chữ số, mới có ${digits.length}.`);
    if (input.phone.trim() && !/^0\d{9}$/.test(input.phone.replace(/[\s.]/g, "")))
      add(`${who}.phone`, "Số điện thoại có 10 chữ số, bắt đầu bằng 0.");
    if (input.born.trim() && !/\d{4}$|\d{2}$/.test(input.born.trim()))
      add(`${who}.born`, "Nhập ngày sinh như 2/11/1957. Chỉ nhớ năm thì gõ 1957.");
  }
  if (!draft.procedure) add("procedure", "Chọn thủ tục.");
  if (!draft.papers.some((p) => p.originals + p.copies > 0)) add("papers", "Chưa đánh dấu giấy tờ nào đã nhận.");
  return problems;
}

function receive(draft: T.Draft, answered: string[]): T.Received {
  const what = data.catalogue.find((p) => p.code === draft.procedure);
  if (!what || !world.session || checkIntake(draft).length > 0)
    return refuse(
      "intake_incomplete",
      "Hồ sơ còn chỗ chưa đúng.",
      "Bản nháp vẫn lưu trên máy.",
      "Sửa các chỗ được đánh dấu rồi tiếp nhận lại.",
    );
  const today = now().slice(0, 10);
  const twice = world.dossiers.some(
    ({ view }) => view.applicant.name === draft.applicant.name && view.procedure_code === what.code && view.received.startsWith(today),
  );
  if (twice && !answered.includes("same_day")) {
    return {
      code: "",
      due: null,
      warnings: [],
      questions: [{ code: "same_day", text: `${draft.applicant.name} đã nộp thủ tục này hôm nay. Vẫn tiếp nhận thêm một hồ sơ nữa?` }],
    };
  }
  const serial = world.dossiers.filter(({ view }) => view.code.includes(`-${today.slice(2).replaceAll("-", "")}-`)).length + 1;
  const code = `${data.AGENCY}-${today.slice(2).replaceAll("-", "")}-01${String(serial).padStart(3, "0")}`;
  const { applicant } = draft;
  const who = { ...applicant, oldNumber: applicant.old_number, sex: applicant.sex ?? "female" };
  const due = deadline(what.days);
  world.dossiers.push({
    number: applicant.number,
    view: {
      ...data.page(code, who, what, world.session.officer.name, now()),
      due: due.due,
      due_text: due.text,
      deadline_steps: due.steps,
      papers: draft.papers.filter((p) => p.originals + p.copies > 0),
      channel: draft.channel,
      helper: draft.helper,
      urgency: due.due ? (due.due.startsWith(today) ? "today" : "ok") : "unknown",
      timeline: [{ at: now(), by: world.session.officer.name, clock: null, text: "Tiếp nhận hồ sơ tại quầy.", sync: "saved", set_aside: null, not_in_force: false }],
      printed: 0,
    },
  });
  if (draft.id) world.drafts.delete(draft.id);
  tell("dossiers", "drafts", "sync");
  return { code, due: due.due, warnings: [], questions: [] };
}

function find(code: string) {
  const found = world.dossiers.find(({ view }) => view.code === code || view.alias === code);
  return (
    found ?? refuse("no_dossier", `Máy này chưa có hồ sơ số ${code}.`, "Không mất gì.", "Kiểm tra lại số, hoặc hỏi quầy đã tiếp nhận.")
  );
}

function change(code: string, text: string, patch: (view: T.DossierView) => Partial<T.DossierView>): T.DossierView {
  const found = find(code);
  const line = { at: now(), by: world.session?.officer.name ?? "", clock: null, text, sync: "saved" as const, set_aside: null, not_in_force: false };
  found.view = { ...found.view, ...patch(found.view), timeline: [...found.view.timeline, line] };
  tell("dossiers");
  return found.view;
}

/** The dossier a paper is about, where there is one. */
const about = (of: T.PaperOf) => (of.of === "dossier" ? find(of.code).view : null);

function sync(): T.SyncView {
  const waiting = world.dossiers.filter(({ view }) => view.sync === "saved" || view.sync === "copied").length;
  const review = world.dossiers.filter(({ view }) => view.cards.length > 0).length;
  const { folder, last: lastBackup } = world.backups;
  const { enrolled, carried } = world;
  return syncView({ waiting, review, enrolled, folder: folder || USUAL_FOLDER, lastBackup, carried, now: now(), said });
}

// The one place where a command's input has no type yet.
const commands: Record<string, (input: any) => unknown> = {
  ...visits({ now, dossiers: () => world.dossiers, done: (id) => (world.drafts.delete(id ?? ""), tell("dossiers", "drafts")), fold }),
  opening: (): T.Opening => ({
    state: world.state,
    commune: world.state === "empty" ? null : "xã Cao Sơn",
    counter: "Quầy số 2",
    practice: true,
    version: "0.1.0",
    officers: world.state === "empty" ? [] : world.officers,
    session: world.session,
    notices: [],
  }),
  set_up: (input: T.SetUp): T.SetUpDone => {
    world.officers = [{ id: 1, name: input.officer, role: "administrator" }];
    return { recovery_key: data.RECOVERY_KEY, session: enter(world.officers[0]) };
  },
  log_in: ({ officer, pin }: T.LogIn) => {
    if (pin !== (world.pins.get(officer) ?? data.PIN)) {
      world.wrongPins += 1;
      refuse(
        "pin_wrong",
        "Mã PIN không đúng.",
        "Không mất gì.",
        world.wrongPins > 2 ? `Chờ ${world.wrongPins * 10} giây rồi nhập lại.` : "Nhập lại 6 chữ số.",
      );
    }
    world.wrongPins = 0;
    return enter(world.officers.find((tile) => tile.id === officer));
  },
  reset_pin: ({ officer, recovery, pin }: T.ResetPin) => {
    const bare = (key: string) => key.replace(/[^a-z0-9]/gi, "").toUpperCase();
    if (bare(recovery) !== bare(data.RECOVERY_KEY))
      refuse("recovery_wrong", "Khóa khôi phục chưa đúng.", "Không mất gì.", "So lại từng nhóm chữ trên phiếu.");
    world.pins.set(officer, pin);
    return enter(world.officers.find((tile) => tile.id === officer));
  },
  speak: ({ language }: T.Speak) => {
    world.language = language;
    return null;
  },
  cancel_printing: () => null,
  lock: () => {
    world.state = "locked";
    world.session = null;
    return null;
  },
  today: (): T.Today => {
    const rows = world.dossiers.map(rowOf).sort(byDeadline);
    return {
      date: now().slice(0, 10),
      due_today: rows.filter((r) => r.urgency === "today").length,
      late: rows.filter((r) => r.urgency === "late").length,
      open: rows.length,
      received_today: rows.filter((r) => r.received.startsWith(now().slice(0, 10))).length,
      rows,
      drafts: [...world.drafts].map(([id, { draft, saved }]) => ({
        id,
        applicant: draft.applicant.name,
        procedure: data.catalogue.find((p) => p.code === draft.procedure)?.name ?? "",
        saved,
      })),
      notices: [{ code: "no_backup", text: "Chưa có bản sao lưu ở nơi thứ hai. Cắm USB rồi mở Gửi / nhận để sao lưu.", urgent: false }],
    };
  },
  read_text: ({ text }) => readText(text),
  read_picture: ({ name }) =>
    /torn|rach/.test(name)
      ? refuse(
          "no_code",
          `Chưa đọc được mã trong ảnh ${name}.`,
          "Không mất gì.",
          "Lau thẻ, nghiêng bớt bóng đèn rồi chụp lại, hoặc gõ tên để tìm.",
        )
      : [readText(data.CARD_TEXT)],
  look_up: ({ text }): T.LookUp => ({
    dossiers: world.dossiers
      .filter(({ view }) => hits(view.applicant.name, text) || view.code.toLowerCase().includes(fold(text)))
      .map(rowOf)
      .slice(0, 5),
    procedures: findProcedures(text, 5),
    people: data.citizens
      .filter((who) => hits(who.name, text))
      .map(person)
      .slice(0, 5),
  }),
  earlier: ({ number }) => {
    const who = data.citizens.find((one) => one.number === number);
    return who ? person(who) : null;
  },
  find_procedures: ({ text, limit }) => findProcedures(text, limit),
  procedure: ({ code }) => procedure(code),
  save_draft: (draft: T.Draft): T.DraftSaved => {
    const id = draft.id ?? `nhap-${world.drafts.size + 1}`;
    const saved = now();
    world.drafts.set(id, { draft: structuredClone({ ...draft, id }), saved });
    tell("drafts");
    return { id, saved };
  },
  draft: ({ id }) =>
    world.drafts.get(id)?.draft ?? refuse("no_draft", "Không còn bản nháp này.", "Hồ sơ khác không đổi.", "Mở lại màn hình Hôm nay."),
  drop_draft: ({ id }) => {
    world.drafts.delete(id);
    tell("drafts");
    return null;
  },
  check_intake: checkIntake,
  receive: ({ draft, answered }) => receive(draft, answered),
  preview_paper: ({ of, paper }) => preview(of, paper, about(of)),
  printers: (): T.PrinterRow[] => [
    { name: "Canon LBP 2900", is_default: true, state: "Sẵn sàng" },
    { name: "Máy hỏng để thử", is_default: false, state: "Không trả lời" },
  ],
  print_paper: ({ of, paper, printer }): T.Printing => {
    const job = `${of.of === "dossier" && of.form === "01" ? of.code : ""}:${world.jobs.size}`;
    const { reprint } = preview(of, paper, about(of));
    const view = { job, state: "waiting" as const, trouble: null, reprint, asked: printer.includes("hỏng") ? -1 : 0 };
    world.jobs.set(job, view);
    return view;
  },
  printing: ({ job }): T.Printing => {
    const kept = world.jobs.get(job) ?? refuse("no_job", "Không còn lệnh in này.", "Hồ sơ đã lưu.", "In lại.");
    if (kept.asked < 0) {
      const trouble = {
        code: "printer_silent",
        what: "Máy in không trả lời.",
        lost: "Hồ sơ đã lưu.",
        do: "Kiểm tra dây và giấy rồi in lại, hoặc chọn máy khác.",
      };
      return { ...kept, state: "failed", trouble };
    }
    kept.asked += 1;
    if (kept.asked < 2) return { ...kept, state: "printing" };
    const code = job.split(":")[0];
    if (code) change(code, "In giấy hẹn.", (view) => ({ printed: view.printed + 1 }));
    return { ...kept, state: "done" };
  },
  save_paper: ({ of }): T.Written => ({ file: `Documents/${of.of === "dossier" ? of.code : of.of}.pdf`, bytes: 20_000 }),
  save_workbook: ({ month }): T.Written => ({ file: `Documents/so-theo-doi-${month}.xlsx`, bytes: 9_000 }),
  dossiers: ({ filter, text, limit, offset }) =>
    world.dossiers
      .map(rowOf)
      .filter(
        (r) =>
          filter === "all" ||
          filter === "open" ||
          r.urgency === filter ||
          (filter === "review" && r.cards > 0) ||
          (filter === "unsent" && (r.sync === "saved" || r.sync === "copied")),
      )
      .filter((r) => !text.trim() || hits(r.applicant, text) || hits(r.procedure, text) || r.code.toLowerCase().includes(fold(text)))
      .sort(byDeadline)
      .slice(offset, offset + limit),
  dossier: ({ code }) => find(code).view,
  reveal: ({ code }) => ({ number: find(code).number }),
  change_phone: ({ code, phone }) =>
    change(code, `Đổi số điện thoại thành ${phone}.`, (view) => ({ applicant: { ...view.applicant, phone } })),
  add_note: ({ code, text }) => change(code, `Ghi chú: ${text}`, () => ({})),
  give_alias: ({ code, alias }) => change(code, `Ghi mã trên hệ thống: ${alias}.`, () => ({ alias, number_note: "" })),
  change_address: ({ code, text }) =>
    change(code, `Đổi địa chỉ thành ${text}`, (view) => ({ applicant: { ...view.applicant, address: text } })),
  correct_name: ({ code, text }) =>
    change(code, `Sửa họ tên thành ${text}`, (view) => ({ applicant: { ...view.applicant, name: text } })),
  correct_number: ({ code, text }) => {
    find(code).number = text;
    const number_masked = `${text.slice(0, 3)}······${text.slice(9)}`;
    return change(code, `Sửa số định danh cá nhân thành ${number_masked}`, (view) => ({ applicant: { ...view.applicant, number_masked } }));
  },
  record_result: ({ code, text }) => change(code, `Ghi kết quả: ${text}`, () => ({ result: text })),
  take_step: ({ code, step, answered }: T.TakeStep) => {
    const { view } = find(code);
    const second = step.step === "ask_papers" && view.timeline.some((line) => line.text.includes("yêu cầu bổ sung"));
    if (second && !answered.includes("second_supplement"))
      return { dossier: view, questions: [{ code: "second_supplement", text: "Hồ sơ này đã yêu cầu bổ sung một lần. Vẫn yêu cầu?" }] };
    const state = data.after(step.step, view.state);
    const words = step.step === "ask_papers" ? "UBND xã yêu cầu bổ sung" : (view.next_steps.find((one) => one.step === step.step)?.text ?? "");
    const dossier = change(code, words, ({ forms }) => ({
      state,
      state_text: data.stateText(state),
      next_steps: data.nextSteps(state),
      forms: [...new Map([...forms, ...formsOf(state, [step.step])].map((one) => [one.form, one])).values()].sort((a, b) => (a.form < b.form ? -1 : 1)),
    }));
    return { dossier, questions: [] };
  },
  ...fees.commands({
    view: (code) => find(code).view,
    change: (code, words, to) => change(code, words, to),
    by: () => world.session?.officer.name ?? "",
    now,
    refuse,
  }),
  settle: ({ code, part, keep }) => {
    const card = find(code).view.cards.find((one) => one.part === part);
    const kept = card?.versions.find(({ id }) => id === keep)?.text ?? "";
    tell("sync");
    return change(code, `Đã chọn bản đúng: ${card?.title ?? ""}`, (view) => ({
      cards: view.cards.filter((one) => one !== card),
      applicant: { ...view.applicant, ...(part === "phone" ? { phone: kept } : { name: kept }) },
    }));
  },
  sync_status: sync,
  sync_now: () => {
    if (!world.enrolled)
      refuse("not_enrolled", "Máy này chưa kết nối với tỉnh.", "Hồ sơ vẫn lưu trên máy.", "Nhập địa chỉ và mã kết nối dùng một lần.");
    for (const one of world.dossiers) one.view = { ...one.view, sync: "received", waits: null };
    tell("sync", "dossiers");
    return sync();
  },
  try_link: () => trial((world.hops = 0)),
  trial: () => trial((world.hops += 1)),
  choose: (what): string[] => {
    if (what === "scans") return ["E:\\quet\\trang-1.png"];
    if (what === "catalogue") return ["E:\\danh-muc-2027.json"];
    return [what === "bundle_in" ? "E:\\tra-loi.mcxgoi" : `E:\\${(what.bundle_out ?? what.scan_out).name}`];
  },
  bundle_out: ({ file, scans }): T.BundleView => {
    world.carried = now();
    tell("sync");
    const { stick_scans, stick_scan_bytes } = sync();
    return { file, bytes: 4_812 + (scans ? stick_scan_bytes : 0), scans: scans ? stick_scans : 0, scan_bytes: scans ? stick_scan_bytes : 0 };
  },
  bundle_in: () => {
    for (const one of world.dossiers) one.view = { ...one.view, sync: "received", waits: null };
    tell("sync", "dossiers");
    return { ...sync(), acknowledged: 49 };
  },
  attach: ({ code, paper }) =>
    change(code, "Thêm bản quét", (view) => {
      const scan = { paper: view.papers[paper - 1]?.name ?? "", bytes: 512_000, at: now(), by: world.session?.officer.name ?? "" };
      const here = { id: `quet-${view.scans.length}`, media: "image/png", is_here: true, offer: "" };
      return { scans: [...view.scans, { ...scan, ...here, state: "here", percent: 0, text: "Chờ gửi" }] };
    }),
  fetch_scans: ({ code, id }) =>
    change(code, "Tải bản quét về", (view) => ({
      scans: view.scans.map((scan) => (scan.id === id ? { ...scan, state: "fetched", text: "Ở máy này", is_here: true, offer: "" } : scan)),
    })),
  open_scan: (): T.ScanContent => ({ media: "image/png", base64: data.BLANK_PAGE }),
  save_scan: ({ file }): T.Written => ({ file, bytes: 512_000 }),
  enrol: () => {
    world.enrolled = true;
    tell("sync");
    return sync();
  },
  back_up: (): T.BackedUp => {
    world.backups.last = now();
    tell("sync");
    return { file: `${world.backups.folder || USUAL_FOLDER}\\motcua-07.mcxb`, bytes: 1_482_752, scans: 0, at: world.backups.last };
  },
  set_backup_folder: ({ folder }) => {
    if (folder && !folder.startsWith("E:\\"))
      refuse(
        "file_unwritable",
        `Không ghi được tệp ${folder}.`,
        "Dữ liệu trên máy vẫn nguyên.",
        "Kiểm tra ổ đĩa còn chỗ và có quyền ghi, rồi thử lại.",
      );
    world.backups = { folder, last: now() };
    return sync();
  },
  officers: () => world.officers,
  add_officer: ({ name, role }): T.OfficerTile => {
    const tile = { id: world.officers.length + 1, name, role };
    world.officers = [...world.officers, tile];
    tell("officers");
    return tile;
  },
};

export const standin: Line = {
  call: async (command, input) => {
    const answer = commands[command];
    if (!answer) throw new Error(`the stand-in has no command ${command}`);
    // What crosses to the engine is a copy: neither side may hold the other's objects.
    return structuredClone(answer(input === undefined ? undefined : JSON.parse(JSON.stringify(input))));
  },
  listen: (heard) => {
    ears.add(heard);
    return () => ears.delete(heard);
  },
};
