import { expect, test } from "vitest";
import english from "../messages/en.json";
import vietnamese from "../messages/vi.json";

type Table = Record<string, string>;
const places = (text: string | undefined) => [...(text ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have every text, with the same places to fill in", () => {
  const [vi, en] = [vietnamese as Table, english as Table];
  expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  for (const key of Object.keys(vi)) {
    if (key === "$schema") continue;
    expect(vi[key]?.trim(), key).not.toBe("");
    expect(places(en[key]), key).toEqual(places(vi[key]));
  }
});
