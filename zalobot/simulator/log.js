// The log: what was sent, refused, lost, and how long the bot took. One line for each entry the simulator kept.

import { dayMonth, dayNumber, h, hhmm, icon } from "./draw.js";
import { chosen, titleOf } from "./words.js";

const SHAPES = { text: "văn bản", image: "ảnh", gif: "ảnh động", file: "tệp", list: "danh sách", ask_info: "xin thông tin", template: "mẫu tin ZBS", sticker: "nhãn dán" };
const BY_ITSELF = /^(oa_send_|user_received_|user_seen_)/;

const REFUSED = new Set(["refused", "mishap", "lost", "filtered", "unsubscribed"]);
export const isRefusal = (entry) => REFUSED.has(entry.kind) || (entry.kind === "token" && !entry.ok);

export function shown(entry, filter) {
  if (filter === "all") return true;
  if (filter === "refused") return isRefusal(entry);
  return !(entry.kind === "event" && BY_ITSELF.test(entry.name) && entry.status === 200);
}

export function drawEntry(entry, now) {
  const [tone, sign, word, what, ...notes] = parts(entry);
  const lines = notes.filter(Boolean).flatMap((note) => [h("br"), note]);
  const day = dayNumber(entry.at) === dayNumber(now) ? null : h("small", {}, dayMonth(entry.at));
  return h("li", {}, h("time", { datetime: new Date(entry.at).toISOString() }, hhmm(entry.at), day),
    h("div", {}, h("span", { class: `badge b-${tone}` }, icon(sign), word), ` ${what}`, lines));
}

const quiet = (text) => h("span", { class: "muted" }, text);
const code = (text) => h("span", { class: "mono small" }, text);
const to = (entry) => (entry.to ? ` tới ${entry.to}` : "");
const shape = (entry) => (SHAPES[entry.shape] ?? entry.shape) + (entry.buttons ? `, ${entry.buttons} nút` : "");

function parts(entry) {
  switch (entry.kind) {
    case "sent":
      return ["ok", "check", entry.by === "staff" ? "Cán bộ gửi" : "Gửi", shape(entry) + to(entry), quiet(entry.seen ? `đã nhận, đã xem ${hhmm(entry.seen)}` : "đã nhận")];
    case "refused":
      return ["late", "cross", "Từ chối", entry.to ? `tin${to(entry)}` : entry.path, code(`${entry.code} ${entry.words}`)];
    case "mishap":
      return mishap(entry);
    case "event":
      return event(entry);
    case "lost":
      return ["late", "cross", "Không gửi", `${entry.name} của ${entry.to || "?"}`, quiet("webhook đang tắt")];
    case "unsubscribed":
      return ["late", "cross", "Ngừng", "webhook bị hủy đăng ký", quiet("bot không trả lời sau lần gửi lại cuối cùng")];
    case "token":
      return entry.ok ? ["wait", "key", "Đổi thẻ", "thẻ mới, thẻ cũ hết hiệu lực"] : ["late", "key", "Đổi thẻ", "không được", code(`${entry.code} ${entry.words}`)];
    case "upload":
      return ["info", "up", "Tải lên", `${SHAPES[entry.family] ?? entry.family}, ${Math.ceil(entry.bytes / 1024)} KB`];
    case "reacted":
      return ["info", "check", "Cảm xúc", entry.icon + to(entry)];
    case "clock":
      return ["line", "clock", "Đồng hồ", `đến ${hhmm(entry.at)}`];
    case "fault":
      return ["soon", "bolt", entry.on ? "Bật" : "Tắt", titleOf(entry.name)];
    case "choice":
      return ["soon", "bolt", "Chọn", chosen(entry.name, entry.value)];
    case "deed":
      return ["soon", "bolt", "Làm", titleOf(entry.name)];
    case "rule":
      return ["soon", "bolt", "Bật", titleOf(entry.effect)];
    case "filtered":
      return ["today", "cross", "Không gửi", `${entry.name}${entry.to && ` của ${entry.to}`}`, quiet("console Zalo tắt hoặc Lọc cú pháp")];
    case "probe":
      return [entry.status === 200 ? "info" : "late", "in", "Thử địa chỉ", `bot trả ${entry.status}`];
    default:
      return ["line", "what", entry.kind, ""];
  }
}

const MISHAPS = {
  slow: ["soon", "Chậm"], hang: ["late", "Treo", "không làm gì"], reset: ["late", "Ngắt", "ngắt kết nối, không làm gì"],
  status: ["late", "Hỏng", "không làm gì"], html: ["late", "Hỏng", "trả trang HTML, không làm gì"], refuse: ["late", "Từ chối", "gây ra"],
  echo_first: ["soon", "Bản sao đến trước", "bot nhận sự kiện trước câu trả lời"], answer_late: ["today", "Trả lời muộn", "đã làm xong"],
  answer_lost: ["today", "Mất trả lời", "đã làm xong, bot không biết"], answer_status: ["today", "Báo hỏng", "nhưng đã làm xong"],
  answer_html: ["today", "Báo hỏng", "trả trang HTML, nhưng đã làm xong"], answer_refused: ["today", "Báo từ chối", "nhưng đã làm xong"],
  lose: ["late", "Mất", "bot không bao giờ nhận được"], repeat: ["soon", "Lặp", "đến nhiều lần"], delay: ["soon", "Đến trễ", "bị sự kiện khác vượt"],
};

const PATHS = [["/v3.0/oa/message/cs", "tin"], ["/v2.0/oa/message", "tin qua v2"], ["/v3.0/oa/message/template", "mẫu tin"], ["/message/template", "mẫu tin theo số điện thoại"], ["/v4/oa/access_token", "đổi thẻ"], ["/v2.0/oa/conversation", "đọc cuộc trò chuyện"], ["/v2.0/oa/listrecentchat", "đọc các cuộc trò chuyện"], ["/v3.0/oa/user/detail", "hỏi tên"], ["/v2.0/oa/getoa", "hỏi về tài khoản"], ["/v2.0/oa/upload", "tải lên"], ["/v3.0/oa/quota", "hỏi hạn mức"]];

function mishap(entry) {
  const [tone, word, note] = MISHAPS[entry.effect] ?? ["soon", entry.effect];
  const figures = [entry.code && (entry.code > 0 ? `HTTP ${entry.code}` : entry.code), entry.seconds && `${String(entry.seconds).replace(".", ",")} giây`].filter(Boolean).join(", ");
  return [tone, "bolt", word, (PATHS.find(([start]) => entry.path.startsWith(start))?.[1] ?? entry.path) + to(entry), figures && code(figures), note && quiet(note)];
}

function event(entry) {
  const mac = `mac=${entry.mac.slice(0, 4)}…${entry.mac.slice(-4)}`;
  const again = entry.retry ? `, num_retry ${entry.retry}` : "";
  if (entry.status === undefined) return ["info", "in", "Sự kiện", entry.name, code(`${mac}${again}, đang chờ bot`)];
  const took = String(entry.ms).replace(".", ",");
  const answer = entry.status === 0 ? "không nối được tới bot" : `bot trả ${entry.status} sau ${took} ms`;
  const who = BY_ITSELF.test(entry.name) ? "" : entry.to && ` của ${entry.to}`;
  return [entry.status === 200 ? "info" : "late", entry.retry ? "again" : "in", "Sự kiện", `${entry.name}${who}`, code(`${mac}${again}, ${answer}`)];
}
