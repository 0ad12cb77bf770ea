// A network, drawn from a Picture that Python has laid out (hpolab/network/picture.py).

const GRAPH_MARGIN = 28;
const GRAPH_ZOOM = { least: 0.02, most: 4, readable: 0.62, far: 0.38 };

/** A box's outline, w × h from (0, 0); its shape says the family a second time, beside the colour. */
const GRAPH_OUTLINES = {
  plain: (w, h) => rounded(w, h, 5),
  pill: (w, h) => rounded(w, h, Math.min(w, h) / 2),
  cut: (w, h, c = Math.min(11, h / 3)) =>
    `M${c} 0H${w - c}L${w} ${c}V${h - c}L${w - c} ${h}H${c}L0 ${h - c}V${c}Z`,
  funnel: (w, h, c = Math.min(12, w / 4)) => `M0 0H${w}L${w - c} ${h}H${c}Z`,
  slanted: (w, h, c = Math.min(12, w / 4)) => `M${c} 0H${w}L${w - c} ${h}H0Z`,
  hexagon: (w, h, c = Math.min(12, w / 4)) => `M${c} 0H${w - c}L${w} ${h / 2}L${w - c} ${h}H${c}L0 ${h / 2}Z`,
};
const rounded = (w, h, r) =>
  `M${r} 0H${w - r}A${r} ${r} 0 0 1 ${w} ${r}V${h - r}A${r} ${r} 0 0 1 ${w - r} ${h}H${r}A${r} ${r} 0 0 1 0 ${h - r}V${r}A${r} ${r} 0 0 1 ${r} 0Z`;

const GRAPH_SHAPES = {
  input: "pill", activation: "pill", pooling: "funnel", normalisation: "cut",
  merge: "hexagon", embedding: "slanted", reshape: "slanted",
};
// as in hpolab/network/outlines.py, so that files and pages look alike
const graphOutline = (family, w, h) => GRAPH_OUTLINES[GRAPH_SHAPES[family] ?? "plain"](w, h);

/** The colour of a box as a style: of its family, or of where it stands on the tints' scale. */
function graphTone(box, tints) {
  if (!tints) return `--tone: var(--hpo-family-${box.family}, var(--hpo-edge))`;
  const value = tints.boxes[box.name]?.value;
  if (missing(value)) return "--tone: var(--hpo-line)";
  const [from, to, at] = !tints.middle_colour ? ["low", "high", value]
    : value < 0.5 ? ["low", "middle", 2 * value] : ["middle", "high", 2 * value - 1];
  return `--tone: color-mix(in oklab, var(--${to}) ${Math.round(100 * at)}%, var(--${from})); --ground: 36%`;
}

/** What a box says to who cannot see it. */
const graphWords = (box, tints, mark) => [
  box.title, box.repeats > 1 && `${box.repeats} equal blocks`, box.caption, box.shape,
  box.parameters > 0 && several(box.parameters, "parameter"),
  tints?.boxes[box.name]?.words, mark?.words,
].filter(Boolean).join(", ");

/** Where the picture is looked at from. Dragging, pinching, ctrl and wheel move it; a wheel alone or
    one finger scrolls the page as everywhere. Moves are written to the page directly: nothing is
    drawn anew for them. */
