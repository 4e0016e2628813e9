/** How sending stands in the invented commune, and the way to its province. */
import type * as T from "./types";

type Standing = {
  waiting: number;
  review: number;
  enrolled: boolean;
  folder: string;
  lastBackup: string | null;
  carried: string | null;
  now: string;
  said: (vietnamese: string, english: string) => string;
};

/** The pill and the page, as the engine words them. */
export function syncView({ waiting, review, enrolled, folder, lastBackup, carried, now, said }: Standing): T.SyncView {
  const shared = {
    waiting: waiting * 2,
    waiting_dossiers: waiting,
    waiting_scans: 0,
    stick_scans: 0,
    stick_scan_bytes: 0,
    waiting_bytes: waiting * 620,
    minutes_left: null,
    left_text: "",
    bytes_a_second: null,
    offers_stick: false,
    bundle_name: "goi-H00.01-quay-2-20261119-0840.mcxgoi",
    carried: waiting ? carried : null,
    acknowledged: 41,
    review,
    enrolled,
    why: null,
    hub: enrolled ? "https://hub.example" : null,
    backup_folder: folder,
    last_backup: lastBackup,
    neighbours: [],
  };
  if (review)
    return {
      ...shared,
      pill: "attention",
      text: said(`${review} hồ sơ cần xem lại`, `${review} need a look`),
      detail: "Hai máy cùng sửa một hồ sơ khi chưa nhận được của nhau. Không mất gì. Mở từng hồ sơ và chọn bản đúng.",
      last_success: "2026-11-19T08:35:00+07:00",
      next_try: null,
    };
  if (!enrolled)
    return {
      ...shared,
      pill: "none",
      text: said(`Đã lưu trên máy · ${waiting} chưa gửi`, `Saved here · ${waiting} not sent`),
      detail: "Máy này chưa kết nối với tỉnh. Cứ làm tiếp: mọi thứ đã lưu trên máy này.",
      last_success: null,
      next_try: null,
    };
  const sent = { last_success: "2026-11-19T08:35:00+07:00", next_try: now };
  if (waiting === 0) return { ...shared, ...sent, pill: "all_sent", text: "Đã gửi hết · 08:35", detail: "Mọi hồ sơ tỉnh đã nhận." };
  if (carried)
    return {
      ...shared,
      ...sent,
      pill: "long",
      text: `${waiting} hồ sơ đã ở trên USB · chờ trả lời`,
      detail: "Mang tệp đến tỉnh, rồi nhận tệp trả lời tại đây. Hồ sơ vẫn còn trên máy này.",
      why: "Đã ở trên USB từ 08:40, chưa có trả lời.",
    };
  return {
    ...shared,
    ...sent,
    pill: "long",
    offers_stick: true,
    text: "4 ngày chưa gửi · Gửi bằng USB?",
    detail: `${waiting} hồ sơ chờ gửi, vẫn an toàn trên máy này. Máy vẫn tự thử lại; không có mạng thì chép ra USB mang đi.`,
    why: "Chưa gửi được vì không có mạng từ 08:15, 15/11.",
  };
}

/** A trial that ends at the third hop. */
export function trial(hops: number): T.Trial {
  const names = [
    ["network", "Máy này có mạng", "địa chỉ 192.168.1.23"],
    ["name", "Tìm ra địa chỉ máy chủ tỉnh", "địa chỉ 203.0.113.7"],
    ["connection", "Nối được tới máy chủ tỉnh", "Có mạng, nhưng không tới được máy chủ tỉnh."],
    ["key", "Đúng là máy chủ tỉnh", ""],
    ["answer", "Tỉnh nhận máy này", ""],
  ] as const;
  const over = hops > 2;
  return {
    running: !over,
    well: over ? false : null,
    hops: names.map(([hop, name, text], index) => ({
      hop,
      name,
      state: index < Math.min(hops, 2) ? "well" : !over && index === hops ? "trying" : index === 2 && over ? "fails" : "waiting",
      text: index <= hops && index < 3 ? text : "",
      ms: index < Math.min(hops, 2) ? 12 : null,
    })),
    text: over ? "Có mạng, nhưng không tới được máy chủ tỉnh." : "",
    do: over ? "Thử mạng khác (4G). Nếu mạng khác tới được, mạng này đang chặn: báo người phụ trách mạng." : "",
  };
}
