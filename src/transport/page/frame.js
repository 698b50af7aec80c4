// Leads one frame to an address and waits until it has loaded; the pages around it stay.
// Arguments: path of frames (name, id or CSS each), address, limit in milliseconds.
const [path, address, limit, done] = arguments;
const fault = (kind, words) => done({ fault: { kind, words } });

function holderOf(page, wanted) {
  const all = Array.from(page.querySelectorAll("iframe, frame"));
  for (const sort of ["name", "id"]) {
    const hits = all.filter((frame) => frame.getAttribute(sort) === wanted);
    if (hits.length === 1) return hits[0];
    if (hits.length > 1) throw `${hits.length} frames have the ${sort} "${wanted}"`;
  }
  let hits = [];
  try {
    hits = all.filter((frame) => frame.matches(wanted));
  } catch {
    // Not CSS: it was meant as a name.
  }
  if (hits.length === 1) return hits[0];
  const there = all.map((frame) => frame.getAttribute("name") || frame.id || frame.getAttribute("src")).join(", ");
  throw `${hits.length} frames answer to "${wanted}"; the page has: ${there || "none"}`;
}

try {
  let page = document;
  let holder = null;
  for (const wanted of path) {
    if (!page) throw `the frame around "${wanted}" is of another origin`;
    holder = holderOf(page, wanted);
    page = holder.contentDocument;
  }
  const now = page ? new URL(page.URL) : null;
  const target = new URL(address, page && page.URL.startsWith("http") ? page.baseURI : document.baseURI);
  const begun = performance.now();
  const timer = setTimeout(() => {
    // A page that is there, while some part of it never comes, is taken as it is.
    const reached = holder.contentDocument;
    const age = reached?.defaultView.performance.now();
    if (reached && reached.readyState !== "loading" && age < performance.now() - begun) done({ value: null });
    else fault("timeout", "");
  }, limit);
  const loaded = () => {
    clearTimeout(timer);
    const reached = holder.contentDocument;
    if (!reached && target.origin === location.origin) fault("refused", "the server gave no answer");
    else done({ value: null });
  };
  const sameDocument = now && now.href.split("#")[0] === target.href.split("#")[0];
  if (sameDocument && target.hash !== "" && target.hash !== now.hash) {
    // A route of a single-page application: no load event comes.
    holder.contentWindow.addEventListener("hashchange", loaded, { once: true });
    holder.contentWindow.location.hash = target.hash;
  } else {
    const lead = () => {
      holder.addEventListener("load", loaded, { once: true });
      holder.contentWindow.location.replace(target.href);
    };
    // Never a reload: of a page that answers a form, that would send the form once more. To the place where the frame is already
    // there is no way but by nowhere.
    if (sameDocument && target.hash !== "") {
      holder.addEventListener("load", lead, { once: true });
      holder.contentWindow.location.replace("about:blank");
    } else if (sameDocument) {
      lead();
    } else {
      holder.addEventListener("load", loaded, { once: true });
      holder.contentWindow.location.href = target.href;
    }
  }
} catch (words) {
  fault("refused", String(words));
}
