/** Fees and the till of the invented commune, as far as the screens need them; the engine counts for real. */
import type * as T from "./types";

const vnd = (amount: number) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")} đ`;
const digits = (text: string) => Number.parseInt(text.replaceAll(/\D/g, ""), 10);

/** One module, so that there is something to draw. */
const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

/** What the rest of the stand-in does for the ledger. */
type Office = {
  view: (code: string) => T.DossierView;
  change: (code: string, words: string, to: (view: T.DossierView) => Partial<T.DossierView>) => T.DossierView;
  by: () => string;
  now: () => string;
  refuse: (code: string, what: string, lost: string, todo: string) => never;
};

type Taken = { row: T.FeeRow; code: string; dong: number; transfer: boolean };
let taken: Taken[] = [];
let closes: T.CloseRow[] = [];
let account: T.AccountView | null = {
  bank: "970415",
  account: "0000000001",
  holder: "UBND XA CAO SON",
  warning: "",
};

const lines: T.OwedLine[] = [
  {
    place: 1,
    name: "đăng ký quá hạn",
    kind: "Lệ phí",
    price: "chưa rõ – do HĐND tỉnh quyết định",
    unknown: true,
    by_pages: false,
    per: "",
    note: "Miễn cho người thuộc gia đình có công với cách mạng, người thuộc hộ nghèo, người khuyết tật.",
    source: "",
    exemptions: [
      { code: "co-cong", name: "Người thuộc gia đình có công với cách mạng", proof: "Giấy xác nhận người có công", source: "Thông tư 85/2019/TT-BTC" },
      { code: "ho-ngheo", name: "Người thuộc hộ nghèo", proof: "Giấy chứng nhận hộ nghèo", source: "Thông tư 85/2019/TT-BTC" },
    ],
  },
  {
    place: 2,
    name: "Chứng thực bản sao",
    kind: "Phí",
    price: "2.000 đ/trang cho 2 trang đầu, 1.000 đ/trang từ trang sau, tối đa 200.000 đ/bản",
    unknown: false,
    by_pages: true,
    per: "bản",
    note: "Tính theo trang của bản chính.",
    source: "Thông tư 226/2016/TT-BTC",
    exemptions: [],
  },
];

function owed(input: T.TakeFee): number {
  if (input.exemption) return 0;
  if (input.amount.trim()) return digits(input.amount);
  if (input.line !== 2 || !input.pages) return Number.NaN;
  return (2 * Math.min(input.pages, 2) + Math.max(input.pages - 2, 0)) * 1000 * Math.max(input.copies, 1);
}

function feesOf(view: T.DossierView): T.FeesView {
  const { code, channel, fees, paid, awaited } = view;
  return { code, channel, lines, taken: fees, paid, awaited, stage: "reception", account };
}

function quote(input: T.TakeFee): T.FeeQuote {
  const [amount, given] = [owed(input), digits(input.given)];
  const known = !Number.isNaN(amount);
  const rest = known && input.means === "cash" && !Number.isNaN(given) ? given - amount : null;
  return {
    amount: known ? vnd(amount) : "",
    words: known ? "Mười lăm nghìn đồng" : "",
    change: rest !== null && rest >= 0 ? vnd(rest) : "",
    missing: rest !== null && rest < 0 ? vnd(-rest) : "",
  };
}

function take(input: T.TakeFee, by: string, at: string): T.FeeRow {
  const dong = owed(input);
  const transfer = input.means === "transfer" && dong > 0;
  const row: T.FeeRow = {
    id: `1/${taken.length + 20}`,
    amount: vnd(dong || 0),
    line: lines[input.line - 1]?.name ?? "",
    text: transfer ? "Lệ phí · Chờ cán bộ xác nhận đã nhận tiền" : "Lệ phí · tiền mặt",
    receipt: input.receipt,
    note: input.note,
    by,
    at,
    waits: transfer,
    today: true,
    cancelled: false,
  };
  taken = [...taken, { row, code: input.code, dong: dong || 0, transfer }];
  return row;
}

/** The same line, cancelled or confirmed. */
function mark(id: string, to: Partial<T.FeeRow>): void {
  taken = taken.map((one) => (one.row.id === id ? { ...one, row: { ...one.row, ...to } } : one));
}

const sums = (rows: T.FeeRow[]) => {
  const add = (which: (row: T.FeeRow) => boolean) =>
    rows.filter((row) => !row.cancelled && which(row)).reduce((sum, row) => sum + digits(row.amount), 0);
  const awaited = add((row) => row.waits);
  return { paid: vnd(add((row) => !row.waits)), awaited: awaited ? vnd(awaited) : "" };
};

