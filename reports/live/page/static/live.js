// Puts into the page what the server sends: the part of the page that changes.
const content = document.getElementById("content");
const status = document.getElementById("status");
const script = document.currentScript;
let source = null;

// say shows a sentence below the navigation; "" hides it.
function say(text) {
  status.textContent = text;
  status.hidden = text === "";
}

// keep remembers what the reader opened, ticked and typed.
function keep() {
  const kept = { open: new Set(), ticked: new Set(), typed: new Map(), focus: null };
  for (const e of content.querySelectorAll("details[open][id]")) kept.open.add(e.id);
  for (const e of content.querySelectorAll("input:checked")) kept.ticked.add(e.value);
  for (const e of content.querySelectorAll("input[list], input[name=text], select")) kept.typed.set(e.name + e.id, e.value);
  return kept;
}

function restore(kept) {
  for (const e of content.querySelectorAll("details[id]")) if (kept.open.has(e.id)) e.open = true;
  for (const e of content.querySelectorAll("input[type=checkbox]")) if (kept.ticked.has(e.value)) e.checked = true;
  for (const e of content.querySelectorAll("input[list], input[name=text], select")) {
    const value = kept.typed.get(e.name + e.id);
    if (value !== undefined) e.value = value;
  }
}

// busy says that the reader is about to do something that a new content would disturb.
function busy() {
  const at = document.activeElement;
  const marked = document.getSelection();
  return content.contains(at) && (at.matches("input:not([type=checkbox]), select")) || marked !== null && !marked.isCollapsed;
}

function show(html) {
  if (busy()) return;
  const kept = keep();
  const focus = document.activeElement && content.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
  const sides = [...content.querySelectorAll(".wrapper")].map((e) => e.scrollLeft);
  content.innerHTML = html;
  restore(kept);
  [...content.querySelectorAll(".wrapper")].forEach((e, i) => { e.scrollLeft = sides[i] || 0; });
  if (focus) for (const e of content.querySelectorAll("[id], a[href]")) if (e.id === focus || e.getAttribute("href") === focus) { e.focus({ preventScroll: true }); break; }
}

function start() {
  if (source) return;
  source = new EventSource(script.dataset.live);
  source.addEventListener("content", (e) => { say(""); show(e.data); });
  source.addEventListener("trouble", (e) => say(e.data));
  source.onerror = () => say("The program does not answer; what you see may be old.");
}

function stop() {
  if (source) source.close();
  source = null;
}

// A page that nobody sees asks for nothing: browsers keep few connections to one address.
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
window.addEventListener("pagehide", stop);
window.addEventListener("pageshow", () => { if (!document.hidden) start(); });
if (!document.hidden) start();
