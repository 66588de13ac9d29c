// What the page was served with, who is chosen on it, and how it speaks to the server: shared by all that draw on it.

export const { tenants, customers, words } = JSON.parse(document.getElementById("data").textContent);
const query = new URLSearchParams(location.search);
export const language = document.documentElement.lang;
export const $ = (selector, root = document) => root.querySelector(selector);
export const part = (phone, name) => $(`[data-part="${name}"]`, phone);
export const phones = { customer: $("#phone-customer"), merchant: $("#phone-merchant") };
const known = tenants.find((tenant) => tenant.key === query.get("tenant")) || tenants[0];
export const chosen = {
  tenant: known.key,
  customer: customers.some((c) => c.key === query.get("customer")) ? query.get("customer") : "c1",
  merchant: known.merchants.some((m) => m.key === query.get("merchant")) ? query.get("merchant") : known.merchants[0].key,
  customer_channel: query.get("customer_channel") === "telegram" ? "telegram" : "whatsapp",
  merchant_channel: query.get("merchant_channel") === "telegram" ? "telegram" : "whatsapp",
};
export const isNarrow = matchMedia("(max-width: 859px)");
export const tenantOf = () => tenants.find((tenant) => tenant.key === chosen.tenant);

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export async function post(path, body) {
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

export function complain(text) {
  $("#trouble").textContent = text;
  $("#trouble").hidden = !text;
}
