// Until when the account may write to a person: free for 48 hours after the last interaction, paid until 7 days.

import { dayMonth, hhmm } from "./draw.js";

const HOUR = 3600e3;
const until = (ms) => `${hhmm(ms)} ${dayMonth(ms)}`;

export function windowOf({ heard, left }, now) {
  if (left) return "Đã bỏ quan tâm: không nhắn được (-213)";
  if (!heard) return "Chưa từng tương tác: không nhắn được (-230)";
  if (now < heard + 48 * HOUR) return `Nhắn miễn phí đến ${until(heard + 48 * HOUR)}`;
  if (now < heard + 168 * HOUR) return `Nhắn tính phí đến ${until(heard + 168 * HOUR)}`;
  return `Hết 7 ngày từ ${until(heard + 168 * HOUR)}: chỉ gửi mẫu tin ZBS`;
}
