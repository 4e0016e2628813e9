/** The line to the desk's engine: one call, one event. Everything that knows the window's shell stands in this folder. */
import { m } from "../paraglide/messages.js";
import type { Change, Trouble } from "./types";

export type Line = {
  call(command: string, input?: unknown): Promise<unknown>;
  /** Hears of changes; answers with the way to stop. */
  listen(heard: (changes: Change[]) => void): () => void;
};

async function open(): Promise<Line> {
  // Only while developing, and only in a plain browser: the built product contains no stand-in.
  if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in globalThis)) return (await import("./standin")).standin;
  return (await import("./tauri")).tauri;
}

const opened = open();

/** Calls a command; whatever goes wrong arrives as a `Trouble`. */
export async function call<T>(command: string, input?: unknown): Promise<T> {
  const line = await opened;
  try {
    return (await line.call(command, input)) as T;
  } catch (reason) {
    throw asTrouble(reason);
  }
}

/** Hears which kinds of things changed. */
export function onChanged(heard: (changes: Change[]) => void): () => void {
  let stop = () => {};
  let stopped = false;
  void opened.then((line) => {
    if (!stopped) stop = line.listen(heard);
  });
  return () => {
    stopped = true;
    stop();
  };
}

/** A refusal in its three sentences; a fault that has none becomes the product's own. */
export function asTrouble(reason: unknown): Trouble {
  if (typeof reason === "object" && reason !== null && "what" in reason && "do" in reason) return reason as Trouble;
  console.error(reason);
  return {
    code: "internal",
    what: m.error_internal_what(),
    lost: m.error_internal_lost(),
    do: m.error_internal_do(),
  };
}
