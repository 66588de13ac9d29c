// Draws two phones from the views that the server sends, and sends back what people do. No dependencies.
"use strict";

const { tenants, customers, words } = JSON.parse(document.getElementById("data").textContent);
const query = new URLSearchParams(location.search);
const language = document.documentElement.lang;
const $ = (selector, root = document) => root.querySelector(selector);
const part = (phone, name) => $(`[data-part="${name}"]`, phone);
const phones = { customer: $("#phone-customer"), merchant: $("#phone-merchant") };
const known = tenants.find((tenant) => tenant.key === query.get("tenant")) || tenants[0];
const chosen = {
  tenant: known.key,
  customer: customers.some((c) => c.key === query.get("customer")) ? query.get("customer") : "c1",
  merchant: known.merchants.some((m) => m.key === query.get("merchant")) ? query.get("merchant") : known.merchants[0].key,
  customer_channel: query.get("customer_channel") === "telegram" ? "telegram" : "whatsapp",
  merchant_channel: query.get("merchant_channel") === "telegram" ? "telegram" : "whatsapp",
};
const isNarrow = matchMedia("(max-width: 859px)");
const tenantOf = () => tenants.find((tenant) => tenant.key === chosen.tenant);
let view = null;
let source = null;
let round = 0;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function post(path, body) {
  try {
    const response = await fetch(`/sim/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...chosen, language, ...body }),
    });
    if (!response.ok) throw new Error(response.status);
    return await response.json();
  } catch {
    complain(words.not_sent);
    return null;
  }
}

function complain(text) {
  $("#trouble").textContent = text;
  $("#trouble").hidden = !text;
}

// ——— live views: server-sent events, and polling where they do not get through

function connect() {
  const mine = ++round;
  const address = new URLSearchParams(chosen);
  history.replaceState(null, "", `?${new URLSearchParams({ ...chosen, lang: language })}`);
  if (source) source.close();
  let failures = 0;
  source = new EventSource(`/sim/events?${address}`);
  source.onmessage = (event) => {
    failures = 0;
    complain("");
    if (mine === round) draw(JSON.parse(event.data));
  };
  source.onerror = () => {
    if (mine !== round) return;
    complain(words.offline);
    if (++failures < 3 && source.readyState !== EventSource.CLOSED) return;
    source.close();
    poll(mine, address);
  };
}

async function poll(mine, address) {
  let after = "";
  while (mine === round) {
    try {
      const response = await fetch(`/sim/view?${address}${after}`);
      if (!response.ok) throw new Error(response.status);
      const next = await response.json();
      after = `&after=${next.version}`;
      complain("");
      if (mine === round) draw(next);
    } catch {
      complain(words.offline);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

// ——— drawing

function draw(next) {
  view = next;
  fill(part(phones.customer, "person"), view.customers, chosen.customer);
  for (const side of ["customer", "merchant"]) drawPhone(side, view[side]);
  $("#network").value = view.network;
  followNotices();
  markRead();
  drawTimeline();
}

function fill(select, options, value) {
  const wanted = options.map((option) => option.key).join();
  if (select.dataset.filled !== wanted) {
    select.replaceChildren(...options.map((option) => new Option(option.name, option.key)));
    select.dataset.filled = wanted;
  }
  select.value = value;
}

function drawPhone(side, state) {
  const phone = phones[side];
  const channel = chosen[`${side}_channel`];
  phone.dataset.skin = channel;
  part(phone, "now").textContent = state.now;
  part(phone, "business").textContent = tenantOf().name;
  part(phone, "face").textContent = tenantOf().name[0];
  drawApps(phone, channel, state.unread);
  drawPresence(phone, state.typing_ms);
  const isEmpty = !state.bubbles.length;
  const needsStart = isEmpty && channel === "telegram";
  part(phone, "start").hidden = !needsStart;
  part(phone, "composer").hidden = needsStart;
  part(phone, "hint").hidden = !isEmpty;
  if (isEmpty) drawHint(side, phone, needsStart);
  drawChat(side, phone, state);
}

// A notice on the merchant's other app opens that app, unless somebody is busy on that phone.
function followNotices() {
  const { unread } = view.merchant;
  const shown = chosen.merchant_channel;
  const other = shown === "whatsapp" ? "telegram" : "whatsapp";
  const isBusy = phones.merchant.contains(document.activeElement);
  if (unread[other] && !unread[shown] && !isBusy) choose({ merchant_channel: other });
}

function drawApps(phone, channel, unread) {
  for (const button of phone.querySelectorAll("[data-channel]")) {
    const count = unread[button.dataset.channel] || 0;
    button.setAttribute("aria-pressed", button.dataset.channel === channel);
    const badge = part(button, "unread");
    badge.hidden = !count;
    badge.textContent = count;
    badge.setAttribute("aria-label", `${count} ${words.unread}`);
  }
  if (phone === phones.merchant) {
    const waiting = Object.values(unread).reduce((sum, count) => sum + count, 0);
    const badge = $('[data-part="tab-unread"]');
    badge.hidden = !waiting;
    badge.textContent = waiting;
  }
}

function drawPresence(phone, typingMs) {
  clearTimeout(phone.typingTimer);
  if (phone.classList.toggle("is-typing", typingMs > 0)) part(phone, "screen").scrollTop = 1e6;
  const presence = part(phone, "presence");
  const text = typingMs > 0 ? words.typing : words.online;
  if (presence.textContent !== text) presence.textContent = text;
  if (typingMs > 0) phone.typingTimer = setTimeout(() => drawPresence(phone, 0), typingMs);
}

function drawHint(side, phone, needsStart) {
  const line = $("p", part(phone, "hint"));
  line.textContent = needsStart ? words.hint_start : words[`hint_${side}`];
  const openers = side === "customer" && !needsStart ? tenantOf().openers : [];
  const signature = openers.join("|");
  const box = part(phone, "openers");
  if (box.dataset.filled === signature) return;
  box.dataset.filled = signature;
  box.replaceChildren(
    ...openers.map((text) => {
      const button = make("button", "opener", text);
      button.type = "button";
      button.onclick = () => post("say", { side, text });
      return button;
    }),
  );
}

function drawChat(side, phone, state) {
  const chat = part(phone, "chat");
  if (chat.dataset.thread !== state.thread) {
    chat.replaceChildren();
    chat.dataset.thread = state.thread;
    if (part(phone, "sheet").open) part(phone, "sheet").close();
  }
  const shown = new Map([...chat.children].map((item) => [item.dataset.seq, item]));
  let isNew = false;
  for (const bubble of state.bubbles) {
    const signature = JSON.stringify(bubble);
    const old = shown.get(String(bubble.seq));
    if (old?.signature === signature) continue;
    const item = drawBubble(side, bubble, chosen[`${side}_channel`]);
    item.signature = signature;
    if (old) {
      const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
      old.replaceWith(item);
      item.querySelectorAll("button")[focused]?.focus();
    } else chat.append(item);
    isNew ||= !old || bubble.is_edited || bubble.file.name;
  }
  const screen = part(phone, "screen");
  if (isNew) requestAnimationFrame(() => (screen.scrollTop = screen.scrollHeight));
}

function drawBubble(side, bubble, channel) {
  const item = make("li", `bubble ${bubble.is_mine ? "mine" : "theirs"}`);
  item.dataset.seq = bubble.seq;
  const body = make("div", "body");
  if (bubble.is_mine) body.append(make("span", "hidden", `${words.you}: `));
  if (bubble.label) body.append(make("span", `label ${bubble.label}`, bubble.label));
  if (bubble.text) body.append(formatted(bubble.text, channel));
  const meta = make("span", "meta", bubble.is_edited ? `${words.edited} ${bubble.time}` : bubble.time);
  if (bubble.is_mine) meta.append(ticks(bubble.ticks));
  body.append(meta);
  item.append(body);
  if (bubble.file.name) item.append(drawFile(bubble.file));
  if (bubble.choices.length) item.append(drawChoices(side, bubble));
  return item;
}

// Opens in the calendar of whoever looks at this page, as it would on the phone.
function drawFile({ name, content }) {
  const link = make("a", "file", name);
  link.download = name;
  link.href = `data:text/calendar;charset=utf-8,${encodeURIComponent(content)}`;
  return link;
}

function ticks(state) {
  const drawn = { waiting: "◷", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" }[state] || "";
  const mark = make("span", `ticks ${state}`, drawn);
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", words[state] || state);
  return mark;
}

// *bold* and _italic_ are drawn on the WhatsApp-like phone, as they are there.
function formatted(text, channel) {
  const line = make("span", "text");
  const styled = channel === "whatsapp" ? /(https?:\/\/\S+|\*[^*\n]+\*|(?<![\w])_[^_\n]+_(?![\w]))/ : /(https?:\/\/\S+)/;
  for (const piece of text.split(styled)) {
    if (/^https?:/.test(piece)) line.append(leading(make("a", "", piece), piece));
    else if (/^\*[^*]+\*$/.test(piece)) line.append(make("b", "", piece.slice(1, -1)));
    else if (/^_[^_]+_$/.test(piece) && channel === "whatsapp") line.append(make("i", "", piece.slice(1, -1)));
    else line.append(piece);
  }
  return line;
}

// To a page in a window of its own, as a phone opens it.
function leading(link, url) {
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function drawChoices(side, bubble) {
  const box = make("div", `choices ${bubble.style}`);
  if (bubble.style === "list") {
    const open = make("button", "opens", bubble.list_label);
    open.type = "button";
    open.setAttribute("aria-haspopup", "dialog");
    open.onclick = () => openSheet(side, bubble);
    box.append(open);
    return box;
  }
  let row = null;
  for (const choice of bubble.choices) {
    if (!row || row.dataset.row !== choice.row || choice.row === undefined) {
      row = make("div", "row");
      row.dataset.row = choice.row;
      box.append(row);
    }
    if (choice.url) {
      row.append(leading(make("a", "page", choice.label), choice.url));
      continue;
    }
    const button = make("button", "", choice.label);
    button.type = "button";
    button.onclick = () => tap(side, bubble.seq, choice.id, button);
    row.append(button);
  }
  return box;
}

async function tap(side, seq, choice, button) {
  button?.classList.add("is-tapped");
  await post("tap", { side, seq, choice });
  setTimeout(() => button?.classList.remove("is-tapped"), 900);
}

function openSheet(side, bubble) {
  const sheet = part(phones[side], "sheet");
  $("h3", sheet).textContent = bubble.list_label;
  $("ul", sheet).replaceChildren(
    ...bubble.choices.map((choice) => {
      const button = make("button", "", choice.label);
      button.type = "button";
      if (choice.description) button.append(make("small", "", choice.description));
      button.onclick = () => {
        sheet.close();
        tap(side, bubble.seq, choice.id);
      };
      const item = make("li");
      item.append(button);
      return item;
    }),
  );
  const screen = part(phones[side], "screen").getBoundingClientRect();
  sheet.style.left = `${screen.left}px`;
  sheet.style.width = `${screen.width}px`;
  sheet.style.bottom = `${innerHeight - part(phones[side], "composer").getBoundingClientRect().bottom}px`;
  sheet.showModal();
}

function isOnScreen(side) {
  return !document.hidden && (!isNarrow.matches || document.body.dataset.tab === side);
}

function markRead() {
  for (const side of ["customer", "merchant"])
    if (isOnScreen(side) && view[side].unread[chosen[`${side}_channel`]]) post("read", { side });
}

// ——— inspector

let timelineTimer = null;

function drawTimeline() {
  const isShown = isNarrow.matches ? document.body.dataset.tab === "inspector" : !document.body.classList.contains("no-inspector");
  if (!isShown) return;
  clearTimeout(timelineTimer);
  timelineTimer = setTimeout(loadTimeline, 120);
}

async function loadTimeline() {
  const address = new URLSearchParams({ ...chosen, side: $("#watched").value });
  const response = await fetch(`/sim/timeline?${address}`).catch(() => null);
  if (!response?.ok) return;
  const entries = await response.json();
  const list = $("#timeline");
  const key = `${address}`;
  if (list.dataset.of !== key) list.replaceChildren();
  list.dataset.of = key;
  $("#inspector .empty").hidden = entries.length > 0;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  entries.forEach((entry, index) => {
    const signature = JSON.stringify(entry);
    const old = list.children[index];
    if (old?.signature === signature) return;
    const item = drawEntry(entry);
    item.signature = signature;
    if (old) {
      $("details", item).open = $("details", old).open;
      old.replaceWith(item);
    } else list.append(item);
  });
  while (list.children.length > entries.length) list.lastChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawEntry(entry) {
  const item = make("li", `entry ${entry.kind}`);
  const details = make("details");
  const summary = make("summary");
  summary.append(make("b", "", words[entry.kind]), make("span", "title", entry.title));
  if (entry.status !== undefined) summary.append(make("span", entry.status === 200 ? "good" : "bad", entry.status));
  if (entry.ms !== undefined) summary.append(make("span", "ms", `${entry.ms} ms`));
  if (entry.commands) {
    const chips = make("span", "chips");
    const names = entry.commands.length ? entry.commands : [words.no_commands];
    chips.append(...names.map((name) => make("code", "", name)));
    summary.append(chips);
  }
  details.append(summary);
  for (const [name, value] of Object.entries(entry.parts || { "": entry.json })) {
    if (name) details.append(make("h4", "", words[name] || name));
    details.append(json(value));
  }
  item.append(details);
  return item;
}

function json(value) {
  const block = make("pre");
  block.tabIndex = 0;
  for (const piece of JSON.stringify(value, null, 1).split(/("(?:[^"\\]|\\.)*"(?=:))/))
    block.append(/^".*"$/.test(piece) ? make("span", "key", piece) : piece);
  return block;
}

// ——— what people do

function choose(change) {
  Object.assign(chosen, change);
  connect();
}

function pickTenant(key) {
  choose({ tenant: key, merchant: tenants.find((tenant) => tenant.key === key).merchants[0].key });
  fill(part(phones.merchant, "person"), tenantOf().merchants, chosen.merchant);
}

function setUpPhone(side) {
  const phone = phones[side];
  const composer = part(phone, "composer");
  composer.onsubmit = async (event) => {
    event.preventDefault();
    const text = composer.elements.text.value.trim();
    if (!text) return;
    composer.elements.text.value = "";
    if (!(await post("say", { side, text }))) composer.elements.text.value = text;
  };
  part(phone, "person").onchange = (event) => choose({ [side]: event.target.value });
  for (const button of phone.querySelectorAll("[data-channel]"))
    button.onclick = () => choose({ [`${side}_channel`]: button.dataset.channel });
  part(phone, "start").onclick = () => post("say", { side, text: "/start" });
  setUpAttach(side, part(phone, "attach"));
  const sheet = part(phone, "sheet");
  part(sheet, "shut").onclick = () => sheet.close();
  sheet.onclick = (event) => event.target === sheet && sheet.close();
}

function setUpAttach(side, box) {
  const opener = $("button", box);
  const menu = $("menu", box);
  const show = (isOpen) => {
    menu.hidden = !isOpen;
    opener.setAttribute("aria-expanded", isOpen);
  };
  opener.onclick = () => show(menu.hidden);
  box.onkeydown = (event) => event.key === "Escape" && (show(false), opener.focus());
  box.addEventListener("focusout", (event) => box.contains(event.relatedTarget) || show(false));
  for (const item of menu.querySelectorAll("button"))
    item.onclick = () => (show(false), opener.focus(), post("attach", { side, kind: item.dataset.kind }));
}

function showTab(name) {
  document.body.dataset.tab = name;
  for (const tab of document.querySelectorAll(".tabs [data-tab]")) {
    if (tab.dataset.tab === name) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  if (view) draw(view);
}

setUpPhone("customer");
setUpPhone("merchant");
fill($("#tenant"), tenants, chosen.tenant);
fill(part(phones.merchant, "person"), known.merchants, chosen.merchant);
$("#tenant").onchange = (event) => pickTenant(event.target.value);
part(phones.customer, "new").onclick = async () => {
  const added = await post("customers", {});
  if (added) choose(added);
};
$("#language").onclick = (event) => {
  event.preventDefault();
  location.search = new URLSearchParams({ ...chosen, lang: $("#language").lang });
};
$("#toggle").onclick = () => {
  const isHidden = document.body.classList.toggle("no-inspector");
  $("#toggle").setAttribute("aria-pressed", !isHidden);
  drawTimeline();
};
$("#watched").onchange = loadTimeline;
$("#network").onchange = (event) => post("network", { state: event.target.value });
for (const tab of document.querySelectorAll(".tabs [data-tab]")) tab.onclick = () => showTab(tab.dataset.tab);
document.addEventListener("visibilitychange", () => view && markRead());
isNarrow.onchange = () => view && draw(view);
connect();
