import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { fromCard, fromPerson, papersFor, Visit } from "./visit.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const card = (await backend.readText("000157000321|000321321|Vàng Thị Dợ|1957|Nữ|Bản Háng Chú|10122024||||")).card;

test("a card marks what it said, and what it did not say stays empty", () => {
  if (!card) throw new Error("no card");
  const person = fromCard({ ...card, born: "1957" });
  expect(person.name).toBe("Vàng Thị Dợ");
  expect(person.born).toBe("1957");
  expect(person.phone).toBe("");
  expect(person.from_card).toEqual(["name", "number", "old_number", "born", "sex", "address"]);
  expect(fromCard({ ...card, old_number: null, address: null }).from_card).not.toContain("address");
});

test("a person from an earlier visit carries no mark of the card", async () => {
  const known = await backend.earlier("000191000321");
  if (!known) throw new Error("nobody");
  expect(fromPerson(known).from_card).toEqual([]);
});

test("a change is on the disk within the second, and typing on does not put it off", async () => {
  const save = vi.spyOn(await import("../backend/standin").then((file) => file.standin), "call");
  const visit = new Visit();
  visit.draft.note = "a";
  visit.changed();
  expect(visit.pending).toBe(true);
  for (let typed = 0; typed < 9; typed++) {
    visit.draft.note += "b";
    visit.changed();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(save.mock.calls.filter(([command]) => command === "save_draft")).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(visit.pending).toBe(false);
  expect(visit.saved).toMatch(/^2026-11-19T/);
  const id = visit.draft.id;
  expect((await backend.draft(id ?? "")).note).toBe("abbbbbbbbb");
  await visit.close();
  await backend.dropDraft(id ?? "");
  save.mockRestore();
});

test("leaving saves at once; after the end nothing is saved", async () => {
  const visit = new Visit();
  visit.draft.applicant.name = "Lò Văn Ơn";
  visit.changed();
  await visit.flush();
  expect((await backend.today()).drafts.map((draft) => draft.applicant)).toContain("Lò Văn Ơn");
  await visit.close();
  await backend.dropDraft(visit.draft.id ?? "");
  visit.draft.note = "sau khi xong";
  visit.changed();
  await vi.advanceTimersByTimeAsync(2000);
  expect((await backend.today()).drafts).toEqual([]);
});

test("another procedure's papers keep what was ticked, and what the officer added", async () => {
  const marriage = await backend.procedure("1.000894", "counter");
  const papers = papersFor(marriage, [
    { name: "Tờ khai đăng ký kết hôn", originals: 1, copies: 0, note: "" },
    { name: "Đơn viết tay", originals: 1, copies: 0, note: "" },
    { name: "Giấy chứng sinh", originals: 0, copies: 0, note: "" },
  ]);
  expect(papers.map(({ name, originals }) => [name, originals])).toEqual([
    ["Tờ khai đăng ký kết hôn", 1],
    ["Giấy xác nhận tình trạng hôn nhân", 0],
    ["Đơn viết tay", 1],
  ]);
});
