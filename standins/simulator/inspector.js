// The list of what went on behind the two phones, drawn while it is shown.

import { $, chosen, isNarrow, make, words } from "./page.js";

let timelineTimer = null;

export function drawTimeline() {
  const isShown = isNarrow.matches ? document.body.dataset.tab === "inspector" : !document.body.classList.contains("no-inspector");
  if (!isShown) return;
  clearTimeout(timelineTimer);
  timelineTimer = setTimeout(loadTimeline, 120);
}

export async function loadTimeline() {
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
