import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LIMIT, watch } from "./idle";

let idle: ReturnType<typeof vi.fn<() => void>>;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  idle = vi.fn();
  stop = watch(idle);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const touch = (sign: string) => document.body.dispatchEvent(new Event(sign, { bubbles: true }));

test("ten minutes without a key or pointer, and not a moment less", () => {
  vi.advanceTimersByTime(LIMIT - 1);
  expect(idle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(idle).toHaveBeenCalledTimes(1);
});

test.each(["keydown", "pointerdown", "pointermove", "wheel"])("%s begins the ten minutes anew", (sign) => {
  vi.advanceTimersByTime(LIMIT - 1);
  touch(sign);
  vi.advanceTimersByTime(LIMIT - 1);
  expect(idle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(idle).toHaveBeenCalledTimes(1);
});

test("a computer that slept is found idle by the first touch", () => {
  vi.setSystemTime(Date.now() + LIMIT);
  touch("pointermove");
  expect(idle).toHaveBeenCalledTimes(1);
});

test("whoever refuses to lock is asked again", () => {
  vi.advanceTimersByTime(2 * LIMIT);
  expect(idle).toHaveBeenCalledTimes(2);
});

test("nothing after the end", () => {
  stop();
  vi.advanceTimersByTime(2 * LIMIT);
  touch("keydown");
  expect(idle).not.toHaveBeenCalled();
});
