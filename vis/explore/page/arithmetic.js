// Vector arithmetic: three groups of exemplars, and the result beside the same in pixels.

import { el, png } from "./dom.js";
import { post } from "./api.js";
import { Groups } from "./groups.js";
import { Work } from "./work.js";
import { figure } from "./figure.js";

// clipBox is the checkbox that cuts computed z, of models with a uniform prior.
export function clipBox(model, changed) {
  const box = el("input", { type: "checkbox", id: "clip", onchange: changed });
  return { box, element: model.prior === "uniform" ? el("label", {}, box, " cut computed z to the range of the prior") : null };
}

export class Arithmetic {
  name = "arithmetic";
  title = "Arithmetic";
  hint = "Click samples into group a, b or c. The keys a, b and c choose the group.";
  keys = ["a", "b", "c"];

  constructor(samples, model) {
    this.groups = new Groups(samples, [
      { key: "a", title: "a", help: "has what is wanted" },
      { key: "b", title: "− b", help: "like a, without it" },
      { key: "c", title: "+ c", help: "shall get it" },
    ], () => this.changed());
    this.clip = clipBox(model, () => this.changed());
    this.work = new Work();
    this.element = el("div", {}, el("h2", { textContent: "Arithmetic" }),
      el("p", { className: "quiet", textContent: "mean of a − mean of b + mean of c, of z. About three exemplars of each, as one alone is noisy." }),
      this.groups.element, this.clip.element, this.work.element);
  }

  click(number) { this.groups.click(number); }
  marks(number) { return this.groups.marks(number); }
  key(key) { this.groups.choose(key); }

  changed() {
    const { a, b, c } = this.groups.picks;
    if (!a.length || !b.length || !c.length) {
      this.work.clear(el("p", { className: "quiet", textContent: "The result appears when each group has a sample." }));
      return;
    }
    this.work.run(post("figure", "api/arithmetic", { a, b, c, clip: this.clip.box.checked }), (answer) => el("div", {}, beside(answer), figure(answer)));
  }
}

// beside shows the result and the arithmetic on pixels, enlarged.
function beside(answer) {
  const named = (label) => answer.rows.find((r) => r.label?.[0] === label)?.images[0];
  const [result, pixels] = [named("Result"), named("The same on pixels")];
  if (!result || !pixels) return null;
  return el("div", { className: "big" },
    el("figure", {}, png(result, "the result", { id: "result" }), el("figcaption", { textContent: "The result in z" })),
    el("figure", {}, png(pixels, "the same on pixels", { id: "pixels" }), el("figcaption", { textContent: "Control: the same arithmetic on pixels" })));
}
