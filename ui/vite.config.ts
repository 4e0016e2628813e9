import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    // Unit tests read the texts as `npm run messages` left them; watching them here would keep the runner from ending.
    process.env["VITEST"]
      ? []
      : paraglideVitePlugin({
          project: "./project.inlang",
          outdir: "./src/paraglide",
          // The choice is the person's at this computer; without one, Vietnamese.
          strategy: ["localStorage", "baseLocale"],
          emitReadme: false,
        }),
    svelte(),
  ],
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  build: {
    // WebView2 of Windows 10 and WebKitGTK 2.40: the oldest the desk runs on.
    target: ["chrome109", "safari16.4"],
    // Fonts stay files: the window's content policy allows none inside a style sheet.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
  },
});