const paymentCode = (code: string, text: string): T.PaymentCode => ({
  text: "00020101021238",
  picture: PICTURE,
  amount: vnd(digits(text)),
  words: "Mười lăm nghìn đồng",
  purpose: `LP ${code}`,
  account: account ?? { bank: "", account: "", holder: "", warning: "" },
  waits: "Chờ cán bộ xác nhận đã nhận tiền",
});

const held = () => account;
function setAccount(input: T.Account): T.AccountView | null {
  account = input.account ? { ...input, warning: "" } : null;
  return account;
}

function stateOf({ row, dong, transfer }: Taken): T.TillState {
  if (row.cancelled) return "voided";
  if (row.waits) return "waiting";
  if (transfer) return "confirmed";
  return dong ? "cash" : "free";
}
const words: Record<T.TillState, string> = {
  cash: "tiền mặt",
  confirmed: "chuyển khoản, đã nhận",
  waiting: "chuyển khoản, chờ xác nhận",
  free: "không thu",
  voided: "đã hủy trong ca",
  given_back: "hủy khoản của ca trước",
};

function till(): T.TillView {
  const of = (state: T.TillState) => taken.filter((one) => stateOf(one) === state).reduce((sum, one) => sum + one.dong, 0);
  const [cash, confirmed, waiting] = [vnd(of("cash")), vnd(of("confirmed")), vnd(of("waiting"))];
  const count = taken.filter((one) => !one.row.cancelled).length;
  return {
    lines: taken.map((one) => ({
      id: one.row.id,
      code: one.code,
      amount: one.row.amount,
      state: stateOf(one),
      state_text: words[stateOf(one)],
      text: one.row.text,
      receipt: one.row.receipt,
      by: one.row.by,
      at: one.row.at,
      carried: false,
    })),
    officers: taken[0] ? [{ name: taken[0].row.by, count, cash, confirmed, waiting }] : [],
    count,
    voided: 0,
    free: 0,
    cash,
    given_back: "",
    confirmed,
    waiting,
    expected: cash,
    expected_words: "Mười lăm nghìn đồng",
    open: taken.length > 0,
    closes,
  };
}

function close(input: T.CloseTill, by: string, refuse: Office["refuse"]): T.TillView {
  const view = till();
  const apart = digits(input.counted) - digits(view.expected);
  if (apart !== 0 && !input.reason)
    return refuse("difference_reason", `Tiền đếm được khác số phải có (${view.expected}).`, "Chưa chốt quỹ.", "Đếm lại, hoặc ghi lý do.");
  closes = [
    {
      id: `1/${90 + closes.length}`,
      counter: "2",
      own: true,
      by,
      at: "17 giờ 02, thứ Năm, 19/11/2026",
      began: "",
      count: view.count,
      expected: view.expected,
      counted: vnd(digits(input.counted)),
      difference: apart ? `${apart > 0 ? "+" : "−"}${vnd(Math.abs(apart))}` : "",
      reason: input.reason,
      confirmed: view.confirmed,
      waiting: view.waiting,
      paid_in: [],
      left: vnd(digits(input.counted)),
    },
    ...closes,
  ];
  taken = taken.filter((one) => one.row.waits);
  return till();
}

function payIn(input: T.PayIn): T.TillView {
  const said = `Đã nộp ${vnd(digits(input.amount))}, chứng từ ${input.document}`;
  closes = closes.map((one) => (one.id === input.close ? { ...one, paid_in: [...one.paid_in, said], left: "" } : one));
  return till();
}

/** The commands of money. */
export function commands({ view, change, by, now, refuse }: Office) {
  /** A dossier whose ledger changed. */
  const ledger = (code: string, words: string, to: (rows: T.FeeRow[]) => T.FeeRow[]) =>
    change(code, words, (view) => ({ fees: to(view.fees), ...sums(to(view.fees)) }));
  const marked = (code: string, words: string, line: string, to: Partial<T.FeeRow>) => {
    mark(line, to);
    return ledger(code, words, (rows) => rows.map((row) => (row.id === line ? { ...row, ...to } : row)));
  };
  return {
    fees_of: ({ code }: { code: string }) => feesOf(view(code)),
    quote_fee: quote,
    take_fee: (input: T.TakeFee) => {
      const row = take(input, by(), now());
      return { dossier: ledger(input.code, `Thu ${row.amount}`, (rows) => [...rows, row]), questions: [] };
    },
    cancel_fee: ({ code, line }: T.CancelFee) => marked(code, "Hủy một khoản thu", line, { cancelled: true }),
    confirm_fee: ({ code, line }: T.ConfirmFee) => marked(code, "Xác nhận đã nhận tiền chuyển khoản", line, { waits: false }),
    payment_code: ({ code, text }: { code: string; text: string }) => paymentCode(code, text),
    account: held,
    set_account: setAccount,
    till,
    close_till: (input: T.CloseTill) => close(input, by(), refuse),
    pay_in: payIn,
  };
}
