const VISITOR = "hpolab-visitor";

/** The number of whoever sits here: 128 random bits, kept by this browser for the next time. */
function visitor() {
  try {
    const known = localStorage.getItem(VISITOR);
    if (/^[0-9a-f]{32}$/.test(known)) return known;
  } catch { /* nothing can be kept here; the number holds for this page */ }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  try { localStorage.setItem(VISITOR, made); } catch { /* as above */ }
  return made;
}

function Entrance({ model }) {
  useEffect(() => wish(model, "arrive", { visitor: visitor() }), []);
  return null;
}

export default panel(Entrance);
