import { expect, test, vi } from "vitest";
import { build } from "vite";

test("the built product holds no invented commune, and reaches for no address outside", async () => {
  // The runner says "test"; `npm run build` says this.
  vi.stubEnv("NODE_ENV", "production");
  const built = await build({ mode: "production", logLevel: "error", build: { write: false } });
  const bundles = Array.isArray(built) ? built : [built];
  const texts = bundles.flatMap((bundle) =>
    "output" in bundle ? bundle.output.map((file) => (file.type === "chunk" ? file.code : String(file.source))) : [],
  );
  const all = texts.join("\n");
  expect(all).toContain("Giấy hẹn");
  expect(all).not.toContain("000191000321");
  expect(all).not.toContain("no command");
  expect(all).not.toMatch(/url\(["']?https?:/);
});
