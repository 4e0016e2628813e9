/** An invented commune for developing the screens without the desk's engine. No person here exists: their numbers begin with 000. */
import { forms } from "./standin-paper";
import type { DossierView, OfficerTile, PaperView, ProcedureView, ReviewCard, Sex, StepOffer, SyncStep } from "./types";

export const PIN = "135790";
export const RECOVERY_KEY = "K7QF-2MXD-54RT-HB3W-YP6C-7ZSN-3V";
export const CENTRE = "Trung tâm Phục vụ hành chính công xã Cao Sơn";
export const AGENCY = "H55.242";

export const officers: OfficerTile[] = [
  { id: 1, name: "Lò Thị Mai", role: "administrator" },
  { id: 2, name: "Vàng A Páo", role: "one_stop" },
  { id: 3, name: "Nông Thị Hồng Nhung", role: "specialist" },
];

export type Citizen = {
  name: string;
  number: string;
  oldNumber: string;
  born: string;
  sex: Sex;
  address: string;
  phone: string;
};

const citizen = (name: string, number: string, born: string, sex: Sex, address: string, phone: string): Citizen => ({
  name,
  number,
  oldNumber: "",
  born,
  sex,
  address,
  phone,
});

export const citizens: Citizen[] = [
  citizen("Đặng Thị Mỹ Hạnh", "000191000321", "1991-05-14", "female", "Thôn Nà Lụm, Xã Cao Sơn, Tỉnh Mẫu", "0900 000 321"),
  citizen("Lò Văn Ơn", "000057000118", "1957", "male", "Bản Pá Khoang, Xã Cao Sơn, Tỉnh Mẫu", "0900 000 118"),
  citizen("Vàng Thị Dợ", "000188000742", "1988-02-03", "female", "Bản Háng Chú, Xã Cao Sơn, Tỉnh Mẫu", "0900 000 742"),
  citizen("A Páo", "000079000655", "1979-11-09", "male", "Bản Háng Chú, Xã Cao Sơn, Tỉnh Mẫu", ""),
  citizen("Y' Nguyệt Hà", "000196000204", "1996-08-21", "female", "Thôn Đèo Gió, Xã Cao Sơn, Tỉnh Mẫu", "0900 000 204"),
  citizen("Hoàng Văn Thụ", "000084000917", "1984-12-30", "male", "Thôn Nà Lụm, Xã Cao Sơn, Tỉnh Mẫu", "0900 000 917"),
];

/** What the stand-in's scanner "reads": the card of Đặng Thị Mỹ Hạnh, issued after she had moved within the commune. */
export const CARD_TEXT = "000191000321|000321321|Đặng Thị Mỹ Hạnh|14051991|Nữ|Thôn Đèo Gió, Xã Cao Sơn, Tỉnh Mẫu|10122024||||";

const paper = (name: string, originals: number, copies: number, condition = "", doubt = ""): PaperView => ({
  name,
  originals,
  copies,
  condition,
  doubt,
});

export type CatalogueRow = Omit<ProcedureView, "deadline"> & { days: number | null; used: number };

const row = (
  code: string,
  name: string,
  field: string,
  days: number | null,
  time: string,
  fee: string,
  papers: PaperView[],
  more: Partial<CatalogueRow> = {},
): CatalogueRow => ({
  code,
  name,
  field,
  days,
  time,
  fee,
  papers,
  cases: [],
  fee_lines: [],
  results: [],
  notes: [],
  doubts: [],
  source: "Cổng Dịch vụ công quốc gia, bản ngày 20/07/2026",
  handled_by: "Ủy ban nhân dân cấp xã",
  may_authorise: true,
  used: 0,
  ...more,
});

