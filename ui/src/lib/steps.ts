// The steps of a dossier's life: which fields each takes, and how what was typed becomes the step that is asked for.

import type { Capacity, DossierView, StepInput } from "../backend";
import { m } from "../paraglide/messages.js";

/** A field of a step's form. `lines` takes a thing a line, `tick` is a yes. */
export type StepField = {
  key: string;
  label: string;
  kind: "text" | "lines" | "capacity" | "tick";
  /** What stands in it at first. */
  value?: string;
  hint?: string;
  /** May stay empty. */
  free?: boolean;
};

export type Typed = Record<string, string>;

type Form = { fields: (view: DossierView) => StepField[]; step: (typed: Typed) => StepInput };

const text = (key: string, label: string, more: Partial<StepField> = {}): StepField => ({ key, label, kind: "text", ...more });
const reason = () => text("reason", m.ui_step_reason());
const basis = () => text("basis", m.ui_step_basis(), { free: true, hint: m.ui_step_basis_hint() });
const of = (typed: Typed, key: string) => typed[key]?.trim() ?? "";
const lines = (typed: Typed, key: string) =>
  of(typed, key)
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

const forms: Record<string, Form> = {
  accept: { fields: () => [], step: () => ({ step: "accept" }) },
  refuse: { fields: () => [reason(), basis()], step: (t) => ({ step: "refuse", reason: of(t, "reason"), basis: of(t, "basis") }) },
  forward: {
    fields: () => [text("unit", m.ui_step_unit()), text("receiver", m.ui_step_receiver())],
    step: (t) => ({ step: "forward", unit: of(t, "unit"), giver: "", receiver: of(t, "receiver") }),
  },
  ask_papers: {
    fields: () => [{ key: "items", label: m.ui_step_items(), kind: "lines", hint: m.ui_step_items_hint() }, reason(), basis()],
    step: (t) => ({ step: "ask_papers", agency: "", items: lines(t, "items"), reason: of(t, "reason"), basis: of(t, "basis") }),
  },
  papers_came: {
    fields: () => [{ key: "papers", label: m.ui_step_papers(), kind: "lines", free: true, hint: m.ui_step_papers_hint() }],
    step: (t) => ({ step: "papers_came", papers: lines(t, "papers").map((name) => ({ name, originals: 1, copies: 0, note: "" })) }),
  },
  ask_payment: {
    fields: () => [text("what", m.ui_step_what()), text("amount", m.ui_fee_amount(), { free: true })],
    step: (t) => ({ step: "ask_payment", what: of(t, "what"), amount: of(t, "amount") }),
  },
  paid: { fields: () => [text("proof", m.ui_step_proof())], step: (t) => ({ step: "paid", proof: of(t, "proof") }) },
  draft_extension: {
    fields: () => [reason(), text("due", m.ui_step_due(), { free: true, hint: m.ui_step_due_hint() })],
    step: (t) => ({ step: "draft_extension", reason: of(t, "reason"), due: of(t, "due") }),
  },
  extend: {
    fields: () => [
      text("signer", m.ui_step_signer()),
      text("number", m.ui_step_number(), { free: true }),
      text("due", m.ui_step_due(), { free: true, hint: m.ui_step_due_draft_hint() }),
    ],
    step: (t) => ({ step: "extend", signer: of(t, "signer"), number: of(t, "number"), due: of(t, "due") }),
  },
  stop: {
    fields: () => [reason(), basis(), text("number", m.ui_step_number(), { free: true })],
    step: (t) => ({ step: "stop", reason: of(t, "reason"), basis: of(t, "basis"), number: of(t, "number") }),
  },
  withdraw: { fields: () => [reason()], step: (t) => ({ step: "withdraw", reason: of(t, "reason") }) },
  finish: {
    fields: (view) => [
      text("name", m.ui_step_result_name(), { value: view.result }),
      text("number", m.ui_step_number(), { free: true }),
      text("dated", m.ui_step_dated(), { free: true }),
    ],
    step: (t) => ({ step: "finish", results: [{ name: of(t, "name"), number: of(t, "number"), dated: of(t, "dated") }] }),
  },
  hand_back: {
    fields: (view) => [
      { key: "capacity", label: m.ui_step_capacity(), kind: "capacity", value: "applicant" },
      text("name", m.ui_step_recipient(), { free: true, hint: m.ui_step_recipient_hint({ name: view.applicant.name }) }),
      text("authorisation", m.ui_step_authorisation(), { free: true }),
      { key: "receipt", label: m.ui_step_receipt_back(), kind: "tick", value: "yes" },
    ],
    step: (t) => ({
      step: "hand_back",
      name: of(t, "name"),
      number: "",
      capacity: (of(t, "capacity") || "applicant") as Capacity,
      authorisation: of(t, "authorisation"),
      delivery: "counter",
      receipt_back: of(t, "receipt") === "yes",
    }),
  },
  reopen: { fields: () => [reason()], step: (t) => ({ step: "reopen", reason: of(t, "reason") }) },
};

/** The fields of a step's form; none for a step this release does not know. */
export const fieldsOf = (step: string, view: DossierView): StepField[] => forms[step]?.fields(view) ?? [];

/** The step that is asked for. */
export const stepOf = (step: string, typed: Typed): StepInput | null => forms[step]?.step(typed) ?? null;

/** The reasons a time does not suffice that are met every week; one key drafts the apology. */
export const usualReasons = () => [m.ui_late_verify(), m.ui_late_partner(), m.ui_late_system(), m.ui_late_load()];
