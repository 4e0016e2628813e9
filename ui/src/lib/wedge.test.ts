import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Burst, listen, looksLikeCode, physical } from "./wedge";

const CARD = "000191000321|000321321|Dang Thi My Hanh|14051991|Nu|Thon Deo Gio|10122024||||";

describe("a run of characters", () => {
  test("goes on while characters are at most 35 ms apart", () => {
    const burst = new Burst();
    expect(burst.character("0", 1000)).toBe(true);
    expect(burst.character("1", 1035)).toBe(false);
    expect(burst.text).toBe("01");
    expect(burst.running(1070, 2)).toBe(true);
    expect(burst.running(1071, 2)).toBe(false);
  });

  test("may stumble once it is a scanner's, not before", () => {
    const burst = new Burst();
    for (const [index, digit] of [..."0001910003"].entries()) burst.character(digit, index * 5);
    expect(burst.character("2", 45 + 120)).toBe(false);
    expect(burst.running(165 + 151, 1)).toBe(false);
  });

  test("begins anew after a person's pause", () => {
    const burst = new Burst();
    burst.character("k", 1000);
    expect(burst.character("s", 1120)).toBe(true);
    expect(burst.text).toBe("s");
  });

  test("follows an input method's Backspace", () => {
    const burst = new Burst();
    burst.character("d", 0);
    burst.character("d", 5);
    burst.backspace(6);
    burst.backspace(7);
    burst.character("đ", 8);
    expect(burst.text).toBe("đ");
  });
});

test.each([
  [CARD, true],
  ["H55.242-261119-01001", true],
  ["https://example.vn/tra-cuu", true],
  ["00020101021238570010A000000727", true],
  ["a".repeat(64), true],
  ["Đặng Thị Mỹ Hạnh", false],
  ["000191000321", false],
  ["0900000321", false],
  ["Thôn Đèo Gió, Xã Cao Sơn, Tỉnh Mẫu, và thêm vài chữ nữa", false],
])("%s is a code: %s", (text, code) => {
  expect(looksLikeCode(text)).toBe(code);
});

test("digits and bars are read from the keys themselves, whatever the layout makes of them", () => {
  expect(physical({ key: "ă", code: "Digit1", shiftKey: false })).toBe("1");
  expect(physical({ key: "~", code: "Backslash", shiftKey: true })).toBe("|");
  expect(physical({ key: "H", code: "KeyH", shiftKey: true })).toBe("H");
  expect(physical({ key: "ầ", code: "", shiftKey: false })).toBe("ầ");
  expect(physical({ key: "Unidentified", code: "KeyA", shiftKey: false })).toBe("a");
  expect(physical({ key: "Tab", code: "Tab", shiftKey: false })).toBe("");
});

describe("in the window", () => {
  let heard: string[];
  let stop: () => void;
  let now: number;

  beforeEach(() => {
    document.body.innerHTML = `<input id="name"><button id="go">Tiếp nhận</button>`;
    heard = [];
    now = 0;
    stop = listen((text) => heard.push(text));
  });
  afterEach(() => stop());

  /** Presses keys `gap` ms apart, as a browser would: an unprevented character enters the focused field. */
  function press(keys: string[], gap: number): KeyboardEvent[] {
    return keys.map((key) => {
      now += gap;
      const code = /^\d$/.test(key) ? `Digit${key}` : key === "|" ? "Backslash" : "";
      const event = new KeyboardEvent("keydown", { key, code, shiftKey: key === "|", bubbles: true, cancelable: true });
      Object.defineProperty(event, "timeStamp", { value: now });
      const at = document.activeElement ?? document.body;
      at.dispatchEvent(event);
      const field = document.activeElement;
      if (!event.defaultPrevented && key.length === 1 && field instanceof HTMLInputElement) {
        field.value += key;
        field.setSelectionRange(field.value.length, field.value.length);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return event;
    });
  }
  const field = () => document.getElementById("name") as HTMLInputElement;
  const button = () => document.getElementById("go") as HTMLButtonElement;

  test("a scan into a field leaves the field as it was and is handed over whole", () => {
    field().focus();
    field().value = "Lò Văn";
    field().setSelectionRange(6, 6);
    const inputs: string[] = [];
    field().addEventListener("input", () => inputs.push(field().value));
    const events = press([...CARD, "Enter"], 4);
    expect(heard).toEqual([CARD]);
    expect(field().value).toBe("Lò Văn");
    expect(inputs.at(-1)).toBe("Lò Văn");
    expect(events.at(-1)?.defaultPrevented).toBe(true);
  });

  test("a scan while a button has the focus presses nothing, and the button gets its focus back", () => {
    button().focus();
    press([...CARD, "Enter"], 4);
    expect(heard).toEqual([CARD]);
    expect(document.activeElement).toBe(button());
  });

  test("a person's typing is theirs, Enter included", () => {
    field().focus();
    const events = press([..."000191000321", "Enter"], 120);
    expect(heard).toEqual([]);
    expect(field().value).toBe("000191000321");
    expect(events.at(-1)?.defaultPrevented).toBe(false);
  });

  test("words typed as fast as a machine can are still words", () => {
    field().focus();
    const events = press([..."Đặng Thị Mỹ Hạnh", "Enter"], 1);
    expect(heard).toEqual([]);
    expect(field().value).toBe("Đặng Thị Mỹ Hạnh");
    expect(events.at(-1)?.defaultPrevented).toBe(false);
  });

  test("a key held down is no scanner", () => {
    field().focus();
    const event = new KeyboardEvent("keydown", { key: "|", code: "Backslash", shiftKey: true, repeat: true });
    for (let count = 0; count < 40; count++) field().dispatchEvent(event);
    press(["Enter"], 1);
    expect(heard).toEqual([]);
  });

  test("a screen's box may take the focus before the first character", () => {
    stop();
    stop = listen(
      (text) => heard.push(text),
      () => field().focus(),
    );
    button().focus();
    press([..."ks"], 150);
    expect(field().value).toBe("ks");
  });
});