export const catalogue: CatalogueRow[] = [
  row(
    "1.001193",
    "Đăng ký khai sinh",
    "Hộ tịch",
    0,
    "Trong ngày",
    "Miễn phí khi đăng ký đúng hạn",
    [
      paper("Tờ khai đăng ký khai sinh", 1, 0),
      paper("Giấy chứng sinh", 1, 0),
      paper("Văn bản của người làm chứng xác nhận về việc sinh", 1, 0, "không có giấy chứng sinh"),
      paper("Biên bản về việc trẻ bị bỏ rơi", 1, 0, "trẻ bị bỏ rơi"),
      paper("Văn bản ủy quyền có chứng thực", 1, 0, "ủy quyền"),
    ],
    {
      used: 41,
      results: ["Giấy khai sinh"],
      notes: ["Tên con không đặt bằng số hoặc ký tự không phải chữ. Hỏi cha mẹ đã thống nhất họ, dân tộc, quê quán chưa."],
      fee_lines: [
        {
          text: "Đăng ký quá hạn",
          amount: 8000,
          price: "8.000 đ/việc",
          note: "Miễn cho hộ nghèo, người khuyết tật, người thuộc gia đình có công với cách mạng.",
        },
      ],
    },
  ),
  row(
    "2.000815",
    "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan, tổ chức có thẩm quyền của Việt Nam cấp hoặc chứng nhận",
    "Chứng thực",
    0,
    "Trong ngày; nhận sau 15 giờ thì trả ngày làm việc sau",
    "2.000 đ/trang; từ trang thứ 3: 1.000 đ/trang",
    [paper("Bản chính giấy tờ, văn bản cần chứng thực", 1, 0), paper("Bản sao cần chứng thực", 0, 2)],
    { used: 118, results: ["Bản sao được chứng thực"] },
  ),
  row(
    "2.000884",
    "Chứng thực chữ ký trong các giấy tờ, văn bản",
    "Chứng thực",
    0,
    "Trong ngày",
    "10.000 đ/trường hợp",
    [paper("Giấy tờ, văn bản sẽ ký", 1, 0)],
    { used: 26, may_authorise: false },
  ),
  row(
    "1.004873",
    "Cấp Giấy xác nhận tình trạng hôn nhân",
    "Hộ tịch",
    3,
    "3 ngày làm việc",
    "15.000 đ",
    [
      paper("Tờ khai cấp Giấy xác nhận tình trạng hôn nhân", 1, 0),
      paper("Trích lục ghi chú ly hôn hoặc bản án ly hôn", 0, 1, "Nếu đã có vợ hoặc chồng nhưng đã ly hôn, hoặc người kia đã chết."),
    ],
    {
      used: 33,
      results: ["Giấy xác nhận tình trạng hôn nhân"],
      cases: [
        { case: "", time: "3 ngày làm việc", note: "" },
        { case: "Phải xác minh", time: "23 ngày", note: "Người xin xác nhận từng thường trú ở nhiều nơi." },
      ],
    },
  ),
  row(
    "2.000635",
    "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh",
    "Hộ tịch",
    0,
    "Trong ngày",
    "8.000 đ/bản",
    [paper("Tờ khai cấp bản sao Trích lục hộ tịch", 1, 0)],
    { used: 22 },
  ),
  row(
    "1.000656",
    "Đăng ký khai tử",
    "Hộ tịch",
    0,
    "Trong ngày",
    "Miễn phí khi đăng ký đúng hạn",
    [paper("Tờ khai đăng ký khai tử", 1, 0), paper("Giấy báo tử hoặc giấy tờ thay Giấy báo tử", 1, 0)],
    { used: 9 },
  ),
  row(
    "1.000894",
    "Đăng ký kết hôn",
    "Hộ tịch",
    0,
    "Trong ngày",
    "Miễn phí",
    [paper("Tờ khai đăng ký kết hôn", 1, 0), paper("Giấy xác nhận tình trạng hôn nhân", 1, 0, "Nếu không tra được trong cơ sở dữ liệu.")],
    { used: 12, may_authorise: false },
  ),
  row(
    "1.004837",
    "Đăng ký giám hộ",
    "Hộ tịch",
    3,
    "3 ngày làm việc",
    "Miễn phí",
    [paper("Tờ khai đăng ký giám hộ", 1, 0), paper("Văn bản cử người giám hộ", 1, 0)],
    { used: 2 },
  ),
  row(
    "1.004222",
    "Đăng ký thường trú",
    "Đăng ký, quản lý cư trú",
    7,
    "7 ngày làm việc",
    "20.000 đ",
    [
      paper("Tờ khai thay đổi thông tin cư trú (Mẫu CT01)", 1, 0),
      paper("Giấy tờ chứng minh chỗ ở hợp pháp", 0, 1, "", "Danh mục còn nhắc Sổ hộ khẩu: sổ giấy không còn giá trị từ 01/01/2023."),
    ],
    { used: 7, handled_by: "Công an cấp xã" },
  ),
  row(
    "1.001776",
    "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hằng tháng, hỗ trợ kinh phí chăm sóc, nuôi dưỡng hằng tháng",
    "Bảo trợ xã hội",
    null,
    "Chưa có thời hạn",
    "Miễn phí",
    [paper("Tờ khai đề nghị trợ giúp xã hội", 1, 0), paper("Giấy xác nhận khuyết tật", 0, 1)],
    { used: 5, doubts: ["Danh mục không ghi thời hạn giải quyết: hỏi cán bộ phụ trách trước khi hẹn ngày."] },
  ),
  row(
    "1.001653",
    "Đổi, cấp lại Giấy xác nhận khuyết tật",
    "Bảo trợ xã hội",
    null,
    "Chưa có thời hạn",
    "Chưa rõ",
    [paper("Đơn đề nghị đổi, cấp lại Giấy xác nhận khuyết tật", 1, 0)],
    { used: 1, doubts: ["Danh mục không ghi thời hạn giải quyết.", "Chưa rõ mức phí."] },
  ),
  row(
    "2.000720",
    "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh",
    "Hộ kinh doanh",
    3,
    "3 ngày làm việc",
    "100.000 đ",
    [
      paper("Giấy đề nghị đăng ký thay đổi nội dung đăng ký hộ kinh doanh", 1, 0),
      paper("Giấy chứng nhận đăng ký hộ kinh doanh đã cấp", 1, 0),
    ],
    { used: 3 },
  ),
];

