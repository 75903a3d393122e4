// The panel with which one provokes faults: groups of switches, choices and deeds, and a form for a fault of one's own.

import { h, icon, reconcile } from "./draw.js";
import { EFFECTS, EVENTS, GROUPS, OF_EVENTS, PLACES, PLAIN, REFUSALS, STATUSES, titleOf } from "./words.js";

const TITLES = { business: "Doanh nghiệp", officer: "Cán bộ" };
const figure = (sum) => String(sum).replace(/\B(?=(\d{3})+$)/g, ".");
const vnd = (sum) => `${figure(sum)}\u00a0đ`;

// act(name, body) posts an action; current() gives the last state; shown(role) the person on a phone.
export function makePanel(root, { act, current, person }) {
  const groups = GROUPS.map((group) => makeGroup(group, act, current, person));
  root.append(...groups.map((group) => group.node), ownFault(act, person));
  return (state) => groups.forEach((group) => group.draw(state));
}

function makeGroup(group, act, current, person) {
  const count = h("span", { class: "count count-late", hidden: true });
  const body = h("div", { class: "fx" });
  const rows = group.rows.map((row) => makeSwitch(row, act, current));
  const choices = (group.choices ?? []).map((choice) => makeChoice(choice, act));
  const people = h("div"), templates = h("div"), account = h("p", { class: "small muted" });
  body.append(...choices.map((choice) => choice.node), account, ...rows.map((row) => row.node), people, templates, ...deeds(group, act, person), ...events(group, act));
  const node = h("details", { class: "more", id: `g-${group.key}` }, h("summary", {}, h("span", {}, group.title), count), body);
  const draw = (state) => {
    const on = group.rows.filter(([name]) => state.faults[name] && !PLAIN.has(name)).length;
    count.hidden = !on;
    count.textContent = on;
    count.setAttribute("aria-label", `${on} đang bật`);
    rows.forEach((row) => row.draw(state));
    choices.forEach((choice) => choice.draw(state));
    account.hidden = !group.account;
    if (group.account) account.textContent = money(state.account);
    if (group.people) reconcile(people, Object.keys(TITLES).map((role) => refusal(role, state)).filter(Boolean), (one) => pick(one, act));
    if (group.templates) reconcile(templates, state.templates.map((one) => ({ key: `template ${one.id}`, label: one.name, value: state.choices[`template ${one.id}`], options: STATUSES })), (one) => pick(one, act));
    if (group.off) for (const box of body.querySelectorAll("[data-event]")) box.checked = !state.off.includes(box.dataset.event);
  };
  return { node, draw };
}

function makeSwitch([name, title, note], act, current) {
  const button = h("button", { class: `btn btn-sm${PLAIN.has(name) ? " fx-plain" : ""}`, type: "button", "aria-pressed": "false", id: `b-${name}`, "aria-labelledby": `f-${name} b-${name}`, onclick: () => act("fault", { name, on: !current().faults[name] }) }, "Đang tắt");
  const node = h("div", { class: "sw" }, h("span", {}, h("strong", { id: `f-${name}` }, title), note ? [h("br"), h("span", { class: "muted" }, note)] : null), button);
  const draw = (state) => {
    const on = state.faults[name];
    if ((button.getAttribute("aria-pressed") === "true") === on) return;
    button.setAttribute("aria-pressed", on);
    button.textContent = on ? "Đang bật" : "Đang tắt";
  };
  return { node, draw };
}

function makeChoice([name, title, options], act) {
  const select = h("select", { class: "in", id: `c-${name}`, onchange: () => act("choose", { name, value: select.value }) });
  const node = h("div", { class: "sw" }, h("label", { for: `c-${name}` }, h("strong", {}, title)), select);
  const draw = (state) => {
    const all = options ?? state.account.packages.map((one) => [one.key, describe(one)]);
    reconcile(select, all.map(([key, label]) => ({ key, label })), ({ key, label }) => h("option", { value: key }, label));
    if (document.activeElement !== select) select.value = state.choices[name];
  };
  return { node, draw };
}

function describe(one) {
  if (!one.name) return "chưa rõ, không giới hạn";
  return `${one.name}${one.api ? `, ${one.per_minute} lần mỗi phút` : ", không có API"}`;
}

function money({ paid, paid_of, balance, spent, templates_left }) {
  const monthly = paid_of ? `Tin sau 48 giờ trong gói: còn ${paid}/${paid_of}. ` : "";
  return `${monthly}Tài khoản ZBS còn ${vnd(balance)}, đã tiêu ${vnd(spent)}. Mẫu tin hôm nay còn ${figure(templates_left)}.`;
}

