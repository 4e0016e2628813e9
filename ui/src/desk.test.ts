import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "./backend";
import { CARD_TEXT, PIN } from "./backend/standin-data";
import { standin } from "./backend/standin";
import { desk } from "./desk.svelte";

const MAN_WITH_A_WOMANS_NUMBER = CARD_TEXT.replace("Nữ", "Nam");

beforeEach(async () => {
  await desk.reopen();
  await desk.enter(await backend.logIn({ officer: 1, pin: PIN }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await desk.drop(desk.visit?.draft.id ?? null);
  desk.visit = null;
  desk.trouble = null;
});

test("after a change of language nothing kept between the screens speaks the old one", async () => {
  await desk.beginWithProcedure("1.001193");
  await desk.lookAt(desk.visit!, await backend.readText(MAN_WITH_A_WOMANS_NUMBER));
  expect(desk.visit?.procedure?.deadline.steps[0]).toBe("Thủ tục trả trong ngày.");

  await desk.speak("en");
  expect(desk.visit?.procedure?.deadline.steps[0]).toBe("Given back the same day.");
  expect(desk.visit?.arrival?.warnings[0]?.text).toBe("The sex on the card does not fit the number.");
  expect(desk.sync?.text).toMatch(/not sent/);

  await desk.speak("vi");
  expect(desk.visit?.procedure?.deadline.steps[0]).toBe("Thủ tục trả trong ngày.");
  expect(desk.sync?.text).toMatch(/chưa gửi/);
});

test("locking saves the draft first, and says why where nobody asked for it", async () => {
  await desk.beginWithProcedure("1.001193");
  const visit = desk.visit!;
  visit.draft.note = "chưa xong";
  visit.changed();
  await desk.lock(true);
  expect(desk.session).toBeNull();
  expect(desk.visit).toBeNull();
  expect(desk.left).toBe(true);
  expect((await backend.draft(visit.draft.id ?? "")).note).toBe("chưa xong");

  await desk.enter(await backend.logIn({ officer: 1, pin: PIN }));
  expect(desk.left).toBe(false);
  await backend.dropDraft(visit.draft.id ?? "");
});

test("a desk whose draft cannot be saved stays open", async () => {
  await desk.beginWithProcedure("1.001193");
  const visit = desk.visit!;
  const full = { code: "disk_full", what: "Ổ đĩa đầy.", lost: "Chưa lưu bản nháp.", do: "Dọn ổ đĩa." };
  const call = standin.call;
  vi.spyOn(standin, "call").mockImplementation((command, input) =>
    command === "save_draft" ? Promise.reject(full) : call(command, input),
  );
  visit.draft.note = "chưa xong";
  visit.changed();
  await desk.lock(true);
  expect(desk.session).not.toBeNull();
  expect(desk.visit).toBe(visit);
  expect(desk.trouble?.code).toBe("disk_full");
});
