// Requests to the program. Each lane has one at a time: a newer one ends the older.

const page = crypto.getRandomValues(new Uint32Array(2)).join("-");
const running = new Map();

// Stale is thrown where a newer request has taken the place of this one: nothing is to be said.
export class Stale extends Error {}

// Conflict is thrown where the user has to say whether something is replaced; its message asks.
export class Conflict extends Error {}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch (e) {
    if (e.name === "AbortError") throw new Stale();
    throw new Error("The program does not answer. Has it been stopped? Start it again and open the new address.");
  }
  const text = await response.text();
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    value = { error: text.trim() };
  }
  if (response.ok) return value;
  if (response.status === 410) throw new Stale();
  const said = value.error || `status ${response.status}`;
  throw response.status === 409 ? new Conflict(said) : new Error(said);
}

function send(lane, path, options) {
  running.get(lane)?.abort();
  const control = new AbortController();
  running.set(lane, control);
  const query = (path.includes("?") ? "&" : "?") + "page=" + page;
  return answer(fetch(path + query, { method: "POST", signal: control.signal, ...options })).finally(() => {
    if (running.get(lane) === control) running.delete(lane);
  });
}

export function get(path) {
  return answer(fetch(path));
}

// post sends JSON.
export function post(lane, path, body) {
  return send(lane, path, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

// upload sends a file.
export function upload(lane, path, file) {
  return send(lane, path, { headers: { "Content-Type": "application/octet-stream" }, body: file });
}

// stop ends the request of a lane.
export function stop(lane) {
  running.get(lane)?.abort();
}
