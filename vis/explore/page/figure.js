// A figure as the program answers it: its sentence, rows, scores and command.

import { el, png, command } from "./dom.js";

const number = (v) => (v === null || v === undefined ? "" : Math.abs(v) >= 1000 || Number.isInteger(v) ? String(Math.round(v)) : String(Number(v.toPrecision(3))));

function scores(result) {
  const lines = Object.entries(result.scores).map(([name, s]) => el("tr", {},
    el("td", {}, el("b", { textContent: name.replaceAll("_", " ") }), el("div", { className: "quiet", textContent: s.of || "" })),
    el("td", { className: "n", textContent: number(s.value) }, s.ci95 ? el("div", { className: "quiet", textContent: `${number(s.ci95[0])} to ${number(s.ci95[1])}` }) : null),
    el("td", { className: "n", textContent: number(s.control) }),
    el("td", { textContent: s.against || "" })));
  if (!lines.length) return null;
  const between = Object.values(result.scores).some((s) => s.ci95);
  return el("div", { className: "wrapper" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { textContent: "score" }), el("th", { className: "n", textContent: "value" }),
      el("th", { className: "n", textContent: "control" }), el("th", { textContent: "the control is" }))),
    el("tbody", {}, ...lines)), between ? el("p", { className: "quiet", textContent: "Below a value: its 95 % interval over the cases." }) : null);
}

// widest is the number of images that stand in one line at any width.
const widest = 9;

function row(r, large) {
  const label = r.label || [];
  const n = r.images.length;
  const strip = el("div", { className: "strip" + (large ? " large" : "") + (n > widest ? " many" : "") },
    ...r.images.map((image, i) => el("div", {}, png(image, `${label[0] || ""} ${i}`), r.captions?.[i] || "")));
  strip.style.setProperty("--n", n);
  strip.style.setProperty("--half", n > 4 ? Math.ceil(n / 2) : n);
  return [r.heading ? el("div", { className: "rowhead", textContent: r.heading }) : null,
    el("div", { className: "row" }, el("div", { className: "rowlabel" }, el("b", { textContent: label[0] || "" }), el("div", { textContent: label.slice(1).join(" ") })), strip)]
    .filter(Boolean);
}

// figure shows an answer. large enlarges the images; line is false where the command stands elsewhere,
// and note stands below it.
export function figure(answer, { large = false, line = true, note = "" } = {}) {
  return el("div", { className: "figure" },
    el("p", { className: "says", textContent: answer.result.says || "" }),
    ...(answer.result.warnings || []).map((w) => el("p", { className: "warning", textContent: w })),
    el("div", { className: "rows" }, ...answer.rows.flatMap((r) => row(r, large))),
    scores(answer.result),
    line ? command(answer.command, note) : null);
}

// failed shows what went wrong.
export function failed(e) {
  return el("p", { className: "failed", role: "alert", textContent: e.message });
}
