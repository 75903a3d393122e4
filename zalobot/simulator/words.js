// What the panel calls things. A switch: [name, what it does, what the bot gets to see].

export const GROUPS = [
  { key: "lost", title: "Đã gửi nhưng mất trả lời", rows: [
    ["drop", "Ngắt kết nối sau khi đã gửi", "tin đã đến; bot phải hỏi lại trước khi gửi tiếp"],
    ["late", "Trả lời muộn 15 giây", "tin đã đến, bot đã thôi chờ"],
    ["done_500", "Báo HTTP 500, tin vẫn đến", "không được gửi lại ngay"],
    ["done_200", "Báo -200, tin vẫn đến", "phải coi là chưa rõ"],
    ["echo_first", "Bản sao đến trước câu trả lời", "oa_send_… tới bot khi lần gửi còn dở"],
    ["no_echo", "Không có bản sao", "bot chỉ còn cách đọc lại cuộc trò chuyện"],
    ["late_echo", "Bản sao đến muộn 5 giây", ""],
  ] },
  { key: "slow", title: "Zalo trả lời chậm hoặc hỏng", rows: [
    ["slow", "Mọi lần gọi chậm 1,5 giây", "webhook vẫn phải được trả lời ngay"],
    ["hang", "Treo 15 giây, không gửi", "tin không đến"],
    ["after_patience", "Tin đến khi bot đã thôi chờ", "15 giây sau mới gửi"],
    ["reset", "Ngắt kết nối trước khi gửi", "tin không đến"],
    ["fail", "Cứ 3 lần gửi thì hỏng 1", "HTTP 500, tin không đến"],
    ["html", "Trả trang HTML thay vì JSON", "HTTP 200, tin không đến"],
  ] },
  { key: "refuse", title: "Zalo từ chối", people: true, rows: [
    ["rate", "Chỉ 10 lần gọi mỗi phút", "quá thì -32"],
    ["no_buttons", "Không cho dùng nút", "-201; bot gửi lại bằng chữ"],
    ["no_uploads", "Hết lượt tải lên trong tháng", "-211"],
    ["strangers", "Giấu tên người chưa quan tâm", "-213 khi hỏi tên"],
  ] },
  { key: "window", title: "Cửa sổ 48 giờ và 7 ngày", hours: [["+48 giờ", 48], ["+7 ngày", 168]], rows: [
    ["silent_paid", "Doanh nghiệp im lặng 3 ngày", "quá 48 giờ: trừ gói, hết gói thì 55 đ"],
    ["silent", "Doanh nghiệp im lặng 8 ngày", "quá 7 ngày: -230"],
  ] },
  { key: "token", title: "Thẻ truy cập và cấp quyền", rows: [
    ["expired", "Thẻ truy cập hết hạn", "-220, HTTP 200; tự tắt khi bot có thẻ mới"],
    ["refresh", "Lần đổi thẻ sau báo lỗi", "-32, HTTP 200; chỉ một lần"],
    ["refresh_lost", "Mất trả lời khi đổi thẻ", "thẻ đã đổi mà bot không biết"],
    ["refresh_used", "Không đổi được thẻ nữa", "-14014: phải cấp quyền lại"],
    ["permissions", "Đổi nhóm quyền sau khi cấp", "-223"],
    ["app_off", "Ứng dụng chưa bật hoạt động", "-209; cấp quyền thì -14002"],
    ["proof", "Yêu cầu kiểm tra app secret proof", "thiếu thì -242"],
    ["asks", "Trang cấp quyền hỏi quản trị viên", "có thể chọn nhầm OA"],
    ["no_state", "Không trả state về", ""],
  ], choices: [["pkce", "PKCE", [["per_request", "mỗi lần một cặp"], ["fixed", "cố định trong console"], ["none", "không dùng"]]]],
  deeds: [["revoke", "Nơi khác vừa đổi thẻ"], ["withdraw_grant", "Gỡ ứng dụng khỏi OA"]] },
  { key: "hook", title: "Webhook", off: true, rows: [
    ["shut", "Không nối được tới bot", "gửi lại theo bậc, có num_retry; hết bậc thì ngừng"],
    ["lose", "Cứ 5 sự kiện thì mất hẳn 1", ""],
    ["copies", "Gửi lại mỗi sự kiện 3 lần", "và đảo thứ tự"],
    ["reorder", "Sự kiện đến lộn xộn", "trễ tới 2 giây"],
    ["filter", "Bật Lọc cú pháp", "chỉ tin bắt đầu bằng # tới bot"],
    ["no_retry", "Tắt Webhook Retry", "sự kiện không đến được thì mất"],
    ["new_secret", "Đặt lại Khóa bí mật OA", "bot còn giữ khóa cũ"],
    ["old_info", "Thông tin chia sẻ theo mẫu cũ", "trước khi sáp nhập tỉnh"],
  ], choices: [["signature", "Chữ ký", [["app", "như tài liệu"], ["oa_id", "bắt đầu bằng oa_id"], ["app_secret", "dùng App Secret"], ["spaces", "có dấu cách: mac = …"], ["bare", "không có mac="], ["upper", "viết hoa"], ["wrong", "sai"], ["missing", "không có"]]]],
  deeds: [["probe", "Lưu lại địa chỉ (gửi {})"], ["test", "Nút Test"], ["forge", "Tin giả mạo"], ["strange", "Sự kiện lạ"], ["group", "Nhắc tới OA trong nhóm"]] },
  { key: "account", title: "Tài khoản và gói", account: true, rows: [
    ["package_over", "Gói đã hết hạn", "-224"],
    ["unverified", "OA chưa xác thực", "-221"],
    ["disabled", "OA bị khóa", "-204"],
    ["unlinked", "Chưa liên kết tài khoản ZBS", "-320, -136"],
    ["broke", "Tài khoản ZBS hết tiền", "-321, -137"],
  ], choices: [["package", "Gói", null], ["send_api", "Gửi tin qua", [["v3", "v3 (v2 trả -240)"], ["v2", "v2 (v3 trả -235)"], ["none", "không gửi được"]]]] },
  { key: "zbs", title: "Mẫu tin ZBS", templates: true, rows: [
    ["no_templates", "Hết hạn mức trong ngày", "-144"],
    ["no_night", "Cho gửi cả ban đêm", "bỏ -133 từ 22 giờ đến 6 giờ"],
  ] },
];

