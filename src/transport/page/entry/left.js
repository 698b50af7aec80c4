// How far an entry came in the page before this one; null when none went away. Arguments: the name under which it is kept.
try {
  const kept = sessionStorage.getItem(arguments[0]);
  sessionStorage.removeItem(arguments[0]);
  return kept === null ? null : Number(kept);
} catch {
  return null; // a page of no origin keeps nothing
}
