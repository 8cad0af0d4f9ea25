// The walk: points that are picked, a slider, and the whole walk with its scores.

import { el } from "./dom.js";
import { post, Stale } from "./api.js";
import { Groups } from "./groups.js";
import { Work } from "./work.js";
import { figure, failed } from "./figure.js";

export class Walk {
  name = "walk";
  title = "Walk";
  hint = "Click samples to walk through them, in this order.";

  constructor(samples, model) {
    this.samples = samples;
    this.groups = new Groups(samples, [{ key: "points", title: "Points", help: "two or more, in order" }], () => this.changed(), true);
    this.steps = el("select", { id: "steps", onchange: () => this.changed() }, ...[8, 16, 32, 64].map((n) => el("option", { value: n, textContent: n, selected: n === 16 })));
    this.slider = el("input", { id: "slider", type: "range", min: 0, max: 0, step: 1, value: 0, disabled: true, "aria-label": "place on the walk", oninput: () => this.show() });
    this.place = el("p", { className: "quiet", id: "place" });
    this.image = el("img", { id: "frame", alt: "the image at this place" });
    this.blend = el("img", { id: "blend", alt: "the pixel blend at this place" });
    this.pair = el("div", { className: "big", hidden: true },
      el("figure", {}, this.image, el("figcaption", { textContent: "The walk in z" })),
      el("figure", {}, this.blend, el("figcaption", { textContent: "Control: blend of the pixels of both ends" })));
    this.score = el("button", { type: "button", id: "score", className: "main", textContent: "Show and score the whole walk", disabled: true, onclick: () => this.run() });
    this.work = new Work();
    this.path = model.path;
    this.element = el("div", {}, el("h2", { textContent: "Walk" }),
      el("p", { className: "quiet", textContent: `Move through z from sample to sample (${this.path === "slerp" ? "along arcs, as the prior is Gaussian" : "straight, as the prior is uniform"}), beside the blend of their pixels.` }),
      this.groups.element,
      el("div", { className: "bar" }, el("label", {}, "Frames of a segment ", this.steps)),
      this.slider, this.place, this.pair, el("div", { className: "bar" }, this.score), this.work.element);
  }

  click(number) { this.groups.click(number); }
  marks(number) { return this.groups.marks(number); }
  request() { return { points: this.groups.picks.points, steps: Number(this.steps.value) }; }

  changed() {
    const { points, steps } = this.request();
    const ready = points.length > 1;
    this.slider.disabled = this.score.disabled = !ready;
    this.slider.max = ready ? (points.length - 1) * steps : 0;
    this.work.clear();
    this.pair.hidden = !ready;
    if (ready) this.show();
    else this.place.textContent = "";
  }

  // show fetches the frame of the slider's place. While one is fetched only the newest place waits.
  async show() {
    this.wanted = { ...this.request(), frame: Number(this.slider.value) };
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.wanted) {
        const asked = this.wanted;
        this.wanted = null;
        const start = performance.now();
        const got = await post("frame", "api/frame", asked);
        const from = asked.points[got.segment];
        this.image.src = "data:image/png;base64," + got.image;
        this.blend.src = "data:image/png;base64," + got.blend;
        this.pair.dataset.frame = got.frame;
        this.pair.dataset.milliseconds = Math.round(performance.now() - start);
        this.place.textContent = `Frame ${got.frame} of ${(asked.points.length - 1) * asked.steps}: step ${got.step} of ${asked.steps} from sample ${from} to ${asked.points[got.segment + 1]}`;
      }
    } catch (e) {
      if (!(e instanceof Stale)) this.work.element.replaceChildren(failed(e));
    } finally {
      this.busy = false;
    }
  }

  run() {
    this.work.run(post("figure", "api/walk", this.request()),
      (a) => figure(a, { note: "Without --snap 0 the command also shows the walk that snaps to the nearest of other images, as a generator that copies would. It writes an animation, too." }));
  }
}
