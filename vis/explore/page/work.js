// Work shows the request of a figure while it runs, and its answer.

import { el } from "./dom.js";
import { get, stop, Stale } from "./api.js";
import { failed } from "./figure.js";

export class Work {
  constructor() {
    this.element = el("div", { className: "work" });
    this.count = 0;
  }

  // run shows the progress of a request, with a note on what it does, and then what show makes of its
  // answer.
  async run(request, show, note = "") {
    const mine = ++this.count;
    const bar = el("progress", { max: 1 });
    const name = el("span", { className: "quiet", textContent: "working" });
    bar.setAttribute("aria-label", "how far it is");
    const box = el("div", {}, el("div", { className: "bar" }, name, el("button", { type: "button", textContent: "Stop", onclick: () => stop("figure") })), bar,
      note ? el("p", { className: "quiet", textContent: note }) : null);
    const ask = setInterval(async () => {
      try {
        const p = await get("api/progress");
        if (p.total > 0) {
          bar.value = p.done / p.total;
          name.textContent = `${p.name}: ${p.done} of ${p.total} ${p.unit}`;
        } else {
          bar.removeAttribute("value");
          name.textContent = "working";
        }
      } catch { /* the request itself says what is wrong */ }
    }, 700);
    const wait = setTimeout(() => { if (mine === this.count) this.element.replaceChildren(box); }, 250);
    try {
      const answer = await request;
      if (mine === this.count) this.element.replaceChildren(show(answer));
    } catch (e) {
      if (mine === this.count) this.element.replaceChildren(...(e instanceof Stale ? [] : [failed(e)]));
    } finally {
      clearInterval(ask);
      clearTimeout(wait);
    }
  }

  clear(...instead) {
    this.count++;
    stop("figure");
    this.element.replaceChildren(...instead);
  }
}
