// Knows whether this document can still change by itself: whether its scripts have timers, frames of animation or idle callbacks to
// come, or have ever used something else that may wake them later. Whatever is not known for sure counts as able to: then `rest.js` waits
// as long as it always does.
// The browser runs it before any script of a new document.
(() => {
  const IDLE = Symbol.for("queqiao.idle");
  if (IDLE in window) return;
  const coming = new Set();
  let woken = false; // by what is not counted
  const wake = () => (woken = true);

  // Callbacks that come once, or again and again until they are cleared.
  const counted = (begin, end, kind, repeats) => {
    const [native, cancel] = [window[begin], window[end]];
    window[begin] = function (callback, ...more) {
      if (typeof callback !== "function") return wake(), native.call(window, callback, ...more);
      const run = (...given) => (repeats || coming.delete(kind + id), callback.apply(window, given));
      const id = native.call(window, run, ...more);
      coming.add(kind + id);
      return id;
    };
    window[end] = function (id) {
      coming.delete(kind + id);
      return cancel.call(window, id);
    };
  };
  // Timers of both kinds share their numbers: either function ends either.
  counted("setTimeout", "clearTimeout", "timer", false);
  counted("setInterval", "clearInterval", "timer", true);
  counted("requestAnimationFrame", "cancelAnimationFrame", "frame", false);
  counted("requestIdleCallback", "cancelIdleCallback", "rest", false);

  // A page that is on its way elsewhere.
  window.navigation?.addEventListener("navigate", ({ destination }) => destination.sameDocument || wake());

  // What sends messages, watches, or works beside the page.
  const classes = ["Worker", "SharedWorker", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "BroadcastChannel"].concat(
    ["MessageChannel", "FileReader", "Image", "Audio", "IntersectionObserver", "ResizeObserver", "PerformanceObserver"],
    ["ReportingObserver", "Notification", "RTCPeerConnection", "OffscreenCanvas", "FontFace", "DecompressionStream"],
  );
  for (const name of classes) {
    if (!window[name]) continue;
    window[name] = new Proxy(window[name], { construct: (type, given, as) => (wake(), Reflect.construct(type, given, as)) });
  }
  const methods = [
    [window, "postMessage"],
    [window, "createImageBitmap"],
    [window.Element, "animate"],
    [window.IDBFactory, "open"],
    [window.HTMLMediaElement, "play"],
    [window.Blob, "text"],
    [window.Blob, "arrayBuffer"],
    [window.Document, "startViewTransition"],
  ];
  for (const [of, name] of methods) {
    const on = of?.prototype?.[name] ? of.prototype : of;
    const native = on?.[name];
    if (!native) continue;
    on[name] = function (...given) {
      wake();
      return native.apply(this, given);
    };
  }
  // What is asked for by a name alone.
  const names = [
    [window, ["caches", "scheduler", "navigation", "cookieStore", "WebAssembly", "launchQueue"]],
    [window.Crypto?.prototype, ["subtle"]],
    [window.Document?.prototype, ["fonts"]],
    [window.Navigator?.prototype, ["serviceWorker", "locks", "geolocation", "permissions", "storage", "mediaDevices", "clipboard"]],
  ];
  for (const [on, properties] of names) {
    for (const name of properties) {
      const own = on && Object.getOwnPropertyDescriptor(on, name);
      if (!own?.configurable) continue;
      const get = own.get ?? (() => own.value);
      Object.defineProperty(on, name, {
        ...own.set && { set: own.set },
        get() {
          wake();
          return get.call(this);
        },
        configurable: true,
        enumerable: own.enumerable,
      });
    }
  }

  // What loads by itself when it is put into a page that has loaded.
  const LOADS = "script, link, img, iframe, frame, object, embed, video, audio";
  let loads = null;
  addEventListener("load", () => (loads = document.querySelectorAll(LOADS).length), { capture: true, once: true });

  // What changes, loads or runs by itself.
  const LIVELY =
    "script[type=module i], meta[http-equiv=refresh i], iframe[loading=lazy i], marquee, object, embed, video, audio, svg animate, svg set";
  const isIdle = () =>
    !woken &&
    coming.size === 0 &&
    loads === document.querySelectorAll(LOADS).length &&
    !window.opener && // who opened it may write into it
    !document.querySelector(LIVELY) &&
    document.getAnimations().length === 0 &&
    [...document.scripts].every((script) => !/\bimport\b/.test(script.text)) &&
    [...document.querySelectorAll("iframe, frame")].every((holder) => holder.contentDocument); // another origin's may send messages
  Object.defineProperty(window, IDLE, { value: isIdle });
})();
