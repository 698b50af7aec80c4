// Leads a window beside to an address, and does not wait. Arguments: its name, the address. Before it stands `beside.js`. Returns whether
// this page still knows it and may lead it. What stands in the window until then is marked, so that nobody takes it for the page that
// comes.
const beside = besides[arguments[0]];
if (!beside || beside.view.closed) return false;
beside.rest?.end();
beside.rest = null;
try {
  beside.view.document[Symbol.for("queqiao.left")] = true;
  beside.view.location.replace(arguments[1]);
} catch {
  return false; // it has gone to another origin
}
return true;
