// What all parts of the page use to build it.

// el makes an element: attributes and properties by name, on… handlers, then children.
export function el(tag, props = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (name in e) e[name] = value;
    else e.setAttribute(name, value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

// png is an image element of PNG bytes in base64.
export function png(base64, alt, props = {}) {
  return el("img", { src: "data:image/png;base64," + base64, alt, ...props });
}

let timer = 0;

// say shows a short message in a corner for some seconds.
export function say(text) {
  const box = document.getElementById("message");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { box.hidden = true; }, 8000);
}

// command is a command line with a button that copies it; note says what is to be known of it.
export function command(line, note = "") {
  const button = el("button", { type: "button", textContent: "Copy", title: "Copy the command" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(line);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  const code = el("code", {}, ...line.split(" ").flatMap((word, i) => [i ? " " : "", el("span", { textContent: word })]));
  return el("div", {}, el("div", { className: "command" }, code, button), note ? el("p", { className: "quiet", textContent: note }) : null);
}

// download offers bytes or text as a file.
export function download(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// bytes decodes base64.
export function bytes(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
