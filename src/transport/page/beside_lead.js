// Leads windows beside to addresses, one each in their order, and does not wait. Arguments: the windows' names, the addresses. Before it
// stands `beside.js`. Returns the names of those that it led: this page may know some of them no more. What stands in a window until then
// is marked, so that nobody takes it for the page that comes.
const [names, addresses] = arguments;
const led = [];
for (const name of names) {
  const beside = besides[name];
  if (!beside || beside.view.closed || led.length === addresses.length) continue;
  beside.rest?.end();
  beside.rest = null;
  try {
    beside.view.document[Symbol.for("queqiao.left")] = true;
    beside.view.location.replace(addresses[led.length]);
    led.push(name);
  } catch {
    // It has gone to another origin.
  }
}
return led;
