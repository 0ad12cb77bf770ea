// Figures that Python makes with plotly, drawn when they come into sight, in the page's colours.

const PLOTLY = Symbol.for("hpolab.plotly");
const PATIENCE_MS = 6000; // after that, what was asked for is asked for again
const LIVE_MS = 2000; // a figure is drawn anew at most this often because trials came in
const SOON_MS = 1200;
const RESTS = 8; // and for so many times as long as drawing it took
const NARROWEST = 120; // pixels; less has a place only while the page is being laid out
const NEAR = { rootMargin: "500px", scrollMargin: "500px" };
const CONFIG = { displayModeBar: false, displaylogo: false, showTips: false, doubleClick: "reset" };

/** plotly's JavaScript, once for all panels of the page: {draw, twins}, or undefined until then.
    Whichever panel needs it first asks its kernel for it; no host is asked. */
function usePlotly(model, isWanted) {
  const shelf = (globalThis[PLOTLY] ??= { asked: 0, waiting: new Set() });
  const [ready, setReady] = useState(shelf.ready);
  useEffect(() => {
    if (!isWanted || ready) return;
    const take = async (message, buffers) => {
      if (!("library" in message) || shelf.ready || shelf.loading) return;
      shelf.loading = true;
      try {
        shelf.ready = { draw: await load(buffers[0]), twins: message.twins };
        for (const tell of shelf.waiting) tell(shelf.ready);
      } finally {
        shelf.loading = false;
      }
    };
    const ask = () => {
      if (shelf.ready) return setReady(shelf.ready);
      if (Date.now() - shelf.asked < PATIENCE_MS) return;
      shelf.asked = Date.now();
      wish(model, "library");
    };
    model.on("msg:custom", take);
    shelf.waiting.add(setReady);
    ask();
    const again = setInterval(ask, PATIENCE_MS / 4); // the panel that asked may be gone
    return () => {
      clearInterval(again);
      shelf.waiting.delete(setReady);
      model.off("msg:custom", take);
    };
  }, [isWanted, ready]);
  return ready;
}

/** Have plotly fetched while nothing else is to be done, for figures that will likely be looked at:
    reading its script takes a browser most of a second. */
function usePlotlySoon(model) {
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setTime, SOON_MS, true);
    return () => clearTimeout(timer);
  }, []);
  usePlotly(model, isTime);
}

/** Run a packed script as a module of its own, so that no other loader on the page sees it. */
async function load(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const parts = ["const module = { exports: {} }, define = undefined;\n", await new Response(stream).blob(),
    "\nexport default module.exports;"];
  const url = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Whether an element is on the screen, or will be after a little scrolling. */
function useNear(element) {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const watching = new IntersectionObserver((seen) => setNear(seen.at(-1).isIntersecting), NEAR);
    watching.observe(element.current);
    return () => watching.disconnect();
  }, []);
  return isNear;
}

/** How wide an element is, in whole pixels; 0 while it is hidden, or not laid out yet. */
function useWidth(element) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watching = new ResizeObserver(([{ contentRect }]) => contentRect.width > NARROWEST && setWidth(Math.floor(contentRect.width)));
    watching.observe(element.current);
    return () => watching.disconnect();
  }, []);
  return width;
}

const scheme = () => getComputedStyle(document.documentElement).getPropertyValue("--hpo-scheme").trim();

/** "light" or "dark", as the page is now. */
function useScheme() {
  const [now, setNow] = useState(scheme);
  useEffect(() => {
    const look = () => setNow(scheme());
    const system = matchMedia("(prefers-color-scheme: dark)");
    const watching = new MutationObserver(look);
    const where = { attributes: true, attributeFilter: ["data-hpo-theme", "data-jp-theme-light", "class"] };
    for (const element of [document.documentElement, document.body]) watching.observe(element, where);
    system.addEventListener("change", look);
    return () => {
      watching.disconnect();
      system.removeEventListener("change", look);
    };
  }, []);
  return now;
}

/** The figure ``name`` as Python drew it for this ``stamp``: {stamp, text, words, problem}. What is
    shown stays until the next one is there; a new ``choice`` is answered at once, a new stamp alone
    in due time. */
