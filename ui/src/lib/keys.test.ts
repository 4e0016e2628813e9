import { expect, test, vi } from "vitest";
import { bind, chord, composing, enter, press } from "./keys";

const key = (name: string, init: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key: name, cancelable: true, bubbles: true, ...init });

test("keys have the names the screens use", () => {
  expect(chord(key("F9"))).toBe("F9");
  expect(chord(key("k", { ctrlKey: true }))).toBe("Ctrl+K");
  expect(chord(key("Enter", { ctrlKey: true }))).toBe("Ctrl+Enter");
});

test("what Unikey uses itself has no name: Ctrl+Shift and Alt+Z", () => {
  expect(chord(key("Z", { ctrlKey: true, shiftKey: true }))).toBeNull();
  expect(chord(key("z", { altKey: true }))).toBeNull();
});

test("an Enter that belongs to an input method does nothing", () => {
  const act = vi.fn();
  const unbind = bind({ Enter: act });
  press(key("Enter", { isComposing: true }));
  press(Object.defineProperty(key("Enter"), "keyCode", { value: 229 }));
  expect(act).not.toHaveBeenCalled();
  expect(composing(key("Enter"))).toBe(false);
  unbind();
});

test("the last bound is asked first, and what it leaves goes on to the others", () => {
  const said: string[] = [];
  const below = bind({ F9: () => said.push("below"), Escape: () => said.push("back") });
  const above = bind({ F9: () => said.push("above"), Escape: () => false });
  press(key("F9"));
  press(key("Escape"));
  above();
  press(key("F9"));
  below();
  press(key("F9"));
  expect(said).toEqual(["above", "back", "below"]);
});

test("a dialog hides the keys of the screen under it", () => {
  const receive = vi.fn();
  const below = bind({ F9: receive });
  const dialog = bind({ Escape: () => {} }, true);
  press(key("F9"));
  expect(receive).not.toHaveBeenCalled();
  dialog();
  below();
});

test.each(["F5", "F10", "F12"])("%s never reaches the web view", (name) => {
  const event = key(name);
  press(event);
  expect(event.defaultPrevented).toBe(true);
});

test("Enter: a filled field leads to the next, an empty one does the main thing, a button keeps its own", () => {
  document.body.innerHTML = `<main><input id="a" value="Lò"><input id="b"><button id="c"></button><textarea id="d"></textarea></main>`;
  // happy-dom lays nothing out, so every element says it is not shown; a browser says so of hidden ones only.
  for (const field of document.querySelectorAll("input")) Object.defineProperty(field, "offsetParent", { value: document.body });
  const main = vi.fn();
  const unbind = bind({ Enter: enter(main) });
  window.addEventListener("keydown", press);
  const press_at = (id: string) => {
    const at = document.getElementById(id);
    at?.focus();
    at?.dispatchEvent(key("Enter"));
  };
  press_at("a");
  expect(document.activeElement?.id).toBe("b");
  expect(main).not.toHaveBeenCalled();
  press_at("c");
  press_at("d");
  expect(main).not.toHaveBeenCalled();
  press_at("b");
  expect(main).toHaveBeenCalledOnce();
  window.removeEventListener("keydown", press);
  unbind();
});
