// The editor of boxes: one sample, large, on which boxes are drawn by dragging or by numbers.

import { el, say } from "./dom.js";
import { boxMark } from "./samples.js";

export class Editor {
  constructor(size, add) {
    this.size = size;
    this.add = add;
    this.number = null;
    this.image = el("img", { alt: "", draggable: false });
    this.element = el("div", { id: "editor" }, this.image);
    this.element.addEventListener("pointerdown", (e) => this.start(e));
    this.element.addEventListener("pointermove", (e) => this.move(e));
    this.element.addEventListener("pointerup", (e) => this.end(e));
    this.element.addEventListener("pointercancel", () => this.cancel());
    this.fields = ["x0", "y0", "x1", "y1"].map((name) => el("input", { type: "number", min: 0, max: size, step: 1, id: "box-" + name, "aria-label": name }));
    this.numbers = el("form", { className: "bar numbers", onsubmit: (e) => this.submit(e) },
      ...this.fields.map((f, i) => el("label", {}, ["x0", "y0", "x1", "y1"][i] + " ", f)), el("button", { type: "submit", textContent: "Add box" }));
  }

  // show shows a sample with its boxes.
  show(number, image, boxes) {
    this.number = number;
    this.image.src = "data:image/png;base64," + image;
    this.image.alt = `sample ${number}`;
    this.mark(boxes);
  }

  mark(boxes) {
    this.element.querySelectorAll(".boxmark").forEach((e) => e.remove());
    boxes.forEach((b) => this.element.append(boxMark(b, this.size)));
  }

  // at is the place of the pointer in pixels of the image, between 0 and its size.
  at(e) {
    const r = this.element.getBoundingClientRect();
    const clamp = (v) => Math.min(Math.max(v, 0), this.size);
    return [clamp(((e.clientX - r.left) * this.size) / r.width), clamp(((e.clientY - r.top) * this.size) / r.height)];
  }

  start(e) {
    if (this.number === null || e.button !== 0) return;
    e.preventDefault();
    this.element.setPointerCapture(e.pointerId);
    this.from = this.at(e);
  }

  // box spans all pixels that the drag touches.
  box(e) {
    const [x, y] = this.at(e);
    const [fx, fy] = this.from;
    return { image: this.number, x0: Math.floor(Math.min(x, fx)), y0: Math.floor(Math.min(y, fy)), x1: Math.ceil(Math.max(x, fx)), y1: Math.ceil(Math.max(y, fy)) };
  }

  move(e) {
    if (!this.from) return;
    this.drawn?.remove();
    this.drawn = boxMark(this.box(e), this.size);
    this.element.append(this.drawn);
  }

  end(e) {
    if (!this.from) return;
    const box = this.box(e);
    this.cancel();
    if (box.x1 - box.x0 > 1 || box.y1 - box.y0 > 1) this.add(box);
  }

  cancel() {
    this.drawn?.remove();
    this.from = this.drawn = null;
  }

  submit(e) {
    e.preventDefault();
    const [x0, y0, x1, y1] = this.fields.map((f) => f.valueAsNumber);
    const inside = [x0, y0, x1, y1].every((v) => Number.isInteger(v) && v >= 0 && v <= this.size);
    if (!inside || x1 <= x0 || y1 <= y0 || this.number === null) {
      say(`Give four whole numbers from 0 to ${this.size}; x1 and y1 are exclusive and greater than x0 and y0.`);
      return;
    }
    this.add({ image: this.number, x0, y0, x1, y1 });
  }
}
