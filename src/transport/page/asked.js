// What this page or one in its frames has asked in a dialog; null if nothing. Arguments: the window, unless it is this one.
const KEY = Symbol.for("queqiao.asked");
const asked = (view) => {
  let words = view[KEY] ?? null;
  for (let at = 0; words === null && at < view.frames.length; at += 1) {
    try {
      words = asked(view.frames[at]);
    } catch {
      // Another origin's.
    }
  }
  return words;
};
return asked(arguments[0] ?? window);
