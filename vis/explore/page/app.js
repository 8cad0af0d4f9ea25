// The page: it asks what model there is, and opens one tool at a time.

import { el, say } from "./dom.js";
import { get } from "./api.js";
import { Samples } from "./samples.js";
import { Walk } from "./walk.js";
import { Arithmetic } from "./arithmetic.js";
import { Turn } from "./turn.js";
import { Forget } from "./forget.js";
import { Invert } from "./invert.js";

const byId = (id) => document.getElementById(id);

function open(tool, tools, samples) {
  samples.tool = tool;
  for (const t of tools) {
    t.tab.setAttribute("aria-selected", String(t === tool));
    t.tab.tabIndex = t === tool ? 0 : -1;
  }
  byId("panel").replaceChildren(tool.element);
  byId("panel").setAttribute("aria-label", tool.title);
  byId("hint").textContent = tool.hint;
  document.querySelector("main").classList.toggle("alone", !!tool.alone);
  tool.opened?.();
  samples.mark();
}

// tabKey moves among the tabs with the arrow keys.
function tabKey(e, tools, samples) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  const at = tools.findIndex((t) => t.tab === document.activeElement);
  if (!by || at < 0) return;
  const to = tools[(at + by + tools.length) % tools.length];
  to.tab.focus();
  open(to, tools, samples);
}

async function start() {
  const model = await get("api/model");
  byId("spec").textContent = model.spec;
  document.title = `${model.spec} – repbench explore`;
  byId("about").textContent = `${model.arch}, width ${model.width}: images of ${model.size}×${model.size}×${model.channels} from ${model.zdim} values of a ${model.prior} prior. Samples: ${model.source}.`;
  const samples = new Samples(model);
  const tools = [Walk, Arithmetic, Turn, Forget, Invert].map((T) => new T(samples, model));
  for (const t of tools) {
    t.tab = el("button", { type: "button", role: "tab", id: "tab-" + t.name, textContent: t.title, onclick: () => open(t, tools, samples) });
  }
  byId("tabs").append(...tools.map((t) => t.tab));
  byId("tabs").addEventListener("keydown", (e) => tabKey(e, tools, samples));
  document.addEventListener("keydown", (e) => {
    const typing = e.target.matches?.("input:not([type=radio]):not([type=checkbox]):not([type=range]), select");
    if (!typing && !e.ctrlKey && !e.metaKey && !e.altKey && samples.tool.keys?.includes(e.key)) samples.tool.key(e.key);
  });
  open(tools[0], tools, samples);
  await samples.load(0);
}

start().catch((e) => say(e.message));