function refusal(role, state) {
  const id = state.phones[role].person;
  const one = state.people.find((person) => person.id === id);
  return one && { key: `refuses ${id}`, label: `${TITLES[role]}: ${one.name}`, value: state.choices[`refuses ${id}`], options: REFUSALS };
}

function pick({ key, label, value, options }, act) {
  const id = `c-${key.replace(" ", "-")}`;
  const select = h("select", { class: "in", id, onchange: () => act("choose", { name: key, value: select.value }) }, options.map(([option, word]) => h("option", { value: option, selected: option === value }, word)));
  return h("div", { class: "sw" }, h("label", { for: id }, h("strong", {}, label)), select);
}

function deeds(group, act, person) {
  const done = (group.deeds ?? []).map(([name, title]) => h("button", { class: "btn btn-sm", type: "button", id: `d-${name}`, onclick: () => act("deed", { name, person: person("business") }) }, title));
  const hours = (group.hours ?? []).map(([title, count]) => h("button", { class: "btn btn-sm", type: "button", "data-hours": String(count) }, title));
  return done.length + hours.length ? [h("p", { class: "row fx-do" }, ...hours, ...done)] : [];
}

function events(group, act) {
  if (!group.off) return [];
  const boxes = EVENTS.map((name) => h("label", { class: "fx-ev" }, h("input", { type: "checkbox", "data-event": name, onchange: (event) => act("choose", { name: `event ${name}`, value: event.target.checked ? "on" : "off" }) }), name));
  return [h("details", { class: "fx-evs" }, h("summary", {}, h("span", {}, "Sự kiện nào được gửi")), h("div", {}, boxes))];
}

// A fault of one's own: what, where, to whom, how often, how long.
function ownFault(act, person) {
  const field = (label, control) => h("label", { class: "fx-f" }, h("span", {}, label), control);
  const number = (name, value, extra = {}) => h("input", { class: "in", name, type: "number", min: "0", value, inputmode: "numeric", ...extra });
  const options = (words) => Object.entries(words).map(([key, word]) => h("option", { value: key }, word));
  const where = h("select", { class: "in", name: "where" }, options(PLACES));
  const pattern = h("input", { class: "in", name: "name", placeholder: "*", autocomplete: "off", spellcheck: "false" });
  const effect = h("select", { class: "in", name: "effect", onchange: () => { where.disabled = OF_EVENTS.has(effect.value); } }, options(EFFECTS));
  const who = h("select", { class: "in", name: "who" }, h("option", { value: "" }, "mọi người"), options(TITLES));
  const form = h("form", { class: "fx-own" },
    field("Điều gì xảy ra", effect), field("Với", where), field("Của", who), field("Đường dẫn hoặc tên sự kiện", pattern),
    field("Mã", number("code", "-32", { min: false, inputmode: "text" })), field("Số giây", number("seconds", "15", { step: "any" })),
    field("Cứ mấy lần một", number("every", "1", { min: "1" })), field("Tối đa mấy lần", number("count", "0")), field("Trong mấy phút", number("minutes", "0")),
    h("p", { class: "small muted" }, "Số 0: không giới hạn."), h("button", { class: "btn", type: "submit" }, icon("bolt"), "Bật sự cố này"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    act("rule", { ...given, where: OF_EVENTS.has(given.effect) ? "events" : given.where, person: given.who ? person(given.who) : "" });
  });
  return h("details", { class: "more", id: "g-own" }, h("summary", {}, h("span", {}, "Tự đặt một sự cố")), form);
}

// What is on, as chips that end it.
export function drawActive(list, all, state, act) {
  const own = state.rules.filter((rule) => !rule.label).map((rule) => ({ key: `r${rule.id}`, id: rule.id, title: `${titleOf(rule.effect)}${rule.code ? ` ${rule.code}` : ""}${rule.left ? `, còn ${rule.left} lần` : ""}` }));
  const on = Object.entries(state.faults).filter(([name, is]) => is && !PLAIN.has(name)).map(([name]) => ({ key: name, name, title: titleOf(name) }));
  const items = [...on, ...own];
  reconcile(list, items, (one) => h("li", {}, h("button", { class: "chip fx-on", type: "button", "aria-label": `Tắt: ${one.title}`, onclick: () => (one.name ? act("fault", { name: one.name, on: false }) : act("unrule", { id: one.id })) }, one.title, icon("cross"))));
  list.hidden = !items.length;
  all.hidden = items.length < 2;
  return items.length;
}
