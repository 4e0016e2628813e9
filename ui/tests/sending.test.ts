/** Sending, by line and by stick, and scans: with the mouse unplugged and without a terminal. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeOffice, Desk, openOffice, type Office } from "./desk";

let office: Office;
beforeAll(async () => void (office = await openOffice()));
afterAll(() => closeOffice(office));

test("after days without a link the pill leads to the stick, out and in", async () => {
  const desk = await Desk.open(office, { query: "?connected" });
  await desk.logIn();
  const pill = desk.page.locator("header .pill");
  expect(await pill.innerText()).toBe("4 ngày chưa gửi · Gửi bằng USB?");
  await pill.focus();
  await desk.press("Enter");
  await desk.sees("text=Chưa gửi được vì không có mạng từ 08:15, 15/11.");
  expect(await desk.findings()).toEqual([]);
  expect(await desk.outside()).toEqual([]);

  // The hand lies on it already.
  await desk.page.waitForFunction(() => document.activeElement?.textContent?.includes("Gửi bằng USB"));
  await desk.press("Enter");
  await desk.sees("text=Đã chép 4,8 kB vào E:\\goi-H00.01-quay-2-20261119-0840.mcxgoi.");
  await desk.sees("text=Tháo USB đúng cách");
  await desk.page.waitForFunction(() => document.querySelector("header .pill")?.textContent?.includes("đã ở trên USB"));
  expect(await desk.findings()).toEqual([]);
  await desk.press("F7");
  await desk.sees("text=Đã nhận trả lời của tỉnh: tỉnh đã nhận thêm 8 mục của máy này.");
  expect(desk.faults).toEqual([]);
  await desk.leave();
});

test("trying the link shows each part of the way as it is tried, and what to do", async () => {
  const desk = await Desk.open(office, { query: "?connected" });
  await desk.logIn();
  await desk.press("Control+4", "F2");
  await desk.sees(".hops .trying");
  await desk.sees(".hops .fails");
  await desk.sees("text=Thử mạng khác (4G).");
  const hops = await desk.page.locator(".hops li").evaluateAll((rows) => rows.map((row) => row.className.split(" ")[0]));
  expect(hops).toEqual(["well", "well", "fails", "waiting", "waiting"]);
  expect(await desk.findings()).toEqual([]);
  const button = desk.page.getByRole("button", { name: "Thử lại đường truyền" });
  expect(await button.isEnabled()).toBe(true);
  await desk.leave();
});

test("a scan is added to one of several papers by two keys, and to the only one by one", async () => {
  const desk = await Desk.open(office, { query: "?connected" });
  await desk.logIn();
  await desk.press("Control+3");
  await desk.sees("table");
  await desk.press("ArrowDown", "Enter");
  await desk.sees("#papers");
  const papers = await desk.page.locator("ul.papers > li").count();
  await desk.press("F6");
  if (papers > 1) {
    await desk.sees("dialog");
    expect(await desk.findings()).toEqual([]);
    await desk.press("Escape");
    await desk.page.locator("dialog").waitFor({ state: "detached" });
    expect(await desk.page.locator(".scans li").count()).toBe(0);
    await desk.press("F6");
    await desk.sees("dialog");
    await desk.press("1");
  }
  await desk.sees(".scans >> text=Chờ gửi");
  expect(await desk.page.locator(".scans li").innerText()).toContain("512,0 kB");
  expect(await desk.findings()).toEqual([]);
  expect(await desk.outside()).toEqual([]);
  expect(desk.faults).toEqual([]);
  await desk.leave();
});