function useCamera(picture, tall, beside) {
  const frame = useRef(null), world = useRef(null);
  const [width, setWidth] = useState(0);
  const at = useRef({ x: 0, y: 0, k: 1, isMoved: false, anchor: null }).current;
  const wide = Math.min(1, (width - 2 * GRAPH_MARGIN) / picture.width || 1);
  const k = Math.max(wide, GRAPH_ZOOM.readable);
  const height = Math.round(Math.min(tall, 0.82 * innerHeight, Math.max(200, picture.height * k + 2 * GRAPH_MARGIN)));

  const put = (glides = false) => {
    const w = picture.width * at.k, h = picture.height * at.k, rest = 72;
    at.x = Math.min(width - rest, Math.max(rest - w, at.x));
    at.y = Math.min(height - rest, Math.max(rest - h, at.y));
    world.current.classList.toggle("hpo-graph-glide", glides);
    // from far away nobody reads the small lines, and drawing hundreds of them makes zooming slow
    world.current.classList.toggle("hpo-graph-far", at.k < GRAPH_ZOOM.far);
    world.current.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.k})`;
  };
  const centre = (scale) => {
    at.k = scale;
    const first = picture.boxes[0], fits = picture.width * scale <= width;
    const room = Math.min(beside * scale, Math.max(0, width - 2 * GRAPH_MARGIN - picture.width * scale));
    at.x = (width - room) / 2 - scale * (fits || !first ? picture.width / 2 : first.x + first.width / 2);
    const free = height - picture.height * scale;
    at.y = free >= 0 ? free / 2 : GRAPH_MARGIN;
  };
  const whole = () => Math.min(wide, (height - 2 * GRAPH_MARGIN) / picture.height);
  const camera = {
    height, at, put,
    start() {
      centre(whole() >= GRAPH_ZOOM.readable ? whole() : k);
      at.isMoved = false;
      put();
    },
    fit() {
      centre(whole());
      at.isMoved = true;
      put(true);
    },
    zoom(factor, [x, y] = [width / 2, height / 2], glides = false) {
      const next = Math.min(GRAPH_ZOOM.most, Math.max(GRAPH_ZOOM.least, at.k * factor));
      at.x = x - ((x - at.x) * next) / at.k;
      at.y = y - ((y - at.y) * next) / at.k;
      at.k = next;
      at.isMoved = true;
      put(glides);
    },
    move(x, y) {
      at.x += x;
      at.y += y;
      at.isMoved = true;
      put();
    },
    /** Bring a box into sight, moving no more than needed. */
    reveal(box, glides = true) {
      const edge = GRAPH_MARGIN;
      const shift = (from, size, room) =>
        from < edge ? edge - from : from + size > room - edge ? room - edge - from - size : 0;
      const x = shift(at.x + box.x * at.k, box.width * at.k, width);
      const y = shift(at.y + box.y * at.k, box.height * at.k, height);
      if (!x && !y) return;
      at.x += x;
      at.y += y;
      put(glides);
    },
    /** Keep what is unfolded or folded where it is on the screen when the new picture comes. */
    hold(box, name) {
      at.anchor = { name, x: at.x + box.x * at.k, y: at.y + box.y * at.k };
    },
  };

  useLayoutEffect(() => {
    const measure = () => setWidth(frame.current.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (!width) return;
    const held = at.anchor;
    const box = held && picture.boxes.find((each) =>
      each.name === held.name || graphGroup(picture, held.name)?.boxes.includes(each.name));
    at.anchor = null;
    if (box) {
      [at.x, at.y, at.isMoved] = [held.x - box.x * at.k, held.y - box.y * at.k, true];
      put();
    } else if (at.isMoved) put();
    else camera.start();
  }, [picture, width, height]);
  useGestures(frame, camera);
  return { frame, world, camera };
}

const graphGroup = (picture, name) => (picture.frames ?? []).find((group) => group.name === name);

/** Drag with a mouse, pinch with two fingers, ctrl and wheel. */
function useGestures(frame, camera) {
  const latest = useRef(camera);
  latest.current = camera;
  useEffect(() => {
    const element = frame.current;
    const within = (x, y) => {
      const box = element.getBoundingClientRect();
      return [x - box.left, y - box.top];
    };
    let drag = null, pinch = null;
    const wheel = (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const steps = event.deltaMode ? event.deltaY * 16 : event.deltaY;
      latest.current.zoom(Math.exp(-steps / 240), within(event.clientX, event.clientY));
    };
    const down = (event) => {
      if (event.pointerType !== "touch" && event.button === 0) drag = { x: event.clientX, y: event.clientY, far: false };
    };
    const move = (event) => {
      if (!drag) return;
      const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.far && Math.hypot(x, y) < 4) return;
      if (!drag.far) element.setPointerCapture(event.pointerId);
      drag = { x: event.clientX, y: event.clientY, far: true };
      element.classList.add("hpo-graph-dragged");
      latest.current.move(x, y);
    };
    const up = () => {
      if (drag?.far) element.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
      setTimeout(() => element.classList.remove("hpo-graph-dragged"));
      drag = null;
    };
    const fingers = ({ touches: [a, b] }) => ({
      at: within((a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2),
      apart: Math.max(10, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)),
    });
    const touch = (event) => {
      if (event.touches.length !== 2) return (pinch = null);
      event.preventDefault();
      const now = fingers(event);
      if (pinch) {
        latest.current.move(now.at[0] - pinch.at[0], now.at[1] - pinch.at[1]);
        latest.current.zoom(now.apart / pinch.apart, now.at);
      }
      pinch = now;
    };
    const listeners = {
      wheel, pointerdown: down, pointermove: move, pointerup: up, pointercancel: up,
      touchstart: touch, touchmove: touch, touchend: touch,
    };
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener, { passive: false });
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
    };
  }, []);
}

/** Where an arrow key leads from a box: along the arrows, or to what stands beside it. */
function graphStep(picture, name, key) {
  const { boxes, arrows } = picture;
  const here = boxes.findIndex((box) => box.name === name);
  if (key === "Home") return boxes[0]?.name;
  if (key === "End") return boxes.at(-1)?.name;
  if (key === "ArrowDown") return arrows.find((arrow) => arrow.source === name)?.target ?? boxes[here + 1]?.name;
  if (key === "ArrowUp") return arrows.find((arrow) => arrow.target === name)?.source ?? boxes[here - 1]?.name;
  const box = boxes[here], middle = box.x + box.width / 2, side = key === "ArrowRight" ? 1 : -1;
  const beside = boxes.filter((other) => other.y < box.y + box.height && other.y + other.height > box.y)
    .map((other) => ({ name: other.name, away: side * (other.x + other.width / 2 - middle) }))
    .filter(({ away }) => away > 1);
  return beside.sort((a, b) => a.away - b.away)[0]?.name;
}

/** One box. ``inside`` draws more into it, in its own coordinates. */
function GraphBox({ box, tints, mark, isChosen, isStop, inside, onChoose, onHere, onFold }) {
  const w = box.width, h = box.height, isBlock = box.layers.length > 1;
  const words = graphWords(box, tints, mark), tint = tints?.boxes[box.name];
  const lines = [box.title, box.caption, missing(tint?.value) ? box.size : tint.words].filter(Boolean);
  // what is measured has no room reserved: it is written closer where it needs more
  const fits = (line) => (line.length * 6.4 > w - 14 ? { textLength: w - 14, lengthAdjust: "spacingAndGlyphs" } : {});
  return html`<g class=${`hpo-graph-place ${mark ? `hpo-graph-${mark.tone}` : ""}`} style=${graphTone(box, tints)}
    transform=${`translate(${box.x} ${box.y})`}>
    <g class="hpo-graph-box" role="button" tabindex=${isStop ? 0 : -1} data-box=${box.name} aria-label=${words}
      aria-pressed=${isChosen} onClick=${() => onChoose(box.name)} onFocus=${() => onHere(box.name)}
      onKeyDown=${(event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), onChoose(box.name))}>
      <title>${words}</title>
      <path class="hpo-graph-ring" d=${rounded(w + 12, h + 12, 9)} transform="translate(-6 -6)" />
      ${isBlock && html`<path class="hpo-graph-sheet" d=${rounded(w, h, 5)} transform="translate(5 5)" />`}
      <path class="hpo-graph-ground" d=${graphOutline(box.family, w, h)} />
      ${lines.map((line, i) => html`<text class=${i ? "hpo-graph-caption" : "hpo-graph-title"} x=${w / 2} y=${h / 2 + 4.5 + 15.5 * (i - (lines.length - 1) / 2)}
        ...${i === 2 && line === tint?.words ? fits(line) : {}}>${line}</text>`)}
      ${inside?.(box)}
    </g>
    ${mark?.label && html`<g class="hpo-graph-badge" transform=${`translate(${w + 8} ${h / 2})`} aria-hidden="true">
      <text y="4">${mark.label}</text></g>`}
    ${isBlock && onFold && html`<${GraphFold} x=${w} y=${0} isStop=${isStop} label=${`Unfold ${box.title}`} onFold=${() => onFold(box, box.name)} />`}
  </g>`;
}

/** The button that unfolds a block, or folds it again. */
const GraphFold = ({ x, y, isStop, isOpen = false, label, onFold }) => html`<g class="hpo-graph-fold" role="button"
    tabindex=${isStop ? 0 : -1} aria-label=${label} aria-expanded=${isOpen} transform=${`translate(${x} ${y})`}
    onClick=${(event) => (event.stopPropagation(), onFold())}
    onKeyDown=${(event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), event.stopPropagation(), onFold())}>
    <title>${label}</title><circle r="12" class="hpo-graph-target" /><circle r="9" />
    <path d=${isOpen ? "M-4 0H4" : "M-4 0H4M0 -4V4"} />
  </g>`;

/** A block that is open: a frame around its boxes, with the button that folds it again. */
const GraphGroup = ({ group, onFold }) => html`<g class="hpo-graph-group" transform=${`translate(${group.x} ${group.y})`}>
    <path d=${rounded(group.width, group.height, 10)} /><text x="10" y="-5">${group.title ?? group.name}</text>
    ${onFold && html`<${GraphFold} x=${group.width} y=${0} isStop=${true} isOpen=${true} label=${`Fold ${group.title ?? group.name}`}
      onFold=${() => onFold(group, group.name)} />`}
  </g>`;

/** Which colour and shape is which family; or the scale that the tints are on, its ends in words. */
function GraphLegend({ picture, tints }) {
  if (tints) {
    return html`<p class="hpo-graph-legend hpo-graph-scaled">
      <b>${tints.title}</b><span>${tints.low}</span><i class="hpo-graph-scale" aria-hidden="true"></i><span>${tints.high}</span>
      ${tints.none && html`<span class="hpo-graph-none"><i aria-hidden="true"></i>${tints.none}</span>`}
    </p>`;
  }
  return html`<ul class="hpo-graph-legend" aria-label="Kinds of layers">
    ${picture.legend.map(([family, label]) => html`<li key=${family}>
      <svg viewBox="-1 -1 30 18" width="30" height="18" aria-hidden="true" style=${graphTone({ family }, null)}>
        <path class="hpo-graph-ground" d=${graphOutline(family, 28, 16)} /></svg>${label}</li>`)}
  </ul>`;
}

/** A network.

    picture: Picture.to_dict().
    tints: {title, low, high, low_colour, middle_colour, high_colour, none, boxes: {box name: {value, words}}}: see
      Scale and Tint in hpolab/network/tints.py; ``none`` is what a box without a value is, empty
      where there is no such box. null for the colours of families.
    marks: {box name: {tone, words, label}}: "now", "past", "ahead" of something that travels;
      "added", "gone", "changed", "dead"; ``label`` is written beside the box.
    chosen: name of a box. seen: name of a box to keep in sight.
    onChoose(name), onFold(name): a box, or a block to unfold or to fold.
    inside(box): more SVG in the box, in its own coordinates: (0, 0) is its upper left corner; of what
      stands at the right of it, ``beside`` is the width. */
function Graph({ picture, tints = null, marks = {}, chosen = "", seen = "", onChoose, onFold, inside, beside = 0, label = "Network", tall = 640 }) {
  const { frame, world, camera } = useCamera(picture, tall, beside);
  const [here, setHere] = useState("");
  const has = (name) => picture.boxes.some((box) => box.name === name);
  const stop = [here, chosen].find(has) ?? picture.boxes[0]?.name;
  useEffect(() => {
    const box = picture.boxes.find((each) => each.name === seen);
    if (box) camera.reveal(box);
  }, [seen]);
  const fold = onFold && ((box, name) => (camera.hold(box, name), onFold(name)));
  const go = (name) => {
    const element = [...frame.current.querySelectorAll("[data-box]")].find((each) => each.dataset.box === name);
    if (!element) return;
    camera.reveal(picture.boxes.find((box) => box.name === name), false);
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  };
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const zooms = { "+": 1.25, "=": 1.25, "-": 0.8 };
    if (event.key in zooms) camera.zoom(zooms[event.key], undefined, true);
    else if (event.key === "0") camera.fit();
    else if (/^(Arrow|Home|End)/.test(event.key)) go(graphStep(picture, stop, event.key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const ends = tints && ["low", "middle", "high"].filter((end) => tints[`${end}_colour`])
    .map((end) => `--${end}: var(--hpo-${tints[`${end}_colour`]})`).join("; ");
  return html`<div class="hpo-graph" style=${ends}>
    <div class="hpo-graph-frame" ref=${frame} style=${`height: ${camera.height}px`}>
      <svg role="group" aria-label=${`${label}: arrow keys go from layer to layer, plus and minus zoom`} width="100%" height="100%" onKeyDown=${key}>
        <g ref=${world}>
          ${(picture.frames ?? []).map((group) => html`<${GraphGroup} key=${group.name} group=${group} onFold=${fold} />`)}
          <g class="hpo-graph-arrows" aria-hidden="true">${picture.arrows.map((arrow) => html`<${GraphArrow}
            key=${`${arrow.source}>${arrow.target}`} arrow=${arrow} marks=${marks} />`)}</g>
          ${picture.boxes.map((box) => html`<${GraphBox} key=${box.name} box=${box} tints=${tints} mark=${marks[box.name]}
            isChosen=${box.name === chosen} isStop=${box.name === stop} inside=${inside}
            onChoose=${(name) => onChoose?.(name)} onHere=${setHere} onFold=${fold} />`)}
        </g>
      </svg>
      <div class="hpo-graph-tools" role="group" aria-label="Zoom">
        <${Button} aria-label="Zoom in" title="Zoom in (+, or ctrl and wheel)" onClick=${() => camera.zoom(1.25, undefined, true)}>+<//>
        <${Button} aria-label="Zoom out" title="Zoom out (−, or ctrl and wheel)" onClick=${() => camera.zoom(0.8, undefined, true)}>−<//>
        <${Button} title="Show all of it (0)" onClick=${() => camera.fit()}>Fit<//>
      </div>
    </div>
    <${GraphLegend} picture=${picture} tints=${tints} />
  </div>`;
}

/** A line with round corners and a head. */
function GraphArrow({ arrow, marks }) {
  const points = arrow.points, [x, y] = points.at(-1);
  const [fromX, fromY] = points.at(-2) ?? [x, y - 1];
  const turn = (Math.atan2(y - fromY, x - fromX) * 180) / Math.PI;
  const path = points.map(([a, b], i) => {
    if (i === 0) return `M${a} ${b}`;
    if (i === points.length - 1) return `L${a} ${b}`;
    const round = ([c, d]) => {
      const far = Math.hypot(c - a, d - b) || 1, r = Math.min(8, far / 2) / far;
      return `${a + (c - a) * r} ${b + (d - b) * r}`;
    };
    return `L${round(points[i - 1])}Q${a} ${b} ${round(points[i + 1])}`;
  }).join("");
  const isAhead = marks[arrow.target]?.tone === "ahead";
  return html`<g class=${isAhead ? "hpo-graph-ahead" : ""}><path class="hpo-graph-line" d=${path} />
    <path class="hpo-graph-head" d="M0 0L-8 -4V4Z" transform=${`translate(${x} ${y}) rotate(${turn})`} /></g>`;
}
