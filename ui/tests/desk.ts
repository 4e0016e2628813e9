/** A desk in a real browser, over the stand-in backend: one page, its keyboard, and what axe says of it. */
import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";

/** 1366×768 less title bar and taskbar. */
export const WINDOW = { width: 1366, height: 690 };
export const PIN = "135790";
export const CARD = "000191000321|000321321|Đặng Thị Mỹ Hạnh|14051991|Nữ|Thôn Đèo Gió, Xã Cao Sơn, Tỉnh Mẫu|10122024||||";
export const OTHER_CARD = "000084000917||Hoàng Văn Thụ|30121984|Nam|Thôn Nà Lụm, Xã Cao Sơn, Tỉnh Mẫu|10122024||||";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long anything may take before a test gives up: builds beside it make a machine slow, not wrong. */
const PATIENCE_MS = 100_000;

export type Office = { server: ViteDevServer; browser: Browser; address: string };

export async function openOffice(): Promise<Office> {
  const server = await createServer({ server: { port: 0, strictPort: false }, logLevel: "error" });
  await server.listen();
  const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ARGS });
  const address = server.resolvedUrls?.local[0] ?? "";
  // On a fresh checkout the server gathers the packages at the first visit and sends the page anew; that visit is no test's.
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(address, { waitUntil: "networkidle" });
  await page.locator("#pin").waitFor();
  await page.close();
  return { server, browser, address };
}

export async function closeOffice({ server, browser }: Office): Promise<void> {
  await browser.close();
  await server.close();
}

type Wish = { query?: string; preferences?: object; language?: "vi" | "en" };

export class Desk {
  /** Keys a person pressed; a scanner's are not counted. */
  keys = 0;
  readonly faults: string[] = [];

  private constructor(readonly page: Page) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" || line.text().includes("[svelte]")) this.faults.push(line.text());
    });
  }

  static async open({ browser, address }: Office, { query = "", preferences = {}, language = "vi" }: Wish = {}): Promise<Desk> {
    const context = await browser.newContext({ viewport: WINDOW });
    await context.addInitScript(
      ([kept, locale]) => {
        localStorage.setItem("preferences", kept ?? "{}");
        localStorage.setItem("PARAGLIDE_LOCALE", locale ?? "vi");
      },
      [JSON.stringify(preferences), language],
    );
    const desk = new Desk(await context.newPage());
    await desk.page.goto(address + query);
    return desk;
  }

  async press(...names: string[]): Promise<void> {
    for (const name of names) {
      this.keys += 1;
      await this.page.keyboard.press(name);
    }
  }

  async type(text: string): Promise<void> {
    this.keys += [...text].length;
    await this.page.keyboard.type(text);
  }

  /** A wedge scanner: characters 4 ms apart by the events' own clock, however busy this machine is, and Enter at the end. */
  async scan(text: string): Promise<void> {
    const line = await this.page.context().newCDPSession(this.page);
    let timestamp = Date.now() / 1000;
    for (const key of [...text, "Enter"]) {
      timestamp += 0.004;
      const code = /^\d$/.test(key) ? `Digit${key}` : key === "|" ? "Backslash" : key === "Enter" ? "Enter" : "";
      const shared = { key, code, timestamp, modifiers: key === "|" ? 8 : 0, windowsVirtualKeyCode: key === "Enter" ? 13 : 0 };
      await line.send("Input.dispatchKeyEvent", { ...shared, type: "keyDown", text: key === "Enter" ? "\r" : key });
      await line.send("Input.dispatchKeyEvent", { ...shared, type: "keyUp" });
    }
    await line.detach();
  }

  /** Waits until something is shown. */
  async sees(selector: string): Promise<void> {
    await this.page.locator(selector).first().waitFor();
  }

  async logIn(): Promise<void> {
    await this.sees("#pin");
    await this.type(PIN);
    await this.sees("table");
  }

  async lock(): Promise<void> {
    await this.page.locator("header .plain").last().click();
    await this.sees("#pin");
  }

  /** From the card on the scanner to the form, by the shortest way. */
  async toForm(): Promise<void> {
    await this.scan(CARD);
    await this.sees("#card-name");
    await this.press("Space", "Enter");
    await this.sees("#procedure");
    await this.type("ks");
    await this.sees("#procedure-1\\.001193[aria-selected=true]");
    await this.press("1");
    await this.sees("#papers input[type=checkbox]");
  }

  /** What axe finds serious or worse, in a line each. */
  async findings(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      }),
    );
    return found.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0]?.html ?? ""}`);
  }

  /** What lies outside the window that must not: anything sideways, or the main button. */
  async outside(): Promise<string[]> {
    return this.page.evaluate(({ width, height }) => {
      const wrong: string[] = [];
      if (document.body.scrollWidth > width) wrong.push("the page scrolls sideways");
      for (const button of document.querySelectorAll("[data-main]")) {
        const { right, bottom, top } = button.getBoundingClientRect();
        if (right > width || bottom > height || top < 0) wrong.push(`main button at ${right}, ${bottom}`);
      }
      return wrong;
    }, WINDOW);
  }

  /** A picture for a person to look at, where SHOTS names a folder. */
  async picture(name: string): Promise<void> {
    const folder = process.env["SHOTS"];
    if (folder) await this.page.screenshot({ path: `${folder}/${name}.png` });
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }
}
