import { bind, type Keys } from "./keys";

/**
 * Opens a dialog over the screen with its own keys. Answers with what to do when it goes: its element has left the page by then,
 * so the browser no longer gives the focus back, and this does.
 */
export function open(dialog: HTMLDialogElement, keys: Keys): () => void {
  const before = document.activeElement;
  dialog.showModal();
  const unbind = bind(keys, true);
  return () => {
    unbind();
    const nowhere = document.activeElement === null || document.activeElement === document.body;
    if (nowhere && before instanceof HTMLElement) before.focus();
  };
}
