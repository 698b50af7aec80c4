// Fetches addresses with the session of the page, side by side. Arguments: for each its address and what is posted (its kind
// and its bytes in Base64, or nothing); headers as pairs, most bytes of all together, milliseconds. Replies to each with a
// value or a fault; with null to one that would have been too much beside the others.
const [wanted, headers, most, limit, done] = arguments;
let room = most;

async function one(address, posted, signal) {
  const asked = { headers: new Headers(headers), credentials: "include", cache: "no-store", signal };
  if (posted) {
    asked.method = "POST";
    asked.headers.set("Content-Type", posted[0]);
    asked.body = Uint8Array.from(atob(posted[1]), (letter) => letter.charCodeAt(0));
  }
  const reply = await fetch(address, asked);
  const parts = [];
  let bytes = 0;
  const reader = reply.body?.getReader();
  while (reader) {
    const { done: over, value } = await reader.read();
    if (over) break;
    bytes += value.length;
    if (bytes > most) throw { kind: "large", words: "" };
    parts.push(value);
  }
  if (bytes > room) return null;
  room -= bytes;
  const whole = await new Promise((resolve, reject) => {
    const file = new FileReader();
    file.onload = () => resolve(file.result);
    file.onerror = () => reject(file.error);
    file.readAsDataURL(new Blob(parts));
  });
  const body = bytes === 0 ? "" : whole.slice(whole.indexOf(",") + 1);
  const told = (name) => reply.headers.get(name);
  return {
    address: reply.url,
    status: reply.status,
    content_type: told("content-type"),
    disposition: told("content-disposition"),
    etag: told("etag"),
    last_modified: told("last-modified"),
    body,
  };
}

async function within([address, posted]) {
  const stop = new AbortController();
  let slow = false;
  const timer = setTimeout(() => ((slow = true), stop.abort()), limit);
  try {
    const value = await one(address, posted, stop.signal);
    return value && { value };
  } catch (fault) {
    stop.abort();
    return { fault: { kind: slow ? "timeout" : (fault.kind ?? "refused"), words: fault.words ?? String(fault) } };
  } finally {
    clearTimeout(timer);
  }
}

Promise.all(wanted.map(within)).then((value) => done({ value }));
