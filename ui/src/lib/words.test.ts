import { expect, test } from "vitest";
import { day, grouped, hour, moment, second, size } from "./words";

test("dates keep their leading zeros and may be known only in part", () => {
  expect(day("2026-11-02")).toBe("02/11/2026");
  expect(day("1957-03")).toBe("03/1957");
  expect(day("1957")).toBe("1957");
  expect(day(null)).toBe("");
});

test("moments are read as written, at +07:00, whatever this machine's clock thinks", () => {
  expect(hour("2026-11-19T08:40:05+07:00")).toBe("08:40");
  expect(second("2026-11-19T08:40:05+07:00")).toBe("08:40:05");
  expect(moment("2026-11-19T08:40:05+07:00")).toBe("08:40, 19/11/2026");
  expect(moment(null)).toBe("");
});

test("numbers are grouped as they are read aloud", () => {
  expect(grouped("000191000321")).toBe("000 191 000 321");
  expect(size(1482752)).toBe("1,5 MB");
});
