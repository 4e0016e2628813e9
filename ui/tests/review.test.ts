/** A dossier that two desks worked on while apart: found, read and settled with the mouse unplugged. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeOffice, Desk, openOffice, type Office } from "./desk";

let office: Office;
beforeAll(async () => void (office = await openOffice()));
afterAll(() => closeOffice(office));

const screen = (desk: Desk) => desk.page.locator("main").ariaSnapshot();

test("the pill leads to the list, the list to the dossier, and one key keeps a version", async () => {
  const desk = await Desk.open(office, { query: "?review" });
  await desk.logIn();
  const pill = desk.page.locator("header .pill");
  expect(await pill.innerText()).toBe("1 hồ sơ cần xem lại");
  await pill.focus();
  await desk.press("Enter");
  await desk.sees("input[value=review]:checked");
  await expect(await screen(desk)).toMatchFileSnapshot("golden/review-list.txt");
  await desk.press("ArrowDown", "Enter");
  await desk.sees("#review-phone");
  await expect(await screen(desk)).toMatchFileSnapshot("golden/review-dossier.txt");

  await desk.press("Tab", "Tab", "Enter");
  await desk.sees("text=Đã chọn. Bản không chọn vẫn còn trong diễn biến.");
  expect(await desk.page.locator("#review-phone").count()).toBe(0);
  await desk.sees("#review-name");
  // The focus is back at the top: the next card is as near as the first was.
  await desk.press("Tab", "Enter");
  await desk.page.locator("#review-name").waitFor({ state: "detached" });
  expect(await desk.page.locator("h1").innerText()).toContain("A Pảo");
  await desk.press("Escape");
  await desk.sees("text=Không có hồ sơ nào");
  expect(desk.faults).toEqual([]);
  await desk.leave();
});

test("steps and corrections are made by keyboard on the dossier's page", async () => {
  const desk = await Desk.open(office);
  await desk.logIn();
  await desk.press("Control+3");
  await desk.sees("table");
  await desk.press("ArrowDown", "Enter");
  await desk.sees("#timeline");
  const timeline = () => desk.page.locator(".timeline").innerText();
  await desk.press("F7");
  await desk.sees("dialog[open]");
  await desk.press("2");
  // Typed a few milliseconds after the choice's key it would be taken for a scanner's run.
  await desk.page.locator("#step-unit").fill("Công chức tư pháp");
  await desk.page.locator("#step-receiver").fill("Vi Thị Nga");
  await desk.press("Enter");
  await desk.page.locator("#step-unit").waitFor({ state: "detached" });
  expect(await timeline()).toContain("Chuyển xử lý (Mẫu 06)");
  // A second request for papers has to be meant.
  for (const again of [false, true]) {
    await desk.press("F7", "3");
    await desk.page.locator("#step-items").fill("Giấy chứng sinh");
    await desk.page.locator("#step-reason").fill("Còn thiếu");
    await desk.press("Enter");
    if (again) {
      await desk.sees("dialog[open]");
      await desk.press("Enter");
    }
    await desk.page.locator("#step-items").waitFor({ state: "detached" });
    await desk.press("F7", "1");
    await desk.sees("#step-papers");
    await desk.press("Control+Enter");
    await desk.page.locator("#step-papers").waitFor({ state: "detached" });
  }

  for (const [button, text, said] of [
    ["Ghi kết quả", "Số 12", "Ghi kết quả: Số 12"],
    ["Sửa họ tên", "Lò Văn Ín", "Sửa họ tên thành Lò Văn Ín"],
    ["Sửa số định danh", "000090000123", "Sửa số định danh cá nhân thành 000······123"],
    ["Đổi địa chỉ", "Bản Co", "Đổi địa chỉ thành Bản Co"],
  ] as const) {
    await desk.page.getByRole("button", { name: button }).focus();
    await desk.press("Enter");
    await desk.sees("#edit");
    await desk.press("Control+a");
    await desk.type(text);
    await desk.press("Enter");
    await desk.page.locator("#edit").waitFor({ state: "detached" });
    expect(await timeline()).toContain(said);
  }
  expect(desk.faults).toEqual([]);
  await desk.leave();
});