// How the console may well be set: nothing is wrong while these are on.
export const PLAIN = new Set(["asks", "old_info", "no_night"]);

export const REFUSALS = [["", "nhận mọi tin"], ["-217", "chặn tài khoản (-217)"], ["-244", "chặn loại tin này (-244)"], ["-227", "bỏ Zalo quá 45 ngày (-227)"], ["-218", "hết lượt nhận (-218)"], ["-213", "không quan tâm (-213)"]];
export const STATUSES = [["ENABLE", "đã duyệt"], ["PENDING_REVIEW", "chờ duyệt"], ["REJECT", "bị từ chối"], ["DISABLE", "bị tắt"]];
export const EVENTS = ["follow", "unfollow", "user_send_text", "user_send_image", "user_send_file", "user_send_location", "user_send_sticker", "user_send_audio", "user_send_video", "user_send_business_card", "user_submit_info", "user_reacted_message", "user_received_message", "user_seen_message", "oa_send_text", "user_withdraw", "user_click_chatnow", "change_template_status"];

export const EFFECTS = {
  refuse: "Từ chối với mã", answer_lost: "Đã làm, mất trả lời", answer_late: "Đã làm, trả lời muộn", answer_status: "Đã làm, báo mã HTTP", answer_refused: "Đã làm, báo mã từ chối", answer_html: "Đã làm, trả trang HTML",
  echo_first: "Bản sao đến trước", slow: "Chậm rồi mới làm", hang: "Treo, không làm", reset: "Ngắt, không làm", status: "Báo mã HTTP, không làm", html: "Trả trang HTML, không làm",
  lose: "Sự kiện: mất hẳn", repeat: "Sự kiện: lặp", delay: "Sự kiện: đến trễ", unreachable: "Sự kiện: không nối được",
};
export const OF_EVENTS = new Set(["lose", "repeat", "delay", "unreachable"]);
export const PLACES = { sends: "gửi tin", lookups: "tra cứu", uploads: "tải lên", tokens: "đổi thẻ", zbs: "mẫu tin ZBS", calls: "mọi lần gọi" };

const rows = GROUPS.flatMap((group) => group.rows);
const deeds = GROUPS.flatMap((group) => group.deeds ?? []);
const choices = GROUPS.flatMap((group) => group.choices ?? []);
export const titleOf = (name) => rows.find((row) => row[0] === name)?.[1] ?? deeds.find((deed) => deed[0] === name)?.[1] ?? EFFECTS[name] ?? name;

export function chosen(name, value) {
  const [what, ...rest] = name.split(" ");
  if (what === "template") return `mẫu ${rest}: ${wordOf(STATUSES, value)}`;
  if (what === "refuses") return wordOf(REFUSALS, value);
  if (what === "event") return `${rest}: ${value === "off" ? "tắt" : "bật"}`;
  const [, title, options] = choices.find((choice) => choice[0] === what) ?? [what, what, null];
  return `${title}: ${options ? wordOf(options, value) : value}`;
}

const wordOf = (options, value) => options.find(([key]) => key === value)?.[1] ?? value;
