// Opens an empty window with what the session keeps for this tab alone. Arguments: its name. Before it stands `beside.js`. Returns
// whether it was opened.
// A window of its own, not a tab: the browser paints its row of tabs anew all the time that one of them loads, which takes it longer
// than the page does.
const view = window.open("about:blank", "", `popup,width=${window.innerWidth},height=${window.innerHeight}`);
if (!view) return false;
view.opener = null; // pages look at who opened them
besides[arguments[0]] = { view, rest: null };
return true;
