// What all panels share: drawing what Python says, telling it what is wished, small pictures.
const { h, render, html, useEffect, useLayoutEffect, useMemo, useRef, useState } = preact;

/** A front end for anywidget: View gets {model, view, problem}, anew after every change. */
function panel(View) {
  return {
    render({ model, el }) {
      el.classList.add("hpo");
      // or JupyterLab keeps arrows and Enter for itself; it looks at what has the focus, not above it
      const focus = ({ target }) => (target.dataset.lmSuppressShortcuts = "true");
      el.addEventListener("focusin", focus);
      let waiting = 0;
      const draw = () => {
        waiting = 0;
        const problem = model.get("problem");
        render(
          html`<${View} model=${model} view=${model.get("view")} />
            <p class="hpo-problem" role="alert" hidden=${!problem}>${problem}</p>`,
          el,
        );
      };
      // one drawing per frame, however many traits have changed
      const later = () => (waiting ||= requestAnimationFrame(draw));
      draw();
      model.on("change", later);
      model.on("msg:custom", save);
      return () => {
        cancelAnimationFrame(waiting);
        model.off("change", later);
        model.off("msg:custom", save);
        el.removeEventListener("focusin", focus);
        render(null, el);
      };
    },
  };
}

/** Hand a file that Python has sent to the browser, which asks where to keep it. */
function save(message, buffers) {
  if (!message.download) return;
  const url = URL.createObjectURL(new Blob(buffers, { type: message.type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: message.download });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Tell Python what is wished: calls its method wish_<verb> with these details. */
const wish = (model, verb, details = {}) => model.send({ wish: verb, ...details });

/** Set traits of the panel in Python. */
function assign(model, traits) {
  for (const [name, value] of Object.entries(traits)) model.set(name, value);
  model.save_changes();
}

/** A wish that follows a moving slider: never more than one on its way, and the last one counts. */
function useStream(model, verb) {
  const stream = useRef({ busy: false, next: null }).current;
  const free = () => {
    stream.busy = false;
    if (stream.next) [go(stream.next), (stream.next = null)];
  };
  const go = (details) => {
    stream.busy = true;
    wish(model, verb, details);
    setTimeout(free, 500); // whatever happened to the answer
  };
  useEffect(() => {
    model.on("change:view", free);
    return () => model.off("change:view", free);
  }, []);
  return (details) => (stream.busy ? (stream.next = details) : go(details));
}

/** Scroll to the top of what was opened further down the page, once for every ``what``. */
function useInSight(top, what) {
  useEffect(() => {
    const away = top.current ? top.current.getBoundingClientRect().top : 0;
    if (away < 0 || away > innerHeight) top.current.scrollIntoView();
  }, [what]);
}

/** Lets the cards of a list glide to where they belong now, unless less motion is wished.
    From a place in a list of another width they would come from beyond the page's edge. */
function useGlide(list, order) {
  const before = useRef({ order: "", width: 0, places: new Map() });
  useLayoutEffect(() => {
    const places = new Map();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const width = list.current?.clientWidth ?? 0;
    const moves = before.current.width === width && before.current.order !== order && !still;
    for (const card of list.current?.children ?? []) {
      const place = [card.offsetLeft, card.offsetTop];
      places.set(card.dataset.trial, place);
      const old = before.current.places.get(card.dataset.trial);
      if (!moves || (old && old[0] === place[0] && old[1] === place[1])) continue;
      const from = old
        ? { transform: `translate(${old[0] - place[0]}px, ${old[1] - place[1]}px)` }
        : { opacity: 0 };
      card.animate([from, { transform: "none", opacity: 1 }], { duration: 220, easing: "cubic-bezier(.2,.7,.2,1)" });
    }
    before.current = { order, width, places };
  });
}

// ---- words -----------------------------------------------------------------------------------

const missing = (x) => x === null || x === undefined || Number.isNaN(x);
const share = (x, digits = 1) => (missing(x) ? "–" : `${(100 * x).toFixed(digits)} %`);
const score = (x) => (missing(x) ? "–" : x.toFixed(3));
const loss = (x, digits) => (missing(x) ? "–" : digits === 0 ? String(+x.toFixed(2)) : x.toFixed(3));
const several = (n, one, many = one + "s") => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** A span of time as a person says it: "8 s", "3 min 20 s", "2 h 5 min". */
function span(seconds) {
  if (missing(seconds)) return "–";
  const s = Math.round(seconds);
  if (s < 100) return `${s} s`;
  if (s < 6000) return `${Math.floor(s / 60)} min${s % 60 && s < 600 ? ` ${s % 60} s` : ""}`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

/** 17464789 -> "17.5 MB". */
function bytes(n) {
  if (missing(n)) return "…";
  if (n < 1000) return several(n, "byte");
  const [unit, one] = n < 1e6 ? ["kB", 1e3] : n < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  const size = n / one;
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** A hyperparameter's value, short: 0.00123 -> "1.23e-3". */
function value(x) {
  if (typeof x === "boolean") return x ? "yes" : "no";
  if (typeof x !== "number" || Number.isInteger(x)) return String(x);
  const size = Math.abs(x);
  return size >= 0.01 && size < 1e4 ? String(+x.toPrecision(3)) : x.toExponential(2);
}

/** "neuron_utilisation" -> "neuron utilisation". */
const words = (name) => name.replaceAll("_", " ");
const series = (name) => `var(--hpo-${name.replaceAll("_", "-")})`;

// ---- pieces ----------------------------------------------------------------------------------

/** Icons, as paths in a box of 16; they decorate: the words beside them carry the meaning. */
const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  stop: "M3.5 3.5h9v9h-9z",
  plus: "M7 2.5h2V7h4.5v2H9v4.5H7V9H2.5V7H7z",
  close: "M3.4 4.8 4.8 3.4 8 6.6l3.2-3.2 1.4 1.4L9.4 8l3.2 3.2-1.4 1.4L8 9.4l-3.2 3.2-1.4-1.4L6.6 8z",
  check: "m6.5 12.6-4-4 1.5-1.4 2.5 2.5L12 4.1l1.5 1.4z",
  warn: "M8 1.5 15.2 14H.8zM7.2 6v4h1.6V6zm0 5v1.6h1.6V11z",
  star: "m8 1.2 2 4.3 4.7.6-3.4 3.2.9 4.7L8 11.7 3.8 14l.9-4.7L1.3 6.1 6 5.5z",
  down: "M7 2h2v7l2.6-2.6L13 7.8l-5 5-5-5 1.4-1.4L7 9zM2.5 13.5h11V15h-11z",
  trash: "M6 1.5h4l.6 1H14V4H2V2.5h3.4zM3 5h10l-.8 9.5H3.8z",
  left: "M10.5 2.5 12 4 8 8l4 4-1.5 1.5L5 8z",
  right: "M5.5 2.5 4 4l4 4-4 4 1.5 1.5L11 8z",
};
const Icon = ({ name }) =>
  html`<svg class="hpo-icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${ICONS[name]} /></svg>`;

/** A button; ``kind`` is "main" for the one that a person most likely wants, "bad" for harm. */
const Button = ({ icon, kind = "", children, ...rest }) =>
  html`<button type="button" class=${`hpo-button ${kind && `hpo-${kind}`}`} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}
  </button>`;

const STATE_TONES = {
  waiting: "quiet", running: "accent", completed: "good", pruned: "warn", failed: "bad",
  cancelled: "quiet", new: "quiet", paused: "warn", finished: "good", stopped: "quiet",
  interrupted: "bad", damaged: "bad",
};
/** What state a trial or sweep is in: a word on its colour. */
const State = ({ state }) =>
  html`<span class=${`hpo-state hpo-tone-${STATE_TONES[state] || "quiet"}`}>${state}</span>`;

/** A labelled number. */
const Figure = ({ label, children, title }) =>
  html`<div class="hpo-figure" title=${title}><dt>${label}</dt><dd>${children}</dd></div>`;

/** A form field: its label, its control, and below what is wrong with it. */
const Field = ({ label, hint, error, children, id }) =>
  html`<div class=${`hpo-field ${error ? "hpo-wrong" : ""}`}>
    <label for=${id}>${label}</label>
    ${children}
    ${hint && html`<p class="hpo-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="hpo-error" id=${`${id}-error`}>${error}</p>`}
  </div>`;

/** A line through numbers over epochs, all on one scale so that curves side by side compare;
    ``also`` is a second, quieter one. */
function Curve({ values, also = [], epochs, label, low = 0, high = 1, width = 220, height = 64 }) {
  const last = Math.max(epochs || 0, values.length, also.length, 2) - 1;
  const room = high - low;
  const x = (i) => 3 + (i / last) * (width - 6);
  const y = (v) => height - 4 - ((v - low) / room) * (height - 8);
  const points = (line) =>
    line.map((v, i) => (missing(v) ? null : `${x(i).toFixed(1)},${y(v).toFixed(1)}`))
      .filter(Boolean).join(" ");
  const end = values.length - 1;
  return html`<svg class="hpo-curve" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}
    preserveAspectRatio="none">
    <polyline class="hpo-also" points=${points(also)} />
    <polyline points=${points(values)} />
    ${end >= 0 && !missing(values[end]) &&
    html`<path class="hpo-end" d=${`M${x(end).toFixed(1)} ${y(values[end]).toFixed(1)}h0`} />`}
  </svg>`;
}

/** The health metrics as a filled polygon; a metric that does not apply has a hollow spoke. */
function Radar({ metrics, names, label, size = 72 }) {
  const middle = size / 2, reach = middle - 3;
  const at = (i, r) => {
    const angle = (2 * Math.PI * i) / names.length - Math.PI / 2;
    return [middle + r * reach * Math.cos(angle), middle + r * reach * Math.sin(angle)]
      .map((v) => v.toFixed(1)).join(",");
  };
  const ring = (r) => names.map((_, i) => at(i, r)).join(" ");
  const shape = names.map((name, i) => at(i, metrics[name] ?? 0)).join(" ");
  return html`<svg class="hpo-radar" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label}>
    <polygon class="hpo-ring" points=${ring(1)} /><polygon class="hpo-ring" points=${ring(0.5)} />
    ${names.map((name, i) => {
      const [x, y] = at(i, 1).split(",");
      return html`<line x1=${middle} y1=${middle} x2=${x} y2=${y}
        class=${name in metrics ? "" : "hpo-absent"} />`;
    })}
    <polygon class="hpo-shape" points=${shape} />
    ${names.map((name, i) => {
      const [x, y] = at(i, metrics[name] ?? 0).split(",");
      return name in metrics && html`<circle cx=${x} cy=${y} r="2" fill=${series(name)} />`;
    })}
  </svg>`;
}

/** Numbers between low and high to write beside an axis, about ``wanted`` of them. */
function ticks(low, high, wanted = 4) {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => +((first + i) * step).toPrecision(6));
}

/** Lines over epochs with axes. ``lines`` are {name, at, values, tone, quiet}: ``at`` are epochs,
    tone is the name of a colour, quiet ones are dashed. The legend says the values where the
    pointer is, else the last ones. */
function Chart({ title, lines, epochs, low = 0, high, format = score, height = 180 }) {
  const [pointed, setPointed] = useState(null);
  const known = lines.flatMap((line) => line.values.filter((v) => !missing(v)));
  const top = high ?? (ticks(low, Math.max(...known, low + 0.1)).at(-1) * 1.0001 || 1);
  const marks = ticks(low, Math.max(top, ...(high ? [] : known)));
  const ceiling = Math.max(top, marks.at(-1), ...(high ? [] : known));
  const last = Math.max(epochs, 2);
  const x = (epoch) => (100 * (epoch - 1)) / (last - 1);
  const y = (v) => 100 - (100 * (Math.min(v, ceiling) - low)) / (ceiling - low);
  const path = (line) => line.values.map((v, i) => (missing(v) ? "" :
    `${i && !missing(line.values[i - 1]) ? "L" : "M"}${x(line.at[i]).toFixed(2)} ${y(v).toFixed(2)}`)).join("");
  const nearest = (line) => {
    let best = line.at.length - 1;
    const away = (i) => Math.abs(line.at[i] - pointed);
    while (pointed !== null && best > 0 && away(best - 1) <= away(best)) best--;
    return best;
  };
  const reading = (line) => (line.at.length ? format(line.values[nearest(line)]) : "–");
  const point = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointed(Math.round(1 + ((event.clientX - box.left) / box.width) * (last - 1)));
  };
  const shown = pointed ?? Math.max(0, ...lines.map((line) => line.at.at(-1) ?? 0));
  const words = lines.map((line) => `${line.name} ${reading(line)}`).join(", ");
  return html`<figure class="hpo-chart" role="img" aria-label=${`${title} after epoch ${shown}: ${words}`}>
    <figcaption aria-hidden="true">
      <b>${title}</b>${lines.map((line) => html`<span class=${`hpo-key ${line.quiet ? "hpo-key-quiet" : ""}`}
        style=${`--line: var(--hpo-${line.tone})`}>${line.name} <b>${reading(line)}</b></span>`)}
    </figcaption>
    <div class="hpo-chart-area" aria-hidden="true" style=${`height: ${height}px`}
      onPointerMove=${point} onPointerLeave=${() => setPointed(null)}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        ${marks.map((v) => html`<path class="hpo-grid" d=${`M0 ${y(v)}H100`} />`)}
        ${pointed !== null && html`<path class="hpo-grid hpo-pointed" d=${`M${x(pointed)} 0V100`} />`}
        ${lines.map((line) => html`<path class=${`hpo-line ${line.quiet ? "hpo-line-quiet" : ""}`}
          style=${`--line: var(--hpo-${line.tone})`} d=${path(line)} />`)}
        ${lines.map((line) => line.at.length > 0 && !missing(line.values[nearest(line)]) && html`<path
          class="hpo-line hpo-dot" style=${`--line: var(--hpo-${line.tone})`}
          d=${`M${x(line.at[nearest(line)])} ${y(line.values[nearest(line)])}h0`} />`)}
      </svg>
      ${marks.map((v) => html`<span class="hpo-tick-y" style=${`top: ${y(v)}%`}>${format(v, 0)}</span>`)}
      ${ticks(1, last, 5).filter((e) => Number.isInteger(e) && e >= 1).map((e) => html`<span
        class="hpo-tick-x" style=${`left: ${x(e)}%`}>${e}</span>`)}
      <span class="hpo-tick-x hpo-axis">epoch ${pointed ?? ""}</span>
    </div>
  </figure>`;
}
