// Draws a phone from the view that the server sent: its apps, its chat, and what can be tapped there.

import { $, chosen, make, part, phones, post, tenantOf, words } from "./page.js";

export function drawPhone(side, state) {
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
