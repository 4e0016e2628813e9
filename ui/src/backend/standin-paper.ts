/** Papers of the invented commune: pages that only show where words stand, and which forms a dossier has. */
import { CENTRE } from "./standin-data";
import type { DossierView, FormOffer, Paper, PaperOf, Preview } from "./types";

const TITLES: Record<string, string> = {
  "01": "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
  "02": "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
  "04": "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
  "05": "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
  "06": "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
  handover: "GIẤY BÀN GIAO HỒ SƠ",
  result: "GIẤY BIÊN NHẬN TRẢ KẾT QUẢ",
};

/** The forms of a dossier whose steps were these. */
export function forms(state: number, steps: string[]): FormOffer[] {
  const has = { "02": "ask_papers", "04": "draft_extension", handover: "forward" } as const;
  const offered = Object.keys(TITLES).filter((form) => {
    if (form === "01" || form === "06") return true;
    if (form === "05") return state === 7 || state === 8;
    if (form === "result") return state >= 9;
    return steps.includes(has[form as keyof typeof has]);
  });
  return offered.sort().map((form) => ({ form, title: TITLES[form] ?? form }));
}

/** A page with a paper's title and what it is about. */
export function preview(of: PaperOf, paper: Paper, view: DossierView | null): Preview {
  const form = of.of === "dossier" ? of.form : "";
  const others = { dossier: TITLES[form], draft: "PHIẾU HỖ TRỢ KÊ KHAI – KHÔNG PHẢI GIẤY TIẾP NHẬN", register: "SỔ THEO DÕI HỒ SƠ", results: "PHIẾU BÀN GIAO KẾT QUẢ" };
  const title = others[of.of] ?? form;
  const lying = of.of === "register" || of.of === "results";
  const letter = form === "04" || form === "05";
  const [width, height] = lying ? [1188, 840] : [840, 1188];
  const line = (y: number, text: string, size = 22) =>
    `<text x="60" y="${y}" font-size="${size}">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
  const about = view
    ? [
        line(230, `Số tiếp nhận tạm: ${view.code}`),
        line(280, `Tiếp nhận hồ sơ của: ${view.applicant.name}`),
        line(320, view.procedure.slice(0, 60)),
        line(360, `Thời gian trả kết quả: ${view.due_text}`),
      ]
    : [line(230, of.of === "register" ? `Tháng ${of.month}` : "")];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="serif"><rect width="${width}" height="${height}" fill="#fff"/>${[
    line(90, CENTRE),
    line(170, title, 24),
    ...about,
    line(420, "(Trang mẫu của bản chạy thử)"),
  ].join("")}</svg>`;
  return {
    pages: [`data:image/svg+xml,${encodeURIComponent(svg)}`],
    title,
    paper: lying || letter ? "a4" : paper,
    doubt: letter ? "Mẫu này còn điểm chưa chắc: câu chữ chưa đối chiếu được với bản in Thông tư 03/2025/TT-VPCP." : "",
    reprint: form === "01" && (view?.printed ?? 0) > 0,
  };
}
