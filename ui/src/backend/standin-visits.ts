/** The stand-in's visits: conditions of papers, what is known around the people, visits without a dossier, a new catalogue. */
import * as data from "./standin-data";
import type * as T from "./types";

type World = {
  now: () => string;
  dossiers: () => { view: T.DossierView; number: string }[];
  done: (draft: string | null) => void;
  fold: (text: string) => string;
};

const outcomes: Record<T.Outcome, string> = {
  supplement: "Chưa nhận – Phiếu yêu cầu bổ sung (Mẫu 02)",
  refused: "Từ chối – Phiếu từ chối (Mẫu 03)",
  asked: "Chỉ hỏi – hướng dẫn",
};

export function visits({ now, dossiers, done, fold }: World): Record<string, (input: any) => unknown> {
  const rows: T.NotReceivedRow[] = [];

  /** What the form answers by itself. */
  const follows = (condition: string, draft: T.Draft): boolean | undefined =>
    /bưu chính/.test(condition) ? draft.channel === "post" : /^ủy quyền/.test(condition) ? draft.submitter !== null : undefined;
  const holds = (condition: string, draft: T.Draft) =>
    follows(condition, draft) ?? draft.answers.find((answer) => answer.condition === condition)?.yes;

  return {
    papers_asked: (draft: T.Draft): T.PapersAsked => {
      const papers = data.catalogue.find(({ code }) => code === draft.procedure)?.papers ?? [];
      const asked = papers.map(({ condition }) => condition).filter((one) => one && follows(one, draft) === undefined);
      const questions = [...new Set(asked)].map((condition) => ({
        condition,
        yes: holds(condition, draft) ?? null,
        papers: papers.filter((paper) => paper.condition === condition).map(({ name }) => name),
      }));
      const need = (condition: string): T.Need => {
        const yes = condition ? holds(condition, draft) : true;
        return yes === undefined ? "open" : yes ? "needed" : "not_needed";
      };
      return { questions, needs: papers.map(({ name, condition }) => ({ name, need: need(condition), uncertified: false })) };
    },
    around: (draft: T.Draft): T.Around => {
      const { name, number } = draft.applicant;
      const near = dossiers().filter(
        (one) => (number && one.number === number) || (name.includes(" ") && fold(one.view.applicant.name) === fold(name)),
      );
      const row = ({ view }: { view: T.DossierView }): T.NearRow => ({
        code: view.code,
        applicant: view.applicant.name,
        procedure: view.procedure,
        state_text: view.state_text,
        received: view.received,
        is_same_procedure: view.procedure_code === draft.procedure,
        tie_text: "Của chính người này",
      });
      return { alike: near.map(row), household: near.map(row), papers: [] };
    },
    turn_away: ({ draft, outcome, missing, reason, basis }: T.TurnAway): T.NotReceivedRow => {
      const refuse = (what: string) => {
        throw { code: "field_wrong", what, lost: "Bản nháp vẫn còn.", do: "Điền rồi ghi lại." } satisfies T.Trouble;
      };
      if (outcome === "supplement" && missing.length === 0) refuse("Ghi giấy tờ cần bổ sung.");
      if (outcome === "refused" && !reason.trim()) refuse("Ghi lý do từ chối.");
      if (outcome !== "asked" && !draft.applicant.name.trim()) refuse("Ghi họ tên người nộp.");
      const about = data.catalogue.find(({ code }) => code === draft.procedure);
      const row: T.NotReceivedRow = {
        id: `1/${rows.length + 1}`,
        outcome,
        outcome_text: outcomes[outcome],
        person: draft.applicant.name,
        procedure: about?.name ?? "",
        missing,
        reason,
        at: now(),
        sheet: [
          data.CENTRE,
          outcomes[outcome],
          `Thủ tục: ${about?.name ?? ""} (${draft.procedure})`,
          ...missing.map((name, index) => `${index + 1}. ${name}`),
          ...(reason ? [`Lý do: ${reason}`] : []),
          ...(basis ? [`Căn cứ: ${basis}`] : []),
          "Hồ sơ chưa được tiếp nhận: chưa có số tiếp nhận, chưa tính thời hạn giải quyết.",
        ],
      };
      rows.unshift(row);
      done(draft.id);
      return row;
    },
    not_received: (): T.NotReceivedList => {
      const count = (outcome: T.Outcome) => rows.filter((row) => row.outcome === outcome).length;
      const day = { date: now().slice(0, 10), supplement: count("supplement"), refused: count("refused"), asked: count("asked") };
      return { days: rows.length > 0 ? [day] : [], rows };
    },
    import_catalogue: ({ preview }): T.Imported => ({
      rows: 2,
      kept: 2,
      preview,
      notes: [],
      changes: [
        {
          code: "1.004873",
          name: "Cấp Giấy xác nhận tình trạng hôn nhân",
          what: "time",
          text: "Đổi thời hạn",
          detail: "3 ngày làm việc → 2 ngày làm việc",
          from: "2026-12-01",
        },
        { code: "1.900001", name: "Thủ tục mới", what: "new", text: "Thủ tục mới", detail: "", from: "2026-11-19" },
      ],
    }),
  };
}
