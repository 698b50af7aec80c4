// Waits until the page in this window is there and quiet, and reads it. Arguments: quiet and limit in milliseconds. Before it stand the
// functions `settle`, `asked` and `snapshot`, each the script of that name. Replies with what the page has asked, or with the page;
// with neither when none has come.
const [quiet, limit, done] = arguments;
settle(quiet, limit, false, ({ value: settled }) => {
  try {
    // What never comes to rest is taken as it is, but not what stood there before.
    const arrived = settled || document[Symbol.for("queqiao.left")] !== true;
    const words = arrived ? asked() : null;
    done({ value: { asked: words, reading: arrived && words === null ? snapshot(false, 0) : null } });
  } catch (fault) {
    done({ fault: { kind: "refused", words: String(fault) } });
  }
});
