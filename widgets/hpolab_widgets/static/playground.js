// The playground: controls that answer while a network trains, and all that moves meanwhile.
// Pictures are painted with every update; words and numbers, which nobody reads faster, change
// four times a second, since laying out a page costs more than painting a canvas.
const WORDS_MS = 250;
const SPEAK_MS = 5000;
const MOST_POINTS = 400;
const WEIGHTS_IN_A_ROW = 4;
const PICTURE = 8; // pixels along each side of a digit
const CELL = 15; // screen pixels from one unit to the next
const NORMS = [-8, 4]; // powers of ten on the axis of gradients

const OPTIMIZER_WORDS = { sgd: "sgd", momentum: "sgd with momentum 0.9", adam: "adam" };
const DATA_WORDS = { xor: "xor: four squares", blobs: "two clouds", digits: "digits, 8 × 8 pixels" };

/** The latest update. The page says which it has drawn, so that none queue up. What is hidden or
    scrolled away draws nothing and says nothing, and Python stops training.

    Returns the update that words are about, and a set of functions to be called with every one. */
function useFrames(model, place) {
  const [frame, show] = useState(null);
  const painters = useRef(new Set()).current;
  useEffect(() => {
    let latest = null, waiting = 0, seen = false, past = [], spoken = 0, shape = "";
    const draw = (now) => {
      waiting = 0;
      if (!seen || !latest) return;
      const its = `${latest.past} ${latest.bytes.map((b) => b.length)} ${latest.is_lost}`;
      const due = !model.get("playing") || now - spoken >= WORDS_MS || its !== shape;
      latest.past = past;
      latest.inks = inks(place.current);
      if (due) [(spoken = now), (shape = its), show(latest)];
      else for (const paint of painters) paint(latest);
      place.current.dataset.frame = latest.frame;
      wish(model, "seen", { frame: latest.frame });
      latest = null;
    };
    const take = (told, buffers) => {
      if (!("frame" in told)) return;
      past = told.past ?? [...past.filter((point) => point[0] !== told.point[0]), told.point];
      if (past.length > MOST_POINTS) past = past.filter((_, i) => i % 2 === 0);
      const bytes = buffers.map((b) => new Uint8Array(b.buffer ?? b, b.byteOffset ?? 0, b.byteLength));
      latest = { ...told, bytes, past: "past" in told };
      waiting ||= requestAnimationFrame(draw);
    };
    const look = () => seen && !document.hidden && wish(model, "look");
    const watch = new IntersectionObserver((changes) => {
      const now = changes.at(-1).isIntersecting; // several may come at once, the last one holds
      if (now !== seen) [(seen = now), look()];
    });
    model.on("msg:custom", take);
    watch.observe(place.current);
    document.addEventListener("visibilitychange", look);
    return () => {
      cancelAnimationFrame(waiting);
      model.off("msg:custom", take);
      watch.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  }, [model]);
  return [frame, painters];
}

/** Paint now, and with every update until the words change, when this is called again. */
function usePaint({ frame, painters }, paint) {
  useLayoutEffect(() => {
    paint(frame);
    painters.add(paint);
    return () => painters.delete(paint);
  });
}

// ---- controls --------------------------------------------------------------------------------

/** A slider that follows the finger; ``at`` and ``of`` turn a value into a place on it and back. */
function Slider({ model, name, label, value: now, low, high, step = 1, at = (x) => x, of = (x) => x, say = String }) {
  const [held, hold] = useState(null);
  const moving = useRef(false);
  const send = useStream(model, "set");
  const id = `hpo-play-${name}`;
  useEffect(() => { if (!moving.current) hold(null); }, [now]);
  const place = held ?? at(now);
  const words = say(held === null ? now : of(held));
  const move = (event) => {
    moving.current = true;
    hold(+event.target.value);
    send({ name, value: of(+event.target.value) });
  };
  const release = () => { moving.current = false; };
  return html`<div class="hpo-play-slider">
    <label for=${id}>${label}</label><output for=${id}>${words}</output>
    <input id=${id} type="range" min=${low} max=${high} step=${step} value=${place} aria-valuetext=${words}
      onInput=${move} onChange=${release} />
  </div>`;
}

const Choice = ({ model, name, label, value: now, options, say = (x) => x, verb = "set" }) => {
  const id = `hpo-play-${name}`;
  const choose = (event) => {
    const chosen = options.find((option) => String(option) === event.target.value);
    wish(model, verb, verb === "set" ? { name, value: chosen } : { name: chosen });
  };
  return html`<div class="hpo-play-choice"><label for=${id}>${label}</label>
    <select id=${id} value=${now} onChange=${choose}>
      ${options.map((option) => html`<option key=${option} value=${option} selected=${option === now}>${say(option)}</option>`)}
    </select></div>`;
};

const percent = (x) => `${Math.round(100 * x)} %`;
/** 10 ** place, in two digits: 0.012, 3.2e-5. */
const rate = (place) => +(10 ** place).toPrecision(2);

const Controls = ({ model, view: { plan, choices, data, noise } }) => html`<div class="hpo-play-controls" role="group" aria-label="Hyperparameters">
  <${Slider} model=${model} name="learning_rate" label="Learning rate" value=${plan.learning_rate}
    low="-5" high="1" step="0.05" at=${Math.log10} of=${rate} say=${value} />
  <${Choice} model=${model} name="optimizer" label="Optimizer" value=${plan.optimizer} options=${choices.optimizer} say=${(x) => OPTIMIZER_WORDS[x]} />
  <${Choice} model=${model} name="activation" label="Activation" value=${plan.activation} options=${choices.activation} />
  <${Slider} model=${model} name="depth" label="Hidden layers" value=${plan.depth} low="0" high="6" />
  <${Slider} model=${model} name="width" label="Units of each" value=${plan.width} low="1" high="64" />
  <${Slider} model=${model} name="dropout" label="Dropout" value=${plan.dropout} low="0" high="0.9" step="0.05" of=${(x) => +x.toFixed(2)} say=${percent} />
  <${Slider} model=${model} name="batch_size" label="Examples in a batch" value=${plan.batch_size} low="0" high="8" at=${Math.log2} of=${(x) => 2 ** x} />
  ${data !== "digits" && html`<${Slider} model=${model} name="noise" label="Noise of the points" value=${noise} low="0" high="50" say=${(x) => `${x} %`} />`}
  <p class="hpo-hint">Layers and units that stay keep what they have learnt.${data !== "digits" && " Other points take a new network."}</p>
</div>`;

const Tools = ({ model, view, frame }) => html`<div class="hpo-play-tools">
  <div class="hpo-row">
    ${view.playing
      ? html`<${Button} icon="pause" onClick=${() => wish(model, "pause")}>Pause<//>`
      : html`<${Button} icon="play" kind="main" disabled=${frame?.is_lost} onClick=${() => wish(model, "play")}>Play<//>`}
    <${Button} icon="right" disabled=${view.playing} title="Learn from one batch" onClick=${() => wish(model, "step")}>Step<//>
    <${Button} title="Begin anew, with other first weights" onClick=${() => wish(model, "reset")}>Reset<//>
  </div>
  <${Choice} model=${model} name="data" label="Learn" verb="data" value=${view.data} options=${view.choices.data} say=${(x) => DATA_WORDS[x] ?? x} />
  <${Choice} model=${model} name="speed" label="Speed" value=${view.speed} options=${view.choices.speed}
    say=${(n) => `${several(n, "step")} a picture`} />
  <p class="hpo-play-count hpo-quiet">${frame && html`epoch <b>${epochs(frame)}</b> · step <b>${frame.steps.toLocaleString("en")}</b>`}</p>
