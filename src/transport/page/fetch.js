// Fetches an address with the session of the page. Arguments: address, headers as pairs, most bytes, milliseconds.
const [address, headers, most, limit, done] = arguments;
const stop = new AbortController();
let slow = false;
const timer = setTimeout(() => ((slow = true), stop.abort()), limit);
(async () => {
  const reply = await fetch(address, { headers, credentials: "include", cache: "no-store", signal: stop.signal });
  const parts = [];
  let bytes = 0;
  const reader = reply.body?.getReader();
  while (reader) {
    const { done: over, value } = await reader.read();
    if (over) break;
    bytes += value.length;
    if (bytes > most) {
      stop.abort();
      throw { kind: "large", words: "" };
    }
    parts.push(value);
  }
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
})()
  .then((value) => done({ value }))
  .catch((fault) => done({ fault: { kind: slow ? "timeout" : (fault.kind ?? "refused"), words: fault.words ?? String(fault) } }))
  .finally(() => clearTimeout(timer));