function usePlot(model, { name, stamp, choice = "" }, isNear, here) {
  const [plot, setPlot] = useState(null);
  const asked = useRef({ at: 0, for: null, choice: null, pending: false }).current;
  const [answers, setAnswers] = useState(0);
  useEffect(() => {
    const take = (message, buffers) => {
      if (message.plot !== name) return;
      asked.pending = false;
      setAnswers((n) => n + 1);
      setPlot({ ...message, text: buffers.length ? new TextDecoder().decode(buffers[0]) : "" });
    };
    model.on("msg:custom", take);
    return () => model.off("msg:custom", take);
  }, [name]);
  useEffect(() => {
    if (!isNear || asked.for === stamp) return;
    const since = Date.now() - asked.at;
    const rest = Math.max(LIVE_MS, RESTS * (here.cost ?? 0));
    const wait = asked.pending ? PATIENCE_MS - since : asked.choice === choice ? rest - since : 0;
    const timer = setTimeout(() => {
      Object.assign(asked, { at: Date.now(), for: stamp, choice, pending: true });
      wish(model, "plot", { name });
    }, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [name, stamp, choice, isNear, answers]);
  return plot;
}

/** Text of a figure with every colour of light pages exchanged for its dark twin. */
function darkened(text, twins) {
  const channels = new Map(Object.entries(twins).map(([light, dark]) => [rgb(light), rgb(dark)]));
  return text
    .replace(/#[0-9a-f]{6}\b/gi, (colour) => twins[colour.toLowerCase()] ?? colour)
    .replace(/(rgba?\()(\d+),\s*(\d+),\s*(\d+)/g, (all, kind, ...parts) => {
      const twin = channels.get(parts.slice(0, 3).join(","));
      return twin ? kind + twin : all;
    });
}
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(",");

// drawing takes tens of milliseconds each: one in a frame leaves the page alive
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(() => new Promise(requestAnimationFrame)).then(work)
  .catch((error) => console.error(error)));

const HEIGHT = 320;
const touches = () => matchMedia("(pointer: coarse)").matches;

/** What plotly is told beside what Python says: the room there is, the page's font, no ground. */
function laidOut(layout, { width, uirevision }) {
  const clear = "rgba(0,0,0,0)";
  const family = getComputedStyle(document.documentElement).getPropertyValue("--hpo-font-text").trim();
  return {
    ...layout, width, height: layout.height ?? HEIGHT, autosize: false, uirevision,
    paper_bgcolor: clear, plot_bgcolor: clear, font: { ...layout.font, family },
    dragmode: layout.scene ? layout.dragmode : touches() ? false : layout.dragmode ?? "zoom",
  };
}

const AXIS_WIDTH = 54;
/** Axes side by side need room; where there is less, the frame scrolls. */
const needed = ({ data }) => AXIS_WIDTH * (data[0]?.dimensions?.length ?? 0);

/** A figure as a file that the browser makes: light, on white, with its title. */
function saveFigure(plotly, plot, { format, width, title, file }) {
  const { data, layout } = JSON.parse(plot.text);
  const white = { paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff" };
  const margin = { ...layout.margin, t: (layout.margin?.t ?? 40) + 36 };
  const head = { text: title, x: 0.02, xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 14 } };
  const height = (layout.height ?? HEIGHT) + 36;
  plotly.draw.downloadImage(
    { data, layout: { ...laidOut(layout, { width }), ...white, height, margin, title: head } },
    { format, filename: file, width, height, scale: format === "png" ? 2 : 1 },
  );
}

/** The ways to keep a figure, folded away. */
function Keep({ title, onKeep }) {
  const fold = useRef(null);
  const keep = (format) => () => {
    fold.current.open = false;
    onKeep(format);
  };
  const leave = (event) => event.currentTarget.contains(event.relatedTarget) || (fold.current.open = false);
  const escape = (event) => event.key === "Escape" && (fold.current.open = false);
  return html`<details class="hpo-plot-keep" ref=${fold} onFocusOut=${leave} onKeyDown=${escape}>
    <summary class="hpo-button hpo-plain" aria-label=${`Save “${title}”`} title="Save"><${Icon} name="down" /></summary>
    <div class="hpo-plot-ways">
      <${Button} kind="plain" onClick=${keep("png")}>PNG<//>
      <${Button} kind="plain" onClick=${keep("svg")}>SVG<//>
      <${Button} kind="plain" onClick=${keep("html")}>HTML<//>
    </div>
  </details>`;
}

/** A figure of plotly in a card of its own.
    ``entry`` is {name, title, stamp, choice, height}: what Python is asked for, and how much room it
    will take; words are those of hpolab.plots.Plot, and come with the figure where the entry has none.
    ``onPoint`` gets plotly's point that was clicked; ``ranges`` are those chosen in parallel coordinates,
    by the name of the axis, and ``onBrush`` gets what they shall be; ``children`` stand between title
    and figure. */
function Plotted({ model, entry, ranges, onPoint, onBrush, children, level = "h3" }) {
  const box = useRef(null), here = useRef({}).current;
  const isNear = useNear(box), width = useWidth(box), colours = useScheme();
  const plotly = usePlotly(model, isNear), plot = usePlot(model, entry, isNear, here);
  const words = plot?.words ?? entry;
  const figure = useMemo(() => (plot?.text && plotly || null)
    && JSON.parse(colours === "dark" ? darkened(plot.text, plotly.twins) : plot.text), [plot, plotly, colours]);
  Object.assign(here, { onPoint, onBrush });
  const chosen = ranges && JSON.stringify(ranges);
  useEffect(() => {
    const now = [figure, width, chosen];
    if (!figure || !width || !isNear || here.shows?.every((one, place) => one === now[place])) return;
    here.shows = now;
    inTurn(async () => {
      if (!box.current || here.shows !== now) return;
      const began = performance.now();
      if (chosen) constrain(figure.data[0], ranges);
      const layout = laidOut(figure.layout, { width: Math.max(width, needed(figure)), uirevision: ranges ? null : `${entry.name} ${entry.choice ?? ""}` });
      await plotly.draw.react(box.current, figure.data, layout, CONFIG);
      if (!box.current) return;
      box.current.dataset.drawn = plot.stamp;
      here.cost = performance.now() - began;
      if (!here.listens) listen(box.current, here);
    });
  }, [figure, width, isNear, chosen]);
  useEffect(() => () => globalThis[PLOTLY].ready?.draw.purge(box.current), []);
  const keep = (format) => (format === "html" ? wish(model, "keep", { name: entry.name })
    : saveFigure(plotly, plot, { format, width: Math.max(width, 640), title: entry.title, file: entry.file ?? entry.name }));
  const height = figure?.layout.height ?? entry.height ?? HEIGHT;
  const scrolls = figure && needed(figure) > width;
  const said = `${entry.title}. ${words.verdict || ""} ${words.reading || ""}`;
  return html`<figure class=${`hpo-card hpo-plot ${entry.is_wide ? "hpo-plot-wide" : ""} ${words.verdict && !entry.is_finding ? "hpo-plot-bad" : ""}`} data-plot=${entry.name}>
    <header class="hpo-plot-head">
      <${level} tabindex="-1">${entry.title}<//>
      ${figure && html`<${Keep} title=${entry.title} onKeep=${keep} />`}
    </header>
    ${words.verdict && html`<p class="hpo-plot-verdict">${!entry.is_finding && html`<${Icon} name="warn" />`}<span>${words.verdict}</span></p>`}
    ${children}
    <div class=${`hpo-plot-frame ${scrolls ? "hpo-plot-scrolls" : ""}`} style=${`min-height: ${height}px`}
      aria-busy=${!figure && !plot?.problem} tabindex=${scrolls ? 0 : null}>
      ${!figure && html`<p class="hpo-quiet hpo-plot-wait">${plot?.problem || "Drawing …"}</p>`}
      <div class="hpo-plot-box" ref=${box} role="img" aria-label=${said}></div>
    </div>
    <figcaption>
      ${words.reading && html`<p>${words.reading}</p>`}
      ${words.warning && html`<p class="hpo-quiet">${words.warning}</p>`}
    </figcaption>
  </figure>`;
}

/** Hand on what a person does in a figure: plotly tells of it by events of its own. */
function listen(box, here) {
  here.listens = true;
  box.on("plotly_click", ({ points }) => here.onPoint?.(points[0]));
  box.on("plotly_restyle", () => box.data[0].dimensions && here.onBrush?.(Object.fromEntries(
    box.data[0].dimensions.filter((axis) => axis.constraintrange?.length)
      .map((axis) => [axis.name, axis.constraintrange]))));
}

/** Choose ranges in parallel coordinates: by name, because the axes change places. */
function constrain(trace, ranges) {
  for (const axis of trace.dimensions ?? []) {
    const chosen = ranges[axis.name];
    axis.constraintrange = chosen && (chosen.length === 1 ? chosen[0] : chosen);
  }
}
