// Opens an empty window with what the session keeps for this tab alone. Arguments: its name. Returns whether it was opened.
const known = (window[Symbol.for("queqiao.beside")] ??= {});
const view = window.open("about:blank");
if (view) view.opener = null; // pages look at who opened them
known[arguments[0]] = view;
return Boolean(view);