</div>`;

const epochs = (frame) => frame.point[0].toFixed(frame.point[0] < 10 ? 1 : 0);

/** What is seen, in words; readers of the screen get it when it has changed, every few seconds. */
function Said({ frame, view }) {
  const [spoken, speak] = useState("");
  const latest = useRef("");
  latest.current = view.note || (frame ? frame.sentence : "");
  useEffect(() => {
    const timer = setInterval(() => speak(latest.current), SPEAK_MS);
    return () => clearInterval(timer);
  }, []);
  const tone = view.note || !frame || frame.steps === 0 ? "quiet" : frame.is_ill ? "warn" : "good";
  return html`<p class=${`hpo-play-said hpo-tone-${tone}`}>${latest.current || " "}</p>
    <p class="hpo-unseen" aria-live="polite">${spoken}</p>`;
}

// ---- pictures --------------------------------------------------------------------------------

const INKS = ["surface", "sunken", "line", "edge", "text", "quiet", "accent", "other", "good", "bad"];

/** Colours of the palette by name, each [red, green, blue], as they are on this page now. */
function inks(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(INKS.map((name) => {
    const hex = style.getPropertyValue(`--hpo-${name}`).trim();
    return [name, [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))];
  }));
}
const css = (colour) => `rgb(${colour.join(" ")})`;
const mix = (one, other, part) => one.map((x, i) => Math.round(part * x + (1 - part) * other[i]));

/** 256 colours, each as the four bytes of a pixel: for numbers from -1, ``from``, over 0 to 1. */
function scale(from, middle, to, strength = (lean) => lean) {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const lean = i / 127.5 - 1;
    const [red, green, blue] = mix(lean > 0 ? to : from, middle, strength(Math.abs(lean)));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

/** Pixels of a small picture, to be stretched; ``colour`` gives the four bytes of each. */
function pixels(canvas, width, height, colour) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height), words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = colour(i);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** A pen for an empty canvas of the size that it has on the page; units are the page's pixels. */
function blank(canvas, height = canvas.clientHeight) {
  const [w, h] = [canvas.clientWidth, height].map((x) => Math.round(x * devicePixelRatio));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = canvas.getContext("2d");
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  pen.clearRect(0, 0, w, h);
  pen.setLineDash([]);
  pen.lineWidth = 1;
  return pen;
}

/** Circles for class 0, squares for class 1; full ones are learnt from, hollow ones are not. */
function drawPoints(pen, size, scene, tones, ground) {
  const where = (v) => (size * (1 + v / scene.reach)) / 2;
  const r = Math.max(2.5, size / 125);
  for (const [at, classes, isHollow] of [[scene.unseen_at, scene.unseen_classes, true], [scene.at, scene.classes, false]]) {
    const places = new Float32Array(at.buffer.slice(at.byteOffset, at.byteOffset + at.byteLength));
    for (const kind of [0, 1]) {
      pen.beginPath();
      for (let i = 0; i < classes.byteLength; i++) {
        if (classes.getUint8(i) !== kind) continue;
        const [x, y] = [where(places[2 * i]), where(-places[2 * i + 1])];
        if (kind) pen.rect(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r);
        else [pen.moveTo(x + r, y), pen.arc(x, y, r, 0, 2 * Math.PI)];
      }
      pen.fillStyle = css(isHollow ? ground : tones[kind]);
      pen.strokeStyle = css(isHollow ? tones[kind] : ground);
      pen.fill();
      pen.stroke();
    }
  }
}

/** What the network would say at every place, and above it the points, which stay. */
function Plane({ frame, painters, scene }) {
  const said = useRef(null), points = useRef(null);
  usePaint({ frame, painters }, ({ bytes, inks: { surface, accent, other } }) => {
    const side = Math.sqrt(bytes[1].length);
    const colours = scale(accent, surface, other, (lean) => 0.55 * Math.sqrt(lean));
    pixels(said.current, side, side, (i) => colours[bytes[1][i]]);
  });
  const { surface, accent, other } = frame.inks;
  useLayoutEffect(() => {
    drawPoints(blank(points.current), points.current.clientWidth, scene, [accent, other], surface);
  }, [scene, css(surface), points.current?.clientWidth]);
  return html`<figure class="hpo-play-plane">
    <div role="img" aria-label=${`What the network says all over the plane: ${share(frame.point[4], 0)} of the unseen points are right`}>
      <canvas ref=${said}></canvas><canvas ref=${points}></canvas></div>
    <figcaption class="hpo-hint"><span class="hpo-play-key hpo-play-circle">class 0</span><span class="hpo-play-key hpo-play-square">class 1</span>
      <span>full: learnt from</span><span>hollow: unseen</span></figcaption>
  </figure>`;
}

/** The ten probabilities of a digit, as bytes. */
const answers = ({ bytes }, at) => bytes[1].subarray(10 * at, 10 * at + 10);

/** One digit and what the network answers; ``Digits`` paints how sure it is of each of the ten. */
function Digit({ frame, scene, place, at }) {
  const picture = useRef(null);
  const right = scene.classes.getUint8(place), said = answers(frame, at);
  const answer = said.indexOf(Math.max(...said)), sure = percent(said[answer] / 255);
  const { text, sunken } = frame.inks;
  useLayoutEffect(() => {
    const colours = scale(sunken, sunken, text); // from -1 to 0 there is nothing
    const ink = (i) => scene.pixels.getUint8(place * PICTURE ** 2 + i);
    pixels(picture.current, PICTURE, PICTURE, (i) => colours[128 + (ink(i) >> 1)]);
  }, [scene, place, css(sunken)]);
  const isWrong = answer !== right;
  const words = `a ${right}, said to be ${answer} with ${sure}`;
  return html`<li class=${isWrong ? "hpo-play-wrong" : ""} role="img" aria-label=${words} title=${words}>
    <canvas ref=${picture}></canvas>
    <b>${isWrong && html`<${Icon} name="close" />`}${answer}</b><small>${sure}</small><i></i>
  </li>`;
}

/** What each unit of the first layer looks for. */
function Weights({ frame, painters }) {
  const canvas = useRef(null);
  const units = frame.bytes[2].length / PICTURE ** 2;
  const columns = Math.min(units, WEIGHTS_IN_A_ROW), rows = Math.ceil(units / columns);
  const cell = PICTURE + 1, [width, height] = [columns * cell - 1, rows * cell - 1];
  const isOutput = frame.layers.length === 1;
  usePaint({ frame, painters }, ({ bytes, inks: { other, surface, accent } }) => {
    const kernel = new Int8Array(bytes[2].buffer, bytes[2].byteOffset, bytes[2].length);
    const colours = scale(other, surface, accent);
    pixels(canvas.current, width, height, (i) => {
      const x = i % width, y = Math.floor(i / width);
      const unit = Math.floor(y / cell) * columns + Math.floor(x / cell);
      if (x % cell === PICTURE || y % cell === PICTURE || unit >= units) return 0; // see through
      return colours[128 + kernel[unit * PICTURE ** 2 + (y % cell) * PICTURE + (x % cell)]];
    });
  });
  return html`<figure class="hpo-play-weights"><h3>${isOutput ? "What speaks for each digit" : "What layer 1 looks for"}</h3>
    <canvas ref=${canvas} role="img" style=${`aspect-ratio: ${width} / ${height}`}
      aria-label=${`Weights from the pixels to ${several(units, isOutput ? "class" : "unit", isOutput ? "classes" : "units")}`}></canvas>
    <figcaption class="hpo-hint"><span class="hpo-play-key">ink here counts for it</span><span class="hpo-play-key hpo-play-against">against it</span></figcaption>
  </figure>`;
}

function Digits({ frame, painters, scene }) {
  const canvas = useRef(null);
  usePaint({ frame, painters }, (now) => {
    const pen = blank(canvas.current);
    canvas.current.parentElement.querySelectorAll("li i").forEach((box, at) => {
      const place = frame.shown[at]; // another may be the hardest by now; its card comes with the words
      const step = box.offsetWidth / 10, right = scene.classes.getUint8(place);
      answers(now.shown[at] === place ? now : frame, at).forEach((share, i) => {
        const tall = (box.offsetHeight * share) / 255 + 1;
        pen.fillStyle = css(i === right ? now.inks.good : now.inks.edge);
        pen.fillRect(box.offsetLeft + i * step + 1, box.offsetTop + box.offsetHeight - tall, step - 2, tall);
      });
    });
  });
  const cards = frame.shown.map((place, at) => html`<${Digit} key=${at} frame=${frame} scene=${scene} place=${place} at=${at} />`);
  return html`<div class="hpo-play-pictures">
    <div><h3>Digits that it has never seen</h3><ol class="hpo-play-digits">${cards.slice(0, scene.fixed)}</ol>
      <h3>The hardest for it now</h3><ol class="hpo-play-digits">${cards.slice(scene.fixed)}</ol>
      <canvas class="hpo-play-bars" ref=${canvas} aria-hidden="true"></canvas></div>
    <${Weights} frame=${frame} painters=${painters} />
  </div>`;
}

/** The scene has changed when its first frame has; until then the old frame does not fit it. */
const fits = (frame, scene) => !!frame && (scene.kind === "points") === (frame.bytes.length === 2);

// ---- curves and layers -----------------------------------------------------------------------

const MARGIN = { left: 42, right: 8, top: 8, bottom: 20 };

/** Numbers over epochs: a full line for the unseen examples, a dashed one for the others. */
function drawCurves(canvas, { past, inks: { line, quiet, accent, other } }, columns, high, format) {
  const pen = blank(canvas), [w, h] = [canvas.clientWidth - MARGIN.right, canvas.clientHeight - MARGIN.bottom];
  const last = Math.max(past.at(-1)[0], 1);
  const x = (epoch) => MARGIN.left + (epoch / last) * (w - MARGIN.left);
  const y = (v) => MARGIN.top + (1 - Math.min(v, high) / high) * (h - MARGIN.top);
  pen.font = "11.5px system-ui, sans-serif";
  pen.fillStyle = css(quiet);
  pen.strokeStyle = css(line);
  for (const v of ticks(0, high, 4)) {
    pen.beginPath();
    pen.moveTo(MARGIN.left, y(v));
    pen.lineTo(w, y(v));
    pen.stroke();
    pen.textAlign = "right";
    pen.fillText(format(v), MARGIN.left - 6, y(v) + 4);
  }
  pen.textAlign = "center";
  for (const epoch of ticks(0, last, 5).filter(Number.isInteger)) pen.fillText(epoch || "epoch 0", x(epoch), h + 16);
  pen.lineJoin = "round";
  columns.forEach((column, i) => {
    pen.strokeStyle = css(i ? other : accent);
    pen.lineWidth = i ? 1.5 : 2;
    pen.setLineDash(i ? [4, 3] : []);
    pen.beginPath();
    let isDown = false;
    for (const point of past) {
      if (missing(point[column])) isDown = false;
      else isDown = (pen[isDown ? "lineTo" : "moveTo"](x(point[0]), y(point[column])), true);
    }
    pen.stroke();
  });
}

/** How far up an axis has to reach for numbers: a step of it above the largest. */
const ceiling = (most) => { const marks = ticks(0, most, 3); return Math.max(most, marks.at(-1)) || 1; };

function Curves({ frame, painters, title, columns, top, format, mark }) {
  const canvas = useRef(null);
  usePaint({ frame, painters }, (now) => drawCurves(canvas.current, now, columns, top(now), mark));
  const [unseen, learnt] = columns.map((column) => format(frame.point[column]));
  return html`<figure class="hpo-play-curve" role="img" aria-label=${`${title} after epoch ${epochs(frame)}: ${unseen} on unseen examples, ${learnt} on those it learns from`}>
    <figcaption><b>${title}</b><span class="hpo-key" style="--line: var(--hpo-accent)">unseen <b>${unseen}</b></span>
      <span class="hpo-key hpo-key-quiet" style="--line: var(--hpo-other)">learnt from <b>${learnt}</b></span></figcaption>
    <canvas ref=${canvas}></canvas>
  </figure>`;
}

const lossTop = ({ past, chance }) => {
  const known = past.flatMap((point) => [point[1], point[2]]).filter((v) => !missing(v));
  return ceiling(Math.min(2 * chance, Math.max(0.1, ...known))); // beyond that it is lost, however far
};

/** Where a norm's logarithm is along the axis, in per cent. */
const along = (norm) => 100 * Math.min(1, Math.max(0, (norm - NORMS[0]) / (NORMS[1] - NORMS[0])));

/** How strong the gradient of a layer is, as a mark on powers of ten. */
function Gradient({ layer, at, frame, painters }) {
  const mark = useRef(null);
  usePaint({ frame, painters }, ({ layers }) => {
    const now = layers[at];
    if (now && mark.current) mark.current.style.transform = `translateX(${missing(now.norm) ? 0 : along(now.norm)}%)`;
  });
  const word = missing(layer.norm) ? "none" : layer.is_well ? "" : layer.too === "large" ? "exploding" : "vanishing";
  return html`<span class=${`hpo-play-norm ${layer.is_well ? "" : "hpo-play-ill"}`}>
    <span class="hpo-play-axis" aria-hidden="true"><i ref=${mark}><b></b></i></span>
    <span class="hpo-play-reading"><span class="hpo-unseen">gradient </span>${missing(layer.norm) ? "0" : (10 ** layer.norm).toExponential(1)} ${word}</span>
  </span>`;
}

/** A cell for each unit: the fuller, the more it varies; silent ones are crossed out. */
function Cells({ count, from, frame, painters }) {
  const canvas = useRef(null);
  usePaint({ frame, painters }, ({ bytes, inks: { sunken, accent, bad } }) => {
    const levels = bytes[0].subarray(from, from + count);
    const row = Math.max(1, Math.floor(canvas.current.clientWidth / CELL));
    const height = CELL * Math.ceil(count / row);
    if (canvas.current.style.height !== `${height}px`) canvas.current.style.height = `${height}px`;
    const pen = blank(canvas.current, height);
    pen.strokeStyle = css(bad);
    levels.forEach((level, i) => {
      const x = (i % row) * CELL + 0.5, y = Math.floor(i / row) * CELL + 0.5, side = CELL - 3;
      pen.fillStyle = css(mix(accent, sunken, 0.1 + (0.9 * level) / 255));
      if (level) return pen.fillRect(x, y, side, side);
      pen.beginPath();
      pen.rect(x, y, side, side);
      pen.moveTo(x, y + side);
      pen.lineTo(x + side, y);
      pen.stroke();
    });
  });
  return html`<canvas class="hpo-play-cells" ref=${canvas} aria-hidden="true" style=${`max-width: ${count * CELL}px`}></canvas>`;
}

/** A layer in a row: its units, and its gradient. */
const Layer = ({ layer, from, ...moving }) => html`<li class="hpo-play-layer">
  <span class="hpo-play-name">${layer.name}</span>
  <span class="hpo-play-units">
    ${layer.units > 0 && html`<${Cells} count=${layer.units} from=${from} ...${moving} />`}
    <span class=${`hpo-play-tally ${layer.silent ? "hpo-play-some" : "hpo-quiet"}`}>${layer.units ? `${layer.silent} of ${layer.units} silent` : "gives the answer"}</span>
  </span>
  <${Gradient} layer=${layer} ...${moving} />
