/** A desk nobody touches: after ten minutes citizens' data should not stay open on a screen. */

/** Milliseconds without a key or pointer. */
export const LIMIT = 10 * 60_000;

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Calls `idle` whenever nobody has touched the window for the limit. Answers with the way to stop. */
export function watch(idle: () => unknown): () => void {
  let touched = Date.now();
  let timer: ReturnType<typeof setTimeout>;

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(pass, LIMIT);
  }
  function pass() {
    idle();
    wait();
  }
  function touch() {
    const now = Date.now();
    // A computer that slept kept its timers asleep too: the first touch after it finds the time gone.
    if (now - touched >= LIMIT) idle();
    touched = now;
    wait();
  }

  wait();
  // While capturing, for a scanner's keys go no further.
  for (const sign of SIGNS) window.addEventListener(sign, touch, true);
  return () => {
    clearTimeout(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, touch, true);
  };
}
