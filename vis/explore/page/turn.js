// Turns: two groups of exemplars, what is turned, and a random direction beside it.

import { el } from "./dom.js";
import { post } from "./api.js";
import { Groups } from "./groups.js";
import { Work } from "./work.js";
import { figure } from "./figure.js";
import { clipBox } from "./arithmetic.js";

export class Turn {
  name = "turn";
  title = "Turn";
  hint = "Click samples into left, right or base. The keys l, r and b choose the group.";
  keys = ["l", "r", "b"];

  constructor(samples, model) {
    this.groups = new Groups(samples, [
      { key: "left", title: "left", help: "at t = 1" },
      { key: "right", title: "right", help: "at t = −1" },
      { key: "base", title: "base", help: "is turned; empty: the samples of right are" },
    ], () => this.changed());
    this.steps = el("select", { id: "turnsteps", onchange: () => this.changed() }, ...[5, 7, 9, 13].map((n) => el("option", { value: n, textContent: n, selected: n === 7 })));
    this.clip = clipBox(model, () => this.changed());
    this.work = new Work();
    this.element = el("div", {}, el("h2", { textContent: "Turn" }),
      el("p", { className: "quiet", textContent: "base + t·v with v = mean of left − mean of right, beside a random direction of the same length." }),
      this.groups.element, el("div", { className: "bar" }, el("label", {}, "Images from t = −1 to 1 ", this.steps), this.clip.element), this.work.element);
  }

  click(number) { this.groups.click(number); }
  marks(number) { return this.groups.marks(number); }
  key(key) { this.groups.choose({ l: "left", r: "right", b: "base" }[key]); }

  changed() {
    const { left, right, base } = this.groups.picks;
    if (!left.length || !right.length) {
      this.work.clear(el("p", { className: "quiet", textContent: "The turn appears when left and right each have a sample." }));
      return;
    }
    this.work.run(post("figure", "api/turn", { left, right, base, steps: Number(this.steps.value), clip: this.clip.box.checked }),
      (a) => figure(a, { note: "The command writes an animation, too." }));
  }
}
