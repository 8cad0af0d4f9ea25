// Groups of picked samples.

import { el, png } from "./dom.js";

// Groups shows groups of samples, one of which receives what is clicked. specs: {key, title, help};
// changed is called after every change. ordered groups number their samples and keep repeats.
export class Groups {
  constructor(samples, specs, changed, ordered = false) {
    this.samples = samples;
    this.specs = specs;
    this.changed = changed;
    this.ordered = ordered;
    this.active = specs[0].key;
    this.picks = Object.fromEntries(specs.map((s) => [s.key, []]));
    this.element = el("div", { className: "groups" });
    this.draw();
  }

  // click adds a sample to the active group, or takes it out again.
  click(number) {
    const group = this.picks[this.active];
    const at = group.indexOf(number);
    if (at >= 0) group.splice(at, 1);
    else group.push(number);
    this.update();
  }

  // choose makes a group the active one.
  choose(key) {
    this.active = key;
    this.draw();
  }

  update() {
    this.draw();
    this.samples.mark();
    this.changed();
  }

  // marks are the badges of a sample.
  marks(number) {
    return this.specs.flatMap((s, i) => {
      const at = this.picks[s.key].indexOf(number);
      return at < 0 ? [] : [{ text: this.ordered ? String(at + 1) : s.key[0], kind: "g" + i }];
    });
  }

  draw() {
    this.element.replaceChildren(...this.specs.map((s, i) => this.group(s, i)));
  }

  group(spec, i) {
    const picks = this.picks[spec.key];
    const remove = (n) => () => { picks.splice(picks.indexOf(n), 1); this.update(); };
    const chips = picks.map((n) => el("button", { type: "button", className: "chip", title: `take ${n} out`, onclick: remove(n) },
      this.samples.images.has(n) ? png(this.samples.images.get(n), "") : null, `${n} ×`));
    const radio = this.specs.length > 1
      ? el("input", { type: "radio", name: "group", value: spec.key, checked: this.active === spec.key, onchange: () => this.choose(spec.key) }) : null;
    const clear = el("button", { type: "button", textContent: "Clear", disabled: picks.length === 0, onclick: () => { picks.length = 0; this.update(); } });
    const active = this.specs.length > 1 && this.active === spec.key ? " active" : "";
    const box = el("div", { className: `group g${i}${active}` },
      el("div", { className: "grouphead" }, el("label", {}, radio, el("b", { textContent: spec.title }), el("span", { className: "quiet", textContent: spec.help })), clear),
      el("div", { className: "chips" }, ...chips));
    box.dataset.group = spec.key;
    return box;
  }
}
