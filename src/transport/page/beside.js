// The windows that this page has opened beside, by name: each with what tells whether its page is quiet, once that was looked at.
const besides = (window[Symbol.for("queqiao.beside")] ??= {});
