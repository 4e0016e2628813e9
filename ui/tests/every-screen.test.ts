/** Every screen, in every guise a person can choose: nothing serious from axe, nothing outside the window, no fault in the console. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CARD, closeOffice, Desk, openOffice, OTHER_CARD, type Office } from "./desk";

let office: Office;
beforeAll(async () => void (office = await openOffice()));
afterAll(() => closeOffice(office));

const guises = [
  { guise: "Vietnamese", wish: {} },
  { guise: "English", wish: { language: "en" as const } },
  { guise: "high contrast", wish: { preferences: { theme: "contrast" } } },
  { guise: "text at 150 %", wish: { preferences: { zoom: 150 } } },
  { guise: "text at 200 %", wish: { preferences: { zoom: 200 } } },
];

describe.each(guises)("in $guise", ({ guise, wish }) => {
  async function look(desk: Desk, screen: string) {
    await desk.picture(`${guise.replaceAll(/\W+/g, "-")}-${screen}`);
    expect(await desk.findings(), screen).toEqual([]);
    expect(await desk.outside(), screen).toEqual([]);
    expect(desk.faults, screen).toEqual([]);
  }

  test("the first start", async () => {
    const desk = await Desk.open(office, { ...wish, query: "?first" });
    await desk.sees("#agency");
    await look(desk, "set-up");
    await desk.press("Enter");
    await desk.sees("[role=alert] h2");
    await look(desk, "set-up-wrong");
    const answers = {
      agency: "H55.242",
      commune: "xã Cao Sơn",
      superior: "UBND xã Cao Sơn",
      place: "Cao Sơn",
      phone: "0900000000",
      officer: "Lò Thị Mai",
      pin: "246802",
      again: "246802",
    };
    for (const [field, text] of Object.entries(answers)) await desk.page.locator(`#${field}`).fill(text);
    await desk.press("Enter");
    await desk.sees(".recovery");
    await look(desk, "recovery-key");
    await desk.leave();
  });

  test("a dossier that two desks worked on", async () => {
    const desk = await Desk.open(office, { ...wish, query: "?review" });
    await desk.logIn();
    await look(desk, "today-review");
    await desk.page.locator("header .pill").focus();
    await desk.press("Enter");
    await desk.sees("input[value=review]:checked");
    await look(desk, "dossiers-review");
    await desk.press("ArrowDown", "Enter");
    await desk.sees("#review-phone");
    await look(desk, "dossier-review");
    await desk.press("F7");
    await desk.sees("dialog[open]");
    await look(desk, "dossier-steps");
    await desk.press("3");
    await desk.sees("#step-items");
    await look(desk, "dossier-ask-papers");
    await desk.press("Escape", "F7", "5");
    await desk.sees("dialog[open]");
    await look(desk, "dossier-late-reason");
    await desk.press("1");
    await desk.sees(".pages img");
    await look(desk, "apology");
    await desk.press("Escape");
    await desk.sees("#review-phone");
    await desk.press("Control+p");
    await desk.sees("dialog[open]");
    await look(desk, "dossier-print-which");
    await desk.press("Escape", "Control+3");
    await desk.sees("input[value=open]");
    await desk.press("F8");
    await desk.sees("#month");
    await desk.sees(".pages img");
    await look(desk, "register");
    await desk.press("Escape");
    await desk.leave();
  });

  test("a visit that ends without a dossier", async () => {
    const desk = await Desk.open(office, wish);
    await desk.logIn();
    await desk.toForm();
    await desk.press("F7");
    await desk.sees("[data-condition] input:focus");
    await desk.press("k");
    await desk.sees("[data-condition]:first-child input:checked");
    await look(desk, "conditions");
    await desk.press("F8");
    await desk.sees("#missing");
    await look(desk, "turn-away");
    await desk.press("3");
    await desk.page.locator("#missing").waitFor({ state: "detached" });
    await desk.press("Control+Enter");
    await desk.sees(".sheet");
    await look(desk, "turned-away");
    await desk.press("Enter");
    await desk.sees("table");
    await desk.press("Control+3");
    await desk.sees("table");
    await desk.page.locator(".choices .button").click();
    await desk.sees(".visit");
    await desk.page.locator(".visit").first().click();
    await desk.sees(".sheet");
    await look(desk, "not-received");
    await desk.press("Control+5");
    await desk.sees("#catalogue");
    await desk.page.locator("section[aria-labelledby=catalogue] .button").first().click();
    await desk.sees(".changes li");
    await look(desk, "catalogue-preview");
    await desk.leave();
  });

  test("a fee and the till", async () => {
    const desk = await Desk.open(office, wish);
    await desk.logIn();
    await desk.press("Control+3");
    await desk.sees("tbody tr");
    await desk.press("ArrowDown", "Enter");
    await desk.sees("#timeline");
    await desk.press("F8");
    await desk.sees("dialog[open]");
    await look(desk, "fee-which");
    await desk.press("1");
    await desk.page.locator("dialog[open] h2", { hasText: /Miễn thu|Exemption/ }).waitFor();
    await look(desk, "fee-exemption");
    await desk.press("1");
    await desk.sees("#fee-amount:focus");
    await look(desk, "fee-unknown");
    await desk.press("Escape", "F8", "2");
    await desk.sees("#fee-pages:focus");
    // Typed a few milliseconds after the choice's key it would be taken for a scanner's run.
    await desk.page.locator("#fee-pages").fill("3");
    await desk.page.locator("#fee-given").fill("50000");
    await desk.sees(".change strong");
    await look(desk, "fee-copies");
    await desk.press("Enter");
    await desk.page.locator("form.fee").waitFor({ state: "detached" });
    await desk.press("F8", "9");
    await desk.sees("#fee-amount:focus");
    await desk.page.locator("#fee-amount").fill("15000");
    await desk.page.locator("input[value=transfer]").check();
    await desk.sees("form.fee img");
    await look(desk, "fee-transfer");
    await desk.page.locator("#fee-receipt").press("Enter");
    await desk.page.locator("form.fee").waitFor({ state: "detached" });
    await look(desk, "dossier-fees");
    await desk.press("Control+6");
    await desk.sees("#counted");
    await look(desk, "till");
    await desk.press("F9");
    await desk.sees("#counted:focus");
    await desk.type("5000");
    await desk.press("Enter", "Enter");
    await desk.sees("#paid");
    await look(desk, "till-closed");
    await desk.leave();
  });

  test("a visit and everything around it", async () => {
    const desk = await Desk.open(office, wish);
    await desk.sees("#pin");
    await look(desk, "login");
    await desk.type("000000");
    await desk.sees("#pin-said .wrong");
    await look(desk, "login-wrong");
    await desk.press("Tab", "Tab", "Enter");
    await desk.sees("#recovery");
    await desk.press("Enter");
    await desk.sees("#recovery-wrong");
    await look(desk, "new-pin");
    await desk.press("Escape");
    await desk.logIn();
    await look(desk, "today");
    await desk.type("lo van");
    await desk.sees("[role=option]");
    await look(desk, "today-search");
    await desk.press("Escape");
    await desk.scan("https://example.vn/tra-cuu");
    await desk.sees(".notice.calm");
    await look(desk, "today-heard");

    await desk.scan(CARD);
    await desk.sees("#card-name");
    await look(desk, "card");
    await desk.press("Enter");
    await desk.sees("#procedure");
    await desk.type("tro cap");
    await desk.sees("#procedure-1\\.001776[aria-selected=true]");
    await look(desk, "procedures");
    await desk.page.locator("#procedure").fill("tinh trang hon nhan");
    await desk.sees(".bring [aria-label] li");
    await look(desk, "procedures-cases");
    await desk.press("Enter");
    await desk.sees("#papers input[type=checkbox]");
    await look(desk, "form-cases");
    await desk.press("F4");
    await desk.sees("#procedure");
    await desk.type("khai sinh");
    await desk.sees(".bring .notice.calm");
    await desk.press("Enter");
    await desk.sees("#papers .notice.calm");
    await look(desk, "form-advice");
    await desk.press("F4");
    await desk.sees("#procedure");
    await desk.type("tro cap");
    await desk.sees("#procedure-1\\.001776[aria-selected=true]");
    await desk.press("1");
    await desk.sees("#papers input[type=checkbox]");
    await look(desk, "form");
    await desk.press("F9");
    await desk.sees("#papers-wrong");
    await look(desk, "form-wrong");
    await desk.scan(OTHER_CARD);
    await desk.sees("dialog");
    await look(desk, "card-for-this");
    await desk.press("Enter");
    await desk.sees("#card-name");
    await desk.press("Enter");
    await desk.sees("#submitter\\.phone");
    await desk.press("F6", "1");
    await desk.sees("#papers li.here");
    await look(desk, "form-submitter");
    await desk.press("Control+Enter");
    await desk.sees("#receipt-title");
    await desk.sees(".pages img");
    await look(desk, "receipt");
    await desk.page.locator("#printer").selectOption({ index: 1 });
    await desk.press("F9");
    await desk.sees(".notice.urgent");
    await look(desk, "receipt-failed");
    await desk.press("F7");
    await desk.sees("table");

    await desk.press("Control+3");
    await desk.sees("table");
    await look(desk, "dossiers");
    await desk.press("ArrowDown", "Enter");
    await desk.sees("#timeline");
    await look(desk, "dossier");
    await desk.press("Control+g");
    await desk.sees("#edit");
    await look(desk, "dossier-note");
    await desk.press("Escape", "Control+4");
    await desk.sees("#state");
    await desk.press("F8");
    await desk.sees(".notice.calm");
    await look(desk, "sync");
    await desk.page.locator("#backup-folder").fill("Z:\\SaoLuu");
    await desk.press("Enter");
    await desk.sees("#backup-folder-wrong");
    await look(desk, "sync-folder-wrong");
    await desk.press("Control+5");
    await desk.sees("#officers");
    await look(desk, "settings");
    await desk.press("F1");
    await desk.sees("#keys");
    await look(desk, "help");
    await desk.press("Control+k");
    await desk.sees("dialog");
    await look(desk, "palette");
    await desk.leave();
  });
});
