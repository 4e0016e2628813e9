import { defineConfig } from "vitest/config";

/** The screens in a real browser, over the stand-in backend: keys, places and axe. Needs Chromium (CHROMIUM names another one). */
export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
