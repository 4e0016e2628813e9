/** The desk's work with the mouse unplugged. */
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from "vitest";
import { CARD, closeOffice, Desk, openOffice, OTHER_CARD, type Office } from "./desk";

let office: Office;
let desk: Desk;
beforeAll(async () => void (office = await openOffice()));
afterAll(() => closeOffice(office));
beforeEach(async () => {
  desk = await Desk.open(office);
  await desk.logIn();
});
afterEach(async () => {
  expect(desk.faults).toEqual([]);
  await desk.leave();
});

test("a known person's visit, from the card to the printed receipt and the next visit, takes 9 keys", async () => {
  desk.keys = 0;
  await desk.toForm();
  await desk.press("F6");
  await desk.press("1");
  await desk.sees("#papers li.here:nth-child(1)");
  await desk.press("2");
  await desk.sees("#papers li.here:nth-child(2)");
  await desk.press("F9");
  await desk.sees("text=Đã in giấy hẹn");
  await desk.sees("h2#work");
  expect(desk.keys).toBe(9);
  expect(await desk.page.locator("tbody tr", { hasText: "Đặng Thị Mỹ Hạnh" }).count()).toBe(1);
  expect(await desk.page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("combobox");
});

test("a person without a card is typed in, with Unikey rewriting the word as it goes", async () => {
  await desk.press("F4");
  await desk.sees("#procedure");
  await desk.type("kết hôn");
  await desk.sees("#procedure-1\\.000894[aria-selected=true]");
  await desk.press("Enter");
  await desk.sees("#applicant\\.name");
  // "ddawjng": each key's correction is a burst of Backspaces and letters.
  await desk.type("dd");
  await desk.press("Backspace", "Backspace");
  await desk.type("đ");
  await desk.type("ang");
  await desk.press("Backspace", "Backspace", "Backspace");
  await desk.type("ặng Thị Mỹ Hạnh");
  expect(await desk.page.locator("#applicant\\.name").inputValue()).toBe("đặng Thị Mỹ Hạnh");
  await desk.press("Enter");
  expect(await desk.page.evaluate(() => document.activeElement?.id)).toBe("applicant.number");
  await desk.type("000191000321");
  await desk.press("Enter");
  await desk.type("14/5/91");
  await desk.press("F6", "1");
  await desk.sees("#papers li.here");
  await desk.press("Control+Enter");
  await desk.sees("#receipt-title");
  await desk.press("F7");
  await desk.sees("text=đặng Thị Mỹ Hạnh");
});

test("what was typed is on the disk without being asked, and comes back after leaving", async () => {
  await desk.toForm();
  const phone = desk.page.locator("#applicant\\.phone");
  await phone.fill("");
  await desk.type("0912000111");
  await desk.sees("text=/Đã lưu \\d\\d:\\d\\d:\\d\\d/");
  await desk.press("Escape");
  await desk.sees("section .draft");
  await desk.page.locator(".resume").focus();
  await desk.press("Enter");
  await desk.sees("#applicant\\.phone");
  expect(await phone.inputValue()).toBe("0912000111");
});

test("a scan into a field changes nothing until a person says what the card is for", async () => {
  await desk.toForm();
  const phone = desk.page.locator("#applicant\\.phone");
  await phone.fill("0912");
  await desk.scan(OTHER_CARD);
  await desk.sees("dialog");
  await desk.press("Escape");
  expect(await phone.inputValue()).toBe("0912");
  expect(await desk.page.evaluate(() => document.activeElement?.id)).toBe("applicant.phone");
  // The same with the focus on a tick: digits in the card tick nothing.
  await desk.press("F6");
  await desk.scan(OTHER_CARD);
  await desk.sees("dialog");
  expect(await desk.page.locator("#papers li.here").count()).toBe(0);
  await desk.press("Enter");
  await desk.sees("#card-name");
  expect(await desk.page.locator("#card-name").textContent()).toBe("Hoàng Văn Thụ");
});

test("a receipt opens its dossier from the scanner and by hand, and the page says where it stands", async () => {
  await desk.scan("H55.242-261118-01007");
  await desk.sees("#timeline");
  expect(await desk.page.locator(".ladder .reached").count()).toBe(3);
  await desk.press("F3");
  await desk.type("01007");
  await desk.sees("[role=option]");
  await desk.press("Enter");
  await desk.sees("#timeline");
});

test("codes that are no cards are explained in words", async () => {
  for (const [code, words] of [
    ["https://example.vn/tra-cuu", "địa chỉ web"],
    ["00020101021238570010A00000072701270006970436", "VietQR"],
    ["0123456789|4e677579|05/03/1950|1|-|01 - 001|$", "bảo hiểm y tế"],
    ["aGVsbG8gd29ybGQgdGhpcyBpcyBub3QgYSBjYXJkIGF0IGFsbA", "VNeID"],
  ] as const) {
    await desk.scan(code);
    await desk.sees(`.notice.calm >> text=${words}`);
  }
  expect(await desk.page.locator("[role=combobox]").inputValue()).toBe("");
});

test("the same person twice on one day is a question, answered with Enter", async () => {
  for (const round of [1, 2]) {
    await desk.toForm();
    await desk.press("F6", "1");
    await desk.sees("#papers li.here");
    await desk.press("Control+Enter");
    if (round === 2) {
      await desk.sees("dialog");
      await desk.press("Enter");
    }
    await desk.sees("#receipt-title");
    await desk.press("F7");
    await desk.sees("h2#work");
  }
  expect(await desk.page.locator("tbody tr", { hasText: "Đặng Thị Mỹ Hạnh" }).count()).toBe(2);
});

test("a printer that fails is said so, wherever the officer has gone", async () => {
  await desk.toForm();
  await desk.press("F6", "1");
  await desk.sees("#papers li.here");
  await desk.press("Control+Enter");
  await desk.sees(".pages img");
  await desk.page.locator("#printer").selectOption({ index: 1 });
  await desk.press("F9", "F3");
  await desk.sees("[role=alert] >> text=Máy in không trả lời.");
  await desk.sees("[role=alert] >> text=/Hồ sơ đã lưu, số H55/");
});

test("Ctrl+K reaches screens, people and procedures; Esc closes it", async () => {
  await desk.press("Control+k");
  await desk.sees("dialog");
  await desk.type("cai dat");
  await desk.sees("dialog [role=option]");
  await desk.press("Enter");
  await desk.sees("#officers");
  await desk.press("Control+k", "Escape");
  expect(await desk.page.locator("dialog").count()).toBe(0);
  await desk.scan(CARD);
  await desk.sees("#card-name");
});

test("a forgotten PIN is set anew with the recovery sheet, and holds", async () => {
  await desk.lock();
  await desk.press("ArrowDown", "Tab", "Tab", "Enter");
  await desk.sees("text=Đặt lại mã PIN cho Vàng A Páo");
  await desk.type("k7qf2mxd54rt hb3w yp6c 7zsn 3w");
  await desk.press("Tab");
  await desk.type("246802");
  await desk.press("Tab");
  await desk.type("246802");
  await desk.press("Enter");
  await desk.sees("#reset-said .wrong");
  await desk.page.locator("#recovery").fill("k7qf2mxd54rt hb3w yp6c 7zsn 3v");
  await desk.press("Enter");
  await desk.sees("h2#work");
  await desk.lock();
  await desk.type("246802");
  await desk.sees("h2#work");
});

test("a desk nobody touches locks itself, says why, and the form is kept as a draft", async () => {
  await desk.toForm();
  // Only the ten minutes are made to pass at once; the form's own clock has run.
  await desk.page.clock.install();
  await desk.page.locator("#applicant\\.phone").fill("");
  await desk.type("0912000111");
  await desk.page.clock.fastForward(10 * 60_000);
  await desk.sees("text=Đã khóa vì 10 phút không dùng");
  expect(await desk.page.locator("text=Đặng Thị Mỹ Hạnh").count()).toBe(0);
  await desk.logIn();
  await desk.page.locator(".resume").focus();
  await desk.press("Enter");
  await desk.sees("#applicant\\.phone");
  expect(await desk.page.locator("#applicant\\.phone").inputValue()).toBe("0912000111");
});

test("backups go to another folder, and back to the usual place", async () => {
  await desk.press("Control+4");
  await desk.page.locator("#backup-folder").focus();
  await desk.type("Z:\\SaoLuu");
  await desk.press("Enter");
  await desk.sees("#backup-folder-wrong >> text=Không ghi được");
  await desk.page.locator("#backup-folder").fill("E:\\SaoLuu");
  await desk.press("Enter");
  await desk.sees("dd >> text=E:\\SaoLuu");
  expect(await desk.page.locator("#backup-folder").inputValue()).toBe("");
  await desk.press("Enter");
  await desk.sees("dd >> text=/backups$/");
});

test("another language reaches the sync pill and the form that is open", async () => {
  await desk.toForm();
  await desk.press("Control+5");
  await desk.page.locator("label[lang=en] input").press("Space");
  await desk.sees("header >> text=/not sent/");
  await desk.press("Control+2");
  await desk.page.locator("summary").first().press("Enter");
  await desk.sees(".steps >> text=Given back the same day.");
});
