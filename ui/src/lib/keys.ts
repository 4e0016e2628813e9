/** The window's keys. A screen binds its own while it is shown; what was bound last is asked first. */

/** A handler that answers `false` leaves the key to whoever is next. */
export type Keys = Record<string, (event: KeyboardEvent) => unknown>;
type Layer = { keys: Keys; modal: boolean };

const layers: Layer[] = [];

/** Binds keys such as `F9`, `Ctrl+K`, `Escape`, `Enter`. A modal layer hides those below it. Answers with the way to unbind. */
export function bind(keys: Keys, modal = false): () => void {
  const layer = { keys, modal };
  layers.push(layer);
  return () => {
    layers.splice(layers.indexOf(layer), 1);
  };
}

/** An input method is at work: its keys, Enter above all, are not ours. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** The key with its modifiers. Ctrl+Shift and Alt belong to Unikey and the system and have no name here. */
export function chord(event: KeyboardEvent): string | null {
  if (event.altKey || (event.ctrlKey && event.shiftKey)) return null;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

/** Keys of the web view that would lose work or open things that are not the desk's: its menu, reload, developer tools. */
const BLOCKED = new Set(["F5", "F10", "F12", "Ctrl+R", "Ctrl+P", "Ctrl+F", "Ctrl+S", "F3", "F1", "F7", "Ctrl+G", "Ctrl+U"]);

/** Gives a key to the layers, top first. */
export function press(event: KeyboardEvent): void {
  if (composing(event) || event.defaultPrevented) return;
  const name = chord(event);
  if (name === null) return;
  if (BLOCKED.has(name)) event.preventDefault();
  for (const { keys, modal } of [...layers].reverse()) {
    const handler = keys[name];
    if (handler && handler(event) !== false) return event.preventDefault();
    if (modal) return;
  }
}

/**
 * Enter as the office uses it: in a filled field it goes to the next one; in an empty field, on a choice or outside of fields
 * it does the screen's main thing. Buttons, links and texts of several lines keep their own Enter.
 */
export function enter(main: () => unknown): (event: KeyboardEvent) => unknown {
  return (event) => {
    const at = event.target;
    if (at instanceof HTMLButtonElement || at instanceof HTMLAnchorElement || at instanceof HTMLTextAreaElement) return false;
    if (at instanceof HTMLElement && at.closest("summary, [role=option]")) return false;
    if (at instanceof HTMLInputElement && !["checkbox", "radio"].includes(at.type) && at.value.trim() !== "") {
      return next(at);
    }
    return main();
  };
}

/** Moves to the next field of the screen, or to its main button after the last. */
function next(from: HTMLElement): void {
  const fields = [...document.querySelectorAll<HTMLElement>("main input, main textarea, main select, main [data-main]")];
  const open = fields.filter((field) => field === from || (field.offsetParent !== null && !field.hasAttribute("disabled")));
  open[open.indexOf(from) + 1]?.focus();
}
