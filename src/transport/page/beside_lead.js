// Leads a window that `beside_open.js` opened to an address, and does not wait. Arguments: its name, the address. Returns whether this
// page still knows it. What stands in the window until then is marked, so that nobody takes it for the page that comes.
const view = window[Symbol.for("queqiao.beside")]?.[arguments[0]];
if (!view || view.closed) return false;
view.document[Symbol.for("queqiao.left")] = true;
view.location.replace(arguments[1]);
return true;