type Kept = [
  serial: string,
  who: number,
  procedure: string,
  received: string,
  due: string | null,
  dueText: string,
  urgency: DossierView["urgency"],
  state: number,
  sync: SyncStep,
  alias: string | null,
];
const kept: Kept[] = [
  [
    "261112-01004",
    3,
    "1.004222",
    "2026-11-12T09:10:00+07:00",
    "2026-11-18T16:30:00+07:00",
    "Quá hạn 1 ngày",
    "late",
    4,
    "received",
    "H55.242-261112-0091",
  ],
  [
    "261116-01002",
    1,
    "1.004873",
    "2026-11-16T08:05:00+07:00",
    "2026-11-19T16:30:00+07:00",
    "Hôm nay, 16 giờ 30",
    "today",
    4,
    "received",
    "H55.242-261116-0012",
  ],
  [
    "261119-01001",
    2,
    "2.000815",
    "2026-11-19T07:42:00+07:00",
    "2026-11-19T16:30:00+07:00",
    "Hôm nay, 16 giờ 30",
    "today",
    2,
    "copied",
    null,
  ],
  [
    "261119-01002",
    4,
    "1.001193",
    "2026-11-19T07:58:00+07:00",
    "2026-11-19T16:30:00+07:00",
    "Hôm nay, 16 giờ 30",
    "today",
    2,
    "saved",
    null,
  ],
  [
    "261118-01007",
    5,
    "1.004837",
    "2026-11-18T14:20:00+07:00",
    "2026-11-23T16:30:00+07:00",
    "Thứ Hai 23/11, 16 giờ 30",
    "ok",
    4,
    "sent",
    null,
  ],
  ["261117-01003", 1, "2.000720", "2026-11-17T15:20:00+07:00", "2026-11-20T16:30:00+07:00", "Mai, 16 giờ 30", "ok", 4, "received", null],
  ["261110-01001", 2, "1.001776", "2026-11-10T10:00:00+07:00", null, "Chưa có thời hạn", "unknown", 4, "received", null],
];

const STATES = [
  { state: 2, text: "Được tiếp nhận" },
  { state: 4, text: "Đang xử lý" },
  { state: 5, text: "Yêu cầu bổ sung giấy tờ" },
  { state: 6, text: "Yêu cầu thực hiện nghĩa vụ tài chính" },
  { state: 7, text: "Công dân yêu cầu rút hồ sơ" },
  { state: 8, text: "Dừng xử lý" },
  { state: 9, text: "Đã xử lý xong" },
  { state: 10, text: "Đã trả kết quả" },
];
const STEPS: Record<string, string> = {
  forward: "Chuyển xử lý (Mẫu 06)",
  finish: "Đã xử lý xong",
  ask_papers: "Yêu cầu bổ sung (Mẫu 02)",
  papers_came: "Đã bổ sung giấy tờ",
  ask_payment: "Yêu cầu thực hiện nghĩa vụ tài chính",
  paid: "Đã thực hiện nghĩa vụ tài chính",
  draft_extension: "Dự thảo văn bản xin lỗi, gia hạn (Mẫu 04)",
  extend: "Đã ký gia hạn",
  withdraw: "Người dân xin rút hồ sơ",
  stop: "Dừng giải quyết (Mẫu 05)",
  hand_back: "Trả kết quả",
  reopen: "Mở lại để sửa sai",
};
const WORK = ["finish", "forward", "ask_papers", "ask_payment", "draft_extension", "extend", "withdraw", "stop"];
const FOLLOWS: Record<number, string[]> = {
  2: ["forward", ...WORK.filter((step) => step !== "forward")],
  4: WORK,
  5: ["papers_came", "withdraw", "stop"],
  6: ["paid", "withdraw", "stop"],
  9: ["hand_back", "reopen"],
};
/** The steps that may follow in a state. */
export const nextSteps = (state: number): StepOffer[] =>
  (FOLLOWS[state] ?? ["reopen"]).map((step) => ({ step, text: STEPS[step] ?? step }));
/** The state after a step. */
export const after = (step: string, state: number): number =>
  ({ ask_papers: 5, ask_payment: 6, withdraw: 7, stop: 8, finish: 9, hand_back: 10, draft_extension: state, extend: state })[step] ?? 4;
