/** What one person at this computer likes: kept in the web view, no part of the office's data. */
import { getLocale, setLocale } from "../paraglide/runtime.js";
import type { Paper, Spoken } from "../backend";

export type Theme = "light" | "contrast";

/** Percent of the normal size. */
export const ZOOMS = [90, 100, 110, 125, 150, 175, 200] as const;

const KEY = "preferences";
type Kept = { zoom: number; theme: Theme; paper: Paper; printer: string; officer: number };
const usual: Kept = { zoom: 100, theme: "light", paper: "a5", printer: "", officer: 0 };

function read(): Kept {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>) };
  } catch {
    return usual;
  }
}

class Preferences {
  #kept = $state(read());
  #language = $state<Spoken>(getLocale());

  get language() {
    return this.#language;
  }
  set language(language: Spoken) {
    void setLocale(language, { reload: false });
    this.#language = language;
    this.show();
  }
  get zoom() {
    return this.#kept.zoom;
  }
  get theme() {
    return this.#kept.theme;
  }
  get paper() {
    return this.#kept.paper;
  }
  get printer() {
    return this.#kept.printer;
  }
  get officer() {
    return this.#kept.officer;
  }

  keep(change: Partial<Kept>) {
    Object.assign(this.#kept, change);
    localStorage.setItem(KEY, JSON.stringify(this.#kept));
    this.show();
  }

  /** One size up (+1), down (-1) or back to normal (0). */
  step(by: -1 | 0 | 1) {
    const at = ZOOMS.findIndex((zoom) => zoom >= this.zoom);
    this.keep({ zoom: by === 0 ? 100 : (ZOOMS[Math.min(Math.max(at + by, 0), ZOOMS.length - 1)] ?? 100) });
  }

  /** Puts language, size and colours on the page. */
  show() {
    const page = document.documentElement;
    page.lang = this.#language;
    page.style.fontSize = `${this.zoom}%`;
    page.dataset["theme"] = this.theme;
  }
}

export const preferences = new Preferences();