</li>`;

const Layers = ({ frame, painters }) => {
  let from = 0;
  const rows = frame.layers.map((layer, at) => {
    const begin = from;
    from += layer.units;
    return html`<${Layer} key=${layer.name} layer=${layer} at=${at} from=${begin} frame=${frame} painters=${painters} />`;
  });
  return html`<section class="hpo-play-layers" aria-label="Layers">
    <div class="hpo-play-layer hpo-hint"><span></span>
      <span>Units: the fuller, the more they vary; <i class="hpo-play-silent"></i> silent</span>
      <span class="hpo-play-norm"><span class="hpo-play-axis hpo-play-powers">${[-6, -3, 0, 3].map((power) =>
        html`<span style=${`left: ${along(power)}%`}>${power ? html`10<sup>${power}</sup>` : "1"}</span>`)}</span><span class="hpo-play-reading">gradient</span></span></div>
    <ol>${rows}</ol>
  </section>`;
};

function Playground({ model, view }) {
  const place = useRef(null);
  const [frame, painters] = useFrames(model, place);
  const scene = model.get("scene"), busy = model.get("busy"), moving = { frame, painters };
  return html`<section class="hpo-card hpo-play" aria-label="Playground" ref=${place}>
    <div class="hpo-head"><h2>Playground</h2>${busy.length > 0 && html`<span class="hpo-quiet">${busy[0]} …</span>`}</div>
    <${Tools} model=${model} view=${view} frame=${frame} />
    <${Said} frame=${frame} view=${view} />
    <div class="hpo-play-columns">
      <${Controls} model=${model} view=${view} />
      ${fits(frame, scene) && html`<${scene.kind === "points" ? Plane : Digits} key=${scene.kind} ...${moving} scene=${scene} />`}
      ${frame && html`<div class="hpo-play-curves">
        <${Curves} ...${moving} title="Loss" columns=${[2, 1]} top=${lossTop} format=${loss} mark=${(v) => +v.toFixed(2)} />
        <${Curves} ...${moving} title="Accuracy" columns=${[4, 3]} top=${() => 1} format=${share} mark=${percent} /></div>`}
    </div>
    ${frame && html`<${Layers} ...${moving} />`}
  </section>`;
}

export default panel(Playground);
