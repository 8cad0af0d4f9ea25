// Forgetting: boxes round an object, the maps that draw it, and a switch that drops them.

import { el, say, command, download } from "./dom.js";
import { post, Stale, Conflict } from "./api.js";
import { Editor } from "./editor.js";
import { Work } from "./work.js";
import { figure } from "./figure.js";

const findIn = 150;

export class Forget {
  name = "forget";
  title = "Forget";
  hint = "Click a sample to draw boxes on it.";

  constructor(samples, model) {
    this.samples = samples;
    this.model = model;
    this.list = model.boxes.slice();
    this.saved = true;
    this.maps = [];
    this.selected = null;
    this.editor = new Editor(model.size, (box) => this.add(box));
    this.work = new Work();
    this.finding = new Work();
    this.found = el("div", { id: "found" });
    this.items = el("ul", { className: "boxes", id: "boxes" });
    this.count = el("p", { className: "quiet", id: "boxcount" });
    this.layer = el("select", { id: "layer", onchange: () => this.unfit() },
      ...model.layers.map((l) => el("option", { value: l.name, selected: l.name === model.layer, textContent: `${l.name}: ${l.maps} maps of ${l.side}×${l.side}` })));
    this.cost = el("input", { id: "cost", type: "number", min: 0, step: "any", value: 0.1, onchange: () => this.unfit() });
    this.find = el("button", { type: "button", id: "findmaps", className: "main", textContent: "Find the maps", onclick: () => this.findMaps() });
    this.editing = el("div", {}, el("p", { className: "quiet", id: "editing" }), this.editor.element, this.editor.numbers);
    this.element = el("div", {}, el("h2", { textContent: "Forget" }),
      el("p", { className: "quiet", textContent: "Draw boxes round an object. The maps of a layer that respond inside the boxes are found, and set to 0." }),
      el("div", { className: "sides" }, this.editing,
        el("div", {}, el("h3", { textContent: "Boxes" }), this.count, this.items, this.buttons(), this.finding.element)),
      el("h3", { textContent: "Maps" }),
      el("div", { className: "bar" }, el("label", {}, "Layer ", this.layer), el("label", {}, "C ", this.cost), this.find), this.found, this.work.element);
    this.draw();
  }

  buttons() {
    const found = this.model.finds
      ? el("button", { type: "button", id: "findboxes", textContent: `Find boxes in samples 0 to ${findIn - 1}`, onclick: () => this.findBoxes() }) : null;
    const save = this.model.file
      ? el("button", { type: "button", id: "save", textContent: `Save to ${this.model.file}`, onclick: () => this.save(false) }) : null;
    return el("div", { className: "bar" }, save, el("button", { type: "button", id: "download", textContent: "Download boxes.json", onclick: () => this.save(true) }), found);
  }

  click(number) {
    this.selected = number;
    const image = this.samples.images.get(number);
    if (!image) {
      say("Switch the drop off first: boxes are drawn on the samples as they are.");
      return;
    }
    this.editor.show(number, image, this.boxes(number));
    this.draw();
  }

  opened() { if (this.selected === null && this.samples.images.has(0)) this.click(0); }
  boxes(number) { return this.list.filter((b) => b.image === number); }
  marks() { return []; } // the boxes themselves are shown

  add(box) {
    this.list.push(box);
    this.changed();
  }

  changed() {
    this.saved = false;
    this.unfit();
    this.draw();
  }

  draw() {
    this.editing.hidden = this.selected === null;
    this.editing.firstChild.textContent = `Sample ${this.selected}: drag to draw a box, or give its numbers (x1 and y1 are exclusive).`;
    const images = new Set(this.list.map((b) => b.image)).size;
    this.count.textContent = this.list.length ? `${this.list.length} in ${images} samples${this.saved ? "" : ", not saved"}; ten or more are better.` : "None yet.";
    this.items.replaceChildren(...this.list.map((b, i) => el("li", {},
      `sample ${b.image}: columns ${b.x0} to ${b.x1 - 1}, rows ${b.y0} to ${b.y1 - 1}`,
      el("button", { type: "button", textContent: "Delete", "aria-label": `delete the box of sample ${b.image}`, onclick: () => { this.list.splice(i, 1); this.changed(); } }))));
    if (this.selected !== null) this.editor.mark(this.boxes(this.selected));
    this.find.disabled = !this.list.length;
    if (this.samples.tool === this) this.samples.mark();
  }

  // unfit forgets the maps that were found with other boxes or settings.
  unfit() {
    this.maps = [];
    this.finding.clear();
    this.work.clear();
    this.found.replaceChildren();
    if (this.samples.drop) this.samples.dropMaps(null);
  }

