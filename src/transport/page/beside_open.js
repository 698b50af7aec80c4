// Opens empty windows with what the session keeps for this tab alone. Arguments: their names. Before it stands `beside.js`. Each
// that opens knows its name until its first page comes.
// Windows of their own, not tabs: the browser paints its row of tabs anew all the time that one of them loads, which takes it longer
// than the page does.
for (const name of arguments[0]) {
  const view = window.open("about:blank", "", `popup,width=${window.innerWidth},height=${window.innerHeight}`);
  if (!view) break;
  view.opener = null; // pages look at who opened them
  view[Symbol.for("queqiao.name")] = name;
  besides[name] = { view, rest: null };
}
