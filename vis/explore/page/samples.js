// The grid of numbered samples.

import { el, png, say, command } from "./dom.js";
import { post, Stale } from "./api.js";

const byId = (id) => document.getElementById(id);

// Samples shows pages of samples. The tool that is open marks them and learns of clicks.
export class Samples {
  constructor(model) {
    this.model = model;
    this.first = 0;
    this.images = new Map(); // number → base64 of the undropped sample
    this.shown = [];
    this.drop = null; // {layer, maps}
    this.tool = null;
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    byId("goto").max = model.samples - 1;
    byId("goto").addEventListener("change", () => this.goTo(byId("goto").valueAsNumber));
    byId("grid").addEventListener("keydown", (e) => this.key(e));
    document.addEventListener("keydown", (e) => {
      if (e.key === "PageDown" || e.key === "PageUp") {
        e.preventDefault();
        this.turn(e.key === "PageDown" ? 1 : -1);
      }
    });
  }

  // turn shows the next page, or with -1 the one before.
  turn(by) {
    const first = this.first + by * this.model.page;
    if (first >= 0 && first < this.model.samples) this.load(first);
  }

  // goTo shows the page that holds a sample.
  goTo(number) {
    if (!Number.isInteger(number) || number < 0 || number >= this.model.samples) {
      say(`The samples are numbered 0 to ${this.model.samples - 1}.`);
      return;
    }
    this.load(Math.floor(number / this.model.page) * this.model.page);
  }

  // load fetches a page and shows it.
  async load(first) {
    const grid = byId("grid");
    grid.classList.add("busy");
    try {
      const got = await post("samples", "api/samples", { first, ...(this.drop || {}) });
      this.first = first;
      this.shown = got.images;
      if (!this.drop) got.images.forEach((image, i) => this.images.set(first + i, image));
      byId("gridcommand").replaceChildren(command(got.command));
      this.draw();
      grid.classList.remove("busy");
    } catch (e) {
      if (e instanceof Stale) return;
      grid.classList.remove("busy");
      say(e.message);
    }
  }

  // dropMaps shows all samples with maps set to 0; null shows them as they are.
  dropMaps(drop) {
    this.drop = drop;
    byId("dropped").hidden = !drop;
    if (drop) byId("dropped").textContent = `${drop.maps.length} maps of ${drop.layer} are set to 0 in these samples.`;
    return this.load(this.first);
  }

  draw() {
    const grid = byId("grid");
    const focused = document.activeElement?.dataset?.number;
    const last = this.first + this.shown.length - 1;
    byId("range").textContent = `${this.first} to ${last} of ${this.model.samples}`;
    byId("previous").disabled = this.first === 0;
    byId("next").disabled = last >= this.model.samples - 1;
    grid.replaceChildren(...this.shown.map((image, i) => this.cell(this.first + i, image)));
    this.mark();
    if (focused !== undefined) this.focus(Number(focused));
  }

  cell(number, image) {
    const frame = el("span", { className: "frame" }, png(image, ""));
    const b = el("button", { type: "button", tabIndex: number === this.first ? 0 : -1, onclick: () => this.tool?.click(number) },
      frame, el("span", { className: "number", textContent: number }));
    b.dataset.number = number;
    return b;
  }

  // mark draws the badges and boxes of the tool that is open.
  mark() {
    for (const b of byId("grid").children) {
      const number = Number(b.dataset.number);
      const marks = this.tool?.marks(number) || [];
      b.querySelectorAll(".badges, .boxmark").forEach((e) => e.remove());
      const boxes = this.tool?.boxes?.(number) || [];
      b.classList.toggle("picked", marks.length + boxes.length > 0);
      b.classList.toggle("open", this.tool?.selected === number);
      if (marks.length) b.append(el("span", { className: "badges" }, ...marks.map((m) => el("span", { className: "badge " + m.kind, textContent: m.text }))));
      for (const box of boxes) b.querySelector(".frame").append(boxMark(box, this.model.size));
      b.setAttribute("aria-label", `sample ${number}` + (marks.length ? ", in " + marks.map((m) => m.text).join(", ") : "") + (boxes.length ? `, boxes: ${boxes.length}` : ""));
    }
  }

  // key moves the focus with the arrow keys.
  key(e) {
    const cells = [...byId("grid").children];
    const at = cells.indexOf(document.activeElement);
    if (at < 0) return;
    const columns = getComputedStyle(byId("grid")).gridTemplateColumns.split(" ").length;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: cells.length - 1 }[e.key];
    if (to === undefined || !cells[to]) return;
    e.preventDefault();
    this.focus(this.first + to);
  }

  focus(number) {
    const cells = [...byId("grid").children];
    const cell = cells[number - this.first] || cells[0];
    cells.forEach((c) => { c.tabIndex = c === cell ? 0 : -1; });
    cell?.focus();
  }
}

// boxMark is the frame of a box over an image of size×size pixels.
export function boxMark(box, size) {
  const e = el("span", { className: "boxmark" });
  e.style.left = `${(100 * box.x0) / size}%`;
  e.style.top = `${(100 * box.y0) / size}%`;
  e.style.width = `${(100 * (box.x1 - box.x0)) / size}%`;
  e.style.height = `${(100 * (box.y1 - box.y0)) / size}%`;
  return e;
}