export const stateText = (state: number) => STATES.find((one) => one.state === state)?.text ?? "";

/** A dossier's page, from the citizen and procedure it names. */
export function page(code: string, who: Citizen, what: CatalogueRow, by: string, received: string): DossierView {
  return {
    code,
    alias: null,
    number_note: "Số tiếp nhận tạm (chưa có mã trên hệ thống)",
    state: 2,
    state_text: "Được tiếp nhận",
    sync: "saved",
    waits: "Chưa gửi vì quầy chưa kết nối với tỉnh.",
    received,
    received_by: by,
    due: null,
    due_text: what.time,
    deadline_steps: [],
    urgency: "ok",
    applicant: {
      name: who.name,
      number_masked: who.number ? `${who.number.slice(0, 3)}······${who.number.slice(9)}` : "",
      born: who.born || null,
      sex: who.sex,
      address: who.address,
      phone: who.phone,
    },
    submitter: null,
    procedure: what.name,
    procedure_code: what.code,
    field: what.field,
    channel: "counter",
    helper: "",
    helped_at: "",
    received_at: "UBND xã Cao Sơn",
    competent: "UBND xã Cao Sơn",
    case: "",
    due_agreed: false,
    answers: [],
    reused: [],
    papers: what.papers.map((p) => ({ name: p.name, originals: p.originals, copies: p.copies, note: "" })),
    scans: [],
    timeline: [{ at: received, by, clock: null, text: "Tiếp nhận hồ sơ tại quầy và in giấy hẹn.", sync: "saved", set_aside: null, not_in_force: false }],
    printed: 1,
    result: "",
    fees: [],
    paid: "0 đ",
    awaited: "",
    promised_text: "",
    forms: forms(2, []),
    next_steps: nextSteps(2),
    cards: [],
  };
}

/** The commune's dossiers at the beginning of the day, with the full numbers beside them. */
export function dossiers(): { view: DossierView; number: string }[] {
  return kept.flatMap(([serial, who, code, received, due, due_text, urgency, state, sync, alias]) => {
    const person = citizens[who];
    const what = catalogue.find((row) => row.code === code);
    if (!person || !what) return [];
    const view = page(`${AGENCY}-${serial}`, person, what, "Lò Thị Mai", received);
    const moved = {
      at: received.replace("T0", "T1"),
      by: "Vàng A Páo",
      clock: null,
      text: "Chuyển hồ sơ cho công chức chuyên môn.",
      sync,
      not_in_force: false,
      set_aside: urgency === "late" ? "Tỉnh giữ lại để xem: hồ sơ ghi cơ quan khác với máy này." : null,
    };
    return [
      {
        number: person.number,
        view: {
          ...view,
          due,
          due_text,
          urgency,
          state,
          state_text: state === 2 ? "Được tiếp nhận" : "Đang xử lý",
          forms: forms(state, state === 4 ? ["forward"] : []),
          next_steps: nextSteps(state),
          sync,
          waits: sync === "saved" || sync === "copied" ? view.waits : null,
          alias,
          number_note: alias ? "" : view.number_note,
          deadline_steps: ["Ngày tiếp nhận không tính vào thời hạn.", "Thứ Bảy, Chủ nhật không tính."],
          timeline: [...view.timeline.map((line) => ({ ...line, sync })), ...(state === 4 ? [moved] : [])],
        },
      },
    ];
  });
}

/** What two desks wrote of one dossier while apart, for `?review`. */
export const review: ReviewCard[] = [
  {
    part: "phone",
    title: "Số điện thoại",
    text: "Hai máy cùng đổi số điện thoại khi chưa nhận được của nhau. Đang dùng bản sửa sau. Chọn số đúng.",
    versions: [
      { id: "1/9", text: "0912000001", by: "Lò Thị Mai", at: "2026-11-18T15:02:00+07:00", place: "tại máy này", holds: false },
      { id: "6/4", text: "0912000002", by: "Vàng A Páo", at: "2026-11-18T15:20:00+07:00", place: "tại máy khác (số 6)", holds: true },
    ],
  },
  {
    part: "name",
    title: "Họ tên",
    text: "Họ tên được sửa khác nhau ở hai máy. Đang dùng tên trước khi sửa. Chọn tên đúng.",
    versions: [
      { id: "1/10", text: "A Pảo", by: "Lò Thị Mai", at: "2026-11-18T15:03:00+07:00", place: "tại máy này", holds: false },
      { id: "6/5", text: "A Páu", by: "Vàng A Páo", at: "2026-11-18T15:21:00+07:00", place: "tại máy khác (số 6)", holds: false },
    ],
  },
];

/** A scanned page, as small as one can be. */
export const BLANK_PAGE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
