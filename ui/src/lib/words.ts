/** How moments, numbers and sizes are written. Intl's own Vietnamese drops leading zeros, so these are ours. */

/** `1957`, `03/1957` or `02/11/1957` from a date of which the end may be missing. */
export function day(iso: string | null | undefined): string {
  return (iso ?? "").slice(0, 10).split("-").reverse().join("/");
}

/** `08:40` of an RFC 3339 moment, which is always written at +07:00. */
export function hour(moment: string): string {
  return moment.slice(11, 16);
}

/** `14:32:07`. */
export function second(moment: string): string {
  return moment.slice(11, 19);
}

/** `08:40, 19/11/2026`. */
export function moment(iso: string | null | undefined): string {
  return iso ? `${hour(iso)}, ${day(iso)}` : "";
}

/** A personal number in groups of three, as people read it aloud. */
export function grouped(number: string): string {
  return number.replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** `1,4 MB`. */
export function size(bytes: number): string {
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${amount.toFixed(1).replace(".", ",")} ${unit}`;
}