  // save writes the file of boxes, or downloads it. Of a file that another program or page has changed
  // it asks whether it may be replaced.
  async save(asFile, replace = false) {
    try {
      const got = await post("boxes", "api/boxes", { boxes: this.list, state: this.model.state, replace });
      this.model.state = got.state;
      if (asFile) download("boxes.json", got.text, "application/json");
      else say(`Saved to ${got.file}.`);
      this.saved = this.saved || !asFile || !this.model.file;
      this.draw();
    } catch (e) {
      if (e instanceof Conflict) {
        if (window.confirm(e.message)) return this.save(asFile, true);
        say("Nothing was saved.");
      } else if (!(e instanceof Stale)) say(e.message);
    }
  }

  // findBoxes adds the boxes that the detector finds. Samples that have boxes keep theirs.
  findBoxes() {
    this.unfit();
    const n = Math.min(findIn, this.model.samples);
    const own = new Set(this.list.map((b) => b.image));
    this.finding.run(post("figure", "api/forget/boxes", { n, layer: this.layer.value }), (got) => {
      const added = got.boxes.filter((b) => !own.has(b.image));
      this.list = this.list.concat(added).sort((a, b) => a.image - b.image);
      this.saved = this.saved && !added.length;
      const first = this.list.find((b) => this.samples.images.has(b.image));
      if (first) this.click(first.image);
      else this.draw();
      return el("p", { id: "foundboxes", textContent: this.foundText(n, added.length, own.size, got) });
    }, "The detector of the second object is fitted on drawn images at its first use.");
  }

  foundText(n, added, own, got) {
    const images = new Set(got.boxes.map((b) => b.image)).size;
    return [`${got.boxes.length} boxes were found in ${images} of the samples 0 to ${n - 1}`,
      own ? `, of which ${added} were added to samples that had none.` : ".",
      got.small ? ` ${got.small} more are too small for this layer: they hold the centre of no cell.` : "",
      ` On ${got.drawn} held-out drawn images, ${(100 * got.precision).toFixed(1)} % of the boxes that the detector finds are right, and it finds ${(100 * got.recall).toFixed(1)} % of the second objects.`].join("");
  }

  request() { return { boxes: this.list, layer: this.layer.value, c: Number(this.cost.value) }; }

  findMaps() {
    this.unfit();
    const asked = this.request();
    this.work.run(post("figure", "api/forget/maps", asked), (got) => {
      this.maps = got.maps.map((m) => ({ ...m, on: true }));
      this.found.replaceChildren(this.chosen(got, asked));
      return el("span");
    });
  }

  // dropped are the maps that are chosen.
  dropped() { return this.maps.filter((m) => m.on).map((m) => m.map).sort((a, b) => a - b); }

  chosen(got, asked) {
    const line = el("div", {});
    const onoff = el("input", { type: "checkbox", id: "drop", role: "switch", onchange: () => this.drop(onoff.checked) });
    const score = el("button", { type: "button", id: "score", textContent: "Score with random maps as control", onclick: () => this.score(asked) });
    const changed = () => {
      this.work.clear();
      const all = this.maps.every((m) => m.on);
      line.replaceChildren(command(all ? got.command : got.command.replace(" --out ", ` --maps ${this.dropped().join(",")} --out `), this.note()));
      score.disabled = onoff.disabled = !this.dropped().length;
      if (onoff.disabled) onoff.checked = false;
      if (onoff.checked || this.samples.drop) this.drop(onoff.checked);
    };
    const maps = el("div", { className: "maps" }, ...this.maps.map((m) => el("label", { title: `weight ${m.weight.toPrecision(3)}` },
      el("input", { type: "checkbox", checked: true, onchange: (e) => { m.on = e.target.checked; changed(); } }), ` ${m.map}`)));
    changed();
    return el("div", {}, el("p", { id: "mapcount", textContent: `${got.maps.length} of ${got.of} maps have a positive weight (${got.inside} cells inside the boxes, ${got.outside} outside), the largest first:` }),
      maps, el("div", { className: "bar" }, el("label", { className: "switch" }, onoff, " Drop these maps in all samples"), score), line);
  }

  note() {
    return this.model.file ? "The command reads the saved boxes." : "The command reads the boxes that were downloaded.";
  }

  drop(on) {
    return this.samples.dropMaps(on ? { layer: this.layer.value, maps: this.dropped() } : null);
  }

  score(asked) {
    const all = this.maps.every((m) => m.on);
    this.work.run(post("figure", "api/forget/score", all ? asked : { ...asked, maps: this.dropped() }), (a) => figure(a, { large: true, line: false }));
  }
}
