// The page of two phones: follows the live view and sends back what people do. No dependencies.

import { drawTimeline, loadTimeline } from "./inspector.js";
import { $, chosen, complain, isNarrow, language, part, phones, post, tenantOf, tenants, words } from "./page.js";
import { drawPhone } from "./phones.js";

let view = null;
let source = null;
let round = 0;

// Server-sent events, and polling where they do not get through.
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

// A notice on the merchant's other app opens that app, unless somebody is busy on that phone.
function followNotices() {
  const { unread } = view.merchant;
  const shown = chosen.merchant_channel;
  const other = shown === "whatsapp" ? "telegram" : "whatsapp";
  const isBusy = phones.merchant.contains(document.activeElement);
  if (unread[other] && !unread[shown] && !isBusy) choose({ merchant_channel: other });
}

function isOnScreen(side) {
  return !document.hidden && (!isNarrow.matches || document.body.dataset.tab === side);
}

function markRead() {
  for (const side of ["customer", "merchant"])
    if (isOnScreen(side) && view[side].unread[chosen[`${side}_channel`]]) post("read", { side });
}

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
  // What came while the phone was not on screen could not be scrolled to.
  if (phones[name]) part(phones[name], "screen").scrollTop = 1e6;
}

setUpPhone("customer");
setUpPhone("merchant");
fill($("#tenant"), tenants, chosen.tenant);
fill(part(phones.merchant, "person"), tenantOf().merchants, chosen.merchant);
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
