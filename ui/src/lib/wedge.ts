/**
 * Wedge scanners type what they read, far faster than a person, and end with Enter. Wherever the focus is, such a burst must
 * neither stay in a field nor press a button: it is collected, the field is put back as it was, and the text is handed over.
 *
 * Characters are let through while they come, because nobody can know yet what they are; only the Enter decides. Fast typing
 * that is no code (Unikey's Backspace-and-retype, a driver's keys) therefore passes untouched.
 */

/** Milliseconds between two characters of a scanner, at most; also how long a lone key waits to be known as lone. */
export const GAP = 35;
/** The same once a run is long enough to be a scanner's: a busy computer may let it stumble. */
const STUMBLE = 150;
/** Characters a code has at least; the shortest of ours, a receipt's number, has 18. */
const SHORTEST = 10;

type Field = HTMLInputElement | HTMLTextAreaElement;
type Before = { field: Field; value: string; start: number; end: number };

/** Whether a text is some machine-made code rather than words: a card, a receipt's number, a web address, a long token. */
export function looksLikeCode(text: string): boolean {
  const code = text.trim();
  return (
    (code.match(/\|/g)?.length ?? 0) >= 2 ||
    /^[A-Z0-9.]+-\d{6}-\d{4,6}$/i.test(code) ||
    /^https?:\/\//i.test(code) ||
    /^0002\d\d/.test(code) ||
    (code.length >= 40 && !/\s/.test(code))
  );
}

/** The run of quick characters so far. Moments are milliseconds of one clock. */
export class Burst {
  text = "";
  #last = -Infinity;

  /** Takes a character; true when it opens a new run. */
  character(character: string, at: number): boolean {
    const opens = !this.#on(at);
    if (opens) this.text = "";
    this.text += character;
    this.#last = at;
    return opens;
  }

  /** Takes back a character, as an input method does inside a run. */
  backspace(at: number): void {
    this.text = this.#on(at) ? this.text.slice(0, -1) : "";
    this.#last = at;
  }

  /** A key that is part of a character, such as Shift, keeps a run going. */
  touch(at: number): void {
    if (this.#on(at)) this.#last = at;
  }

  /** Whether a run of at least `length` characters is still going on. */
  running(at: number, length: number): boolean {
    return this.#on(at) && this.text.length >= length;
  }

  forget(): void {
    this.text = "";
    this.#last = -Infinity;
  }

  #on(at: number): boolean {
    return at - this.#last <= (this.text.length >= SHORTEST ? STUMBLE : GAP);
  }
}

/** The character a key has on the keyboard scanners are built for, whatever layout or input method is on. */
export function physical(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit?.[1] && !event.shiftKey) return digit[1];
  if (event.code === "Backslash" && event.shiftKey) return "|";
  if ([...event.key].length === 1) return event.key;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return event.shiftKey ? letter : letter.toLowerCase();
  return { Space: " ", Minus: "-", Period: ".", Slash: "/", Comma: "," }[event.code] ?? "";
}

let keys = 0;

/** Does something for a single key, unless it turns out to be the first of a scanner's run. */
export function alone(action: () => void): void {
  const mark = keys;
  setTimeout(() => {
    if (mark === keys) action();
  }, GAP + 5);
}

/**
 * Hears scans in the whole window. `typing` is told of every character before it arrives, so that a screen may take the focus
 * to its box first. Answers with the way to stop.
 */
export function listen(heard: (text: string) => void, typing: (event: KeyboardEvent) => void = () => {}): () => void {
  const burst = new Burst();
  const basin = makeBasin();
  let before: Before | null = null;
  /** A key came whose character only the field knows. */
  let unknown = false;

  function onKey(event: KeyboardEvent) {
    const at = event.timeStamp;
    if (event.repeat || event.ctrlKey || event.metaKey) return burst.forget();
    // Letters given as Alt and a number reach the field by themselves; the run goes on.
    if (event.altKey || ["Shift", "Alt", "AltGraph", "CapsLock"].includes(event.key)) return burst.touch(at);
    if (event.key === "Backspace") return burst.backspace(at);
    if (event.key === "Enter") return onEnter(event, at);
    const character = physical(event);
    const nameless = ["Unidentified", "Process", "Dead"].includes(event.key);
    if (!character && !nameless) return burst.forget();
    keys += 1;
    typing(event);
    if (burst.character(character, at)) {
      before = snapshot(document.activeElement);
      unknown = false;
    }
    unknown ||= character === "";
    // Outside a field the second quick character is a scanner's: it must press and tick nothing. The basin takes the rest.
    if (before === null && burst.running(at, 2)) before = basin.open(burst.text.slice(0, -1));
    else if (before === null && burst.running(at, 3)) stop(event);
    basin.rest();
  }

  function onEnter(event: KeyboardEvent, at: number) {
    const scanned = burst.running(at, SHORTEST) ? collected(unknown ? "" : burst.text, before) : null;
    burst.forget();
    if (scanned === null) return;
    stop(event);
    if (before && before.field !== basin.field) restore(before);
    basin.close();
    heard(scanned);
  }

  window.addEventListener("keydown", onKey, true);
  return () => {
    window.removeEventListener("keydown", onKey, true);
    basin.field.remove();
  };
}

/** An unseen field for scans that begin where nothing can be typed: letters of any keyboard arrive there as they are meant. */
function makeBasin() {
  const field = document.createElement("input");
  field.tabIndex = -1;
  field.setAttribute("aria-hidden", "true");
  // Of full width and within the window, though unseen: Chromium loses the caret of a field that is neither.
  field.setAttribute("style", "position:fixed;bottom:0;left:0;width:20rem;opacity:0;pointer-events:none");
  document.body.append(field);
  let owner: Element | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;

  function close() {
    clearTimeout(resting);
    if (document.activeElement === field && owner instanceof HTMLElement) owner.focus();
    owner = null;
  }
  return {
    field,
    /** Takes the focus, holding what was typed before; null where a dialog keeps the focus to itself. */
    open(text: string): Before | null {
      owner = document.activeElement;
      field.value = text;
      field.focus();
      if (document.activeElement !== field) return null;
      field.setSelectionRange(text.length, text.length);
      return { field, value: "", start: 0, end: 0 };
    },
    /** Gives the focus back when no key comes any more. */
    rest() {
      clearTimeout(resting);
      if (owner) resting = setTimeout(close, 2 * STUMBLE);
    },
    close,
  };
}

/** The scan's text: as the field received it, or by the keys where that is no code. Null when neither is one. */
function collected(typed: string, before: Before | null): string | null {
  const inserted = before ? before.field.value.slice(before.start, before.field.value.length - (before.value.length - before.end)) : "";
  return [inserted, typed].find(looksLikeCode) ?? null;
}

function snapshot(element: Element | null): Before | null {
  if (!isField(element)) return null;
  const end = element.value.length;
  return { field: element, value: element.value, start: element.selectionStart ?? end, end: element.selectionEnd ?? end };
}

function isField(element: Element | null): element is Field {
  if (element instanceof HTMLTextAreaElement) return true;
  return element instanceof HTMLInputElement && !["checkbox", "radio", "button", "file", "range"].includes(element.type);
}

function restore({ field, value, start, end }: Before) {
  field.value = value;
  field.setSelectionRange(start, end);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function stop(event: Event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
