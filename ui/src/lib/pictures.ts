/** Pictures of cards: picked, dropped or pasted. */
import { readPicture, type ScanView } from "../backend";

/** What the codes in some pictures say, cards first. The first picture that cannot be read is the answer's trouble. */
export async function read(files: Iterable<File>): Promise<ScanView[]> {
  const views: ScanView[] = [];
  for (const file of files) views.push(...(await readPicture(file.name, await base64(file))));
  return views.sort((a, b) => Number(b.card !== null) - Number(a.card !== null));
}

/** The pictures in what was dropped or pasted. */
export function pictures(from: DataTransfer | null): File[] {
  return [...(from?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable file"));
    reader.readAsDataURL(file);
  });
}
