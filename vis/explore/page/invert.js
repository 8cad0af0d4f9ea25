// Inversion: a picture of one's own, and the nearest image that the generator makes.

import { el, download, bytes } from "./dom.js";
import { upload } from "./api.js";
import { Work } from "./work.js";
import { figure } from "./figure.js";

export class Invert {
  name = "invert";
  title = "Invert";
  hint = "";
  alone = true; // the samples are not needed here

  constructor(samples, model) {
    this.work = new Work();
    this.file = el("input", { type: "file", id: "file", accept: "image/png,image/jpeg", onchange: () => this.run() });
    this.steps = el("input", { type: "number", id: "invertsteps", min: 1, max: 3000, value: 300 });
    this.restarts = el("input", { type: "number", id: "restarts", min: 1, max: 16, value: 4 });
    const drop = el("div", { className: "drop" }, el("label", {}, "A picture, PNG or JPEG, or drop it here: ", this.file));
    drop.addEventListener("dragover", (e) => { e.preventDefault(); drop.classList.add("over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (e) => {
      e.preventDefault();
      drop.classList.remove("over");
      if (e.dataTransfer.files.length) { this.file.files = e.dataTransfer.files; this.run(); }
    });
    this.again = el("button", { type: "button", id: "again", textContent: "Invert again", disabled: true, onclick: () => this.run() });
    this.element = el("div", {}, el("h2", { textContent: "Invert" }),
      el("p", { className: "quiet", textContent: `Look for the z whose image is nearest to your picture. Its middle square is taken, at ${model.size}×${model.size} pixels. It stays on this machine.` }),
      drop, el("div", { className: "bar" }, el("label", {}, "Steps ", this.steps), el("label", {}, "Starts ", this.restarts), this.again), this.work.element);
  }

  click() {}
  marks() { return []; }

  run() {
    const file = this.file.files[0];
    this.again.disabled = !file;
    if (!file) return;
    const path = `api/invert?steps=${encodeURIComponent(this.steps.value)}&restarts=${encodeURIComponent(this.restarts.value)}`;
    this.work.run(upload("figure", path, file), (a) => {
      const save = el("button", { type: "button", id: "array", textContent: "Download picture.npy", onclick: () => download("picture.npy", bytes(a.array), "application/octet-stream") });
      const shown = figure(a, { large: true, note: "The command reads picture.npy, which is your picture as the generator sees it." });
      shown.append(el("div", { className: "bar" }, save));
      return shown;
    });
  }
}
