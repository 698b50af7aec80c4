// Closes windows beside. Arguments: their names. Before it stands `beside.js`. Returns the names of those that are closed now: this page may
// know some of them no more.
const gone = [];
for (const name of arguments[0]) {
  const beside = besides[name];
  if (!beside) continue;
  beside.view.close();
  if (!beside.view.closed) continue;
  delete besides[name];
  gone.push(name);
}
return gone;
