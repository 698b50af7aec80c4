// What the page's origin has stored for scripts, and how the browser names itself.
const all = (area) => {
  try {
    return Object.fromEntries(Object.keys(area()).map((key) => [key, area().getItem(key)]));
  } catch {
    return {}; // a page of no origin (about:blank, data:) has none
  }
};
return {
  origin: location.origin,
  user_agent: navigator.userAgent,
  local: all(() => localStorage),
  session: all(() => sessionStorage),
};
