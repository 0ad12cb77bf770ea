// An example on its way through a network, layer after layer: hpolab.network.passes, played.

const PLAYER_SPEEDS = { "0.5": "half speed", 1: "normal speed", 2: "twice as fast", 4: "four times as fast" };
const LAYER_MS = 1100, PASSED_ON_MS = 350, TEXT_MS = 3600;

const unpackedBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Bytes as a picture's address: 255 is ink, 0 is none; ``at(x, y)`` is which byte. */
function inked(bytes, width, height, at = (x, y) => y * width + x) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) image.data[4 * (y * width + x) + 3] = bytes[at(x, y)];
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** A picture that a network is shown, in its own colours. */
function photographed({ pixels, shape: [height, width, channels] }) {
  const bytes = unpackedBytes(pixels);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = bytes[i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** What is seen one after the other: a layer, or a step of the text that an LSTM reads. */
function frames(pass) {
  return pass.layers.flatMap((layer, place) => {
    if (layer.content?.view !== "gates") {
      return [{ place, layer, step: null, ms: layer.passes_on && place > 0 ? PASSED_ON_MS : LAYER_MS }];
    }
    const { steps } = layer.content;
    return Array.from({ length: steps }, (_, step) => ({ place, layer, step, ms: Math.max(60, TEXT_MS / steps) }));
  });
}

/** Where the playing is, and how to steer it. */
function usePlayer(all) {
  const [now, setNow] = useState({ at: 0, plays: false, speed: 1 });
  const last = all.length - 1;
  const change = (changes) => setNow((before) => ({ ...before, ...changes }));
  useEffect(() => change({ at: 0, plays: !matchMedia("(prefers-reduced-motion: reduce)").matches }), [all]);
  useEffect(() => {
    if (!now.plays) return;
    const timer = setTimeout(() => setNow((before) => ({
      ...before, at: Math.min(last, before.at + 1), plays: before.at + 1 < last,
    })), all[now.at].ms / now.speed);
    return () => clearTimeout(timer);
  }, [now, all]);
  const layerOf = (at) => all[at].place;
  return {
    ...now, last, frame: all[Math.min(now.at, last)],
    go: (at) => change({ at: Math.max(0, Math.min(last, at)), plays: false }),
    toggle: () => change(now.plays ? { plays: false } : { plays: true, at: now.at === last ? 0 : now.at }),
    speedUp: (speed) => change({ speed }),
    /** To the next or the last layer; within an LSTM, to the next or the last word. */
    step(by) {
      change({ at: Math.max(0, Math.min(last, now.at + by)), plays: false });
    },
    to(place) {
      const at = all.findIndex((each) => each.place === place);
      if (at >= 0) change({ at, plays: false });
    },
    layerOf,
  };
}

const frameWords = ({ layer, place, step }, pass) =>
  `${layer.name}, layer ${place + 1} of ${pass.layers.length}${step === null ? "" : `, word ${step + 1} of ${layer.content.steps}`}`;

/** Play, pause, step, speed, and where we are. */
function Transport({ player, pass }) {
  const key = (event) => {
    if (event.key === " " && event.target.type === "range") player.toggle();
    else return;
    event.preventDefault();
  };
  return html`<div class="hpo-player-transport" role="group" aria-label="Playing" onKeyDown=${key}>
    <${Button} icon="left" aria-label="Step back" title="Step back" disabled=${player.at === 0} onClick=${() => player.step(-1)} />
    <${Button} kind="main" icon=${player.plays ? "pause" : "play"} onClick=${player.toggle}>
      ${player.plays ? "Pause" : player.at === player.last ? "Play again" : "Play"}<//>
    <${Button} icon="right" aria-label="Step forward" title="Step forward" disabled=${player.at === player.last} onClick=${() => player.step(1)} />
    <input type="range" min="0" max=${player.last} value=${player.at} aria-label="Where the example is"
      aria-valuetext=${frameWords(player.frame, pass)} onInput=${(event) => player.go(Number(event.currentTarget.value))} />
    <select aria-label="Speed" value=${String(player.speed)} onChange=${(event) => player.speedUp(Number(event.currentTarget.value))}>
      ${Object.entries(PLAYER_SPEEDS).sort(([a], [b]) => a - b).map(([speed, words]) => html`<option value=${speed} aria-label=${words}>${speed} ×</option>`)}
    </select>
  </div>`;
}

const plainly = (x) => (missing(x) ? "not a number" : String(+x.toPrecision(3)));

/** Feature maps: one picture for each channel. */
function MapsView({ content }) {
  const pictures = useMemo(() => content.pictures.map((each) => inked(unpackedBytes(each), content.width, content.height)), [content]);
  return html`<div class="hpo-player-maps" role="img" aria-label=${`${several(pictures.length, "feature map")} of ${content.n_channels}`}>
      ${pictures.map((url, i) => html`<img class="hpo-ink" src=${url} alt="" title=${`channel ${content.channels[i]}`} />`)}
    </div>
    <p class="hpo-hint">${pictures.length < content.n_channels ? `${pictures.length} of ${content.n_channels} channels, those that differ most over the picture. ` : ""}${
      content.low === content.high ? `All of it is ${plainly(content.low)}.` : `No ink is ${plainly(content.low)}, full ink ${plainly(content.high)}.`}</p>`;
}

/** One bar for each unit; those at zero have a dot instead. */
function UnitsView({ content }) {
  const known = content.values.map((x) => x ?? 0), n = known.length;
  const top = Math.max(0, ...known), bottom = Math.min(0, ...known), room = top - bottom || 1;
  const y = (v) => 4 + (72 * (top - v)) / room, w = 100 / n;
  const zeros = known.filter((v) => v === 0).length;
  return html`<svg class="hpo-player-units" viewBox="0 0 100 80" preserveAspectRatio="none" role="img"
      aria-label=${`${several(n, "unit")}, from ${plainly(Math.min(...known))} to ${plainly(Math.max(...known))}, ${zeros} of them at zero`}>
      <path class="hpo-player-zero" d=${`M0 ${y(0)}H100`} />
      ${known.map((v, i) => (v === 0 ? html`<path class="hpo-player-dot" d=${`M${(i + 0.5) * w} ${y(0)}h0`} />`
        : html`<rect x=${(i + 0.12) * w} width=${0.76 * w} y=${Math.min(y(v), y(0))} height=${Math.max(0.6, Math.abs(y(v) - y(0)))} />`))}
    </svg>
    <p class="hpo-hint">${n < content.n_units ? `${n} of ${content.n_units} units, evenly spread. ` : ""}The tallest bar is ${plainly(top || bottom)}${
      zeros ? `; a dot is a unit at zero (${zeros} of ${n})` : ""}.</p>`;
}

/** Words of a text, each shaded by a number in [0, 1]; one of them may be read just now. */
function Words({ words, shades, now = null }) {
  const box = useRef(null);
  useEffect(() => {
    const word = now !== null && box.current.children[now];
    if (word) box.current.scrollTop = word.offsetTop - box.current.offsetTop - box.current.clientHeight / 2;
  }, [now]);
  return html`<p class="hpo-player-words" ref=${box} tabindex="0" aria-label="The text">
    ${words.map((word, i) => html`<span class=${now === null ? "" : i === now ? "hpo-player-now" : i > now ? "hpo-player-ahead" : ""}
      style=${`--shade: ${Math.round(60 * (shades?.[i] ?? 0))}%`}>${word || "·"}</span> `)}
  </p>`;
}

/** A vector for each word: how long it is shades the word, what is in it stands below. */
function SeriesView({ content, pass }) {
  const steps = content.norms.length, features = content.features.length;
  const url = useMemo(() => {
    const bytes = unpackedBytes(content.values);
    return inked(bytes, steps, features, (x, y) => x * features + y);
  }, [content]);
  const most = Math.max(...content.norms.map((x) => x ?? 0)) || 1;
  const words = pass.shown.words.slice(content.first, content.first + steps);
  return html`${words.length > 0 && html`<${Words} words=${words} shades=${content.norms.map((x) => (x ?? 0) / most)} />`}
    <img class="hpo-ink hpo-player-strip" src=${url} alt=${`${features} of ${content.n_features} features, step by step`} />
    <p class="hpo-hint">${words.length > 0 ? "The darker a word, the longer its vector. Below, a column is a word and a row a feature" : "A column is a step and a row a feature"}:
      no ink is ${plainly(content.low)}, full ink ${plainly(content.high)}.</p>`;
}

const GATES = {
  input: "input gate: how much of the word goes in", forget: "forget gate: how much is kept",
  cell: "memory", output: "output gate: how much of it is said", hidden: "what it says",
};

/** An LSTM that reads word by word: its gates, its memory, what it says. */
function GatesView({ content, pass, step }) {
  const words = pass.shown.words.slice(content.first, content.first + content.steps);
  return html`<${Words} words=${words.length ? words : Array.from({ length: content.steps }, (_, i) => String(i + 1))} now=${step} />
    ${content.readers.map((reader) => html`<${ReaderView} reader=${reader} steps=${content.steps} step=${step} isOne=${content.readers.length === 1} />`)}
    <p class="hpo-hint">A column is a word and a row one of ${content.readers[0].n_shown === content.readers[0].n_units ? "its" : `${content.readers[0].n_shown} of its`}
      ${content.readers[0].n_units} units. Gates: no ink is closed, full ink open. Memory and what it says: grey is zero, less ink below zero.</p>`;
}

function ReaderView({ reader, steps, step, isOne }) {
  const urls = useMemo(() => Object.fromEntries(Object.keys(GATES).map((name) => {
    const bytes = unpackedBytes(reader[name]);
    return [name, inked(bytes, steps, reader.n_shown, (x, y) => x * reader.n_shown + y)];
  })), [reader]);
  const read = reader.is_backward ? steps - 1 - step : step;
  return html`<dl class="hpo-player-gates">
    ${!isOne && html`<div><dt><b>${reader.is_backward ? "from the end to the beginning" : "from the beginning to the end"}</b></dt></div>`}
    ${Object.entries(GATES).map(([name, words]) => html`<div key=${name}><dt>${words}</dt>
      <dd><img class="hpo-ink" src=${urls[name]} alt="" />
        <i class="hpo-player-unread" style=${reader.is_backward ? `left: 0; width: ${(100 * read) / steps}%` : `left: ${(100 * (read + 1)) / steps}%; right: 0`}></i>
        <i class="hpo-player-cursor" style=${`left: ${(100 * read) / steps}%; width: ${100 / steps}%`}></i></dd></div>`)}
  </dl>`;
}

/** How likely each class is, and which is right. */
const AnswersView = ({ pass }) => html`<ul class="hpo-player-answers">
    ${pass.answers.map(({ name, probability }) => html`<li key=${name} class=${name === pass.answer ? "hpo-player-said" : ""}>
      <span>${name}${name === pass.truth ? html` <b class="hpo-player-truth">right</b>` : ""}</span>
      <i aria-hidden="true"><i style=${`width: ${100 * probability}%`}></i></i><span>${share(probability)}</span></li>`)}
  </ul>
  ${pass.answers.length < pass.n_classes && html`<p class="hpo-hint">The likeliest ${pass.answers.length} of ${pass.n_classes} classes.</p>`}`;

/** What the network answers, in a sentence. */
function verdictOf(pass) {
  if (!pass.answers.length) return "The example has gone through.";
  const best = pass.answers.find((answer) => answer.name === pass.answer);
  const says = `It says ${best.name}, with ${share(best.probability)}`;
  if (!pass.truth) return `${says}.`;
  return pass.truth === best.name ? `${says}, and that is right.` : `${says}, and that is wrong: it is ${pass.truth}.`;
}

/** What one layer makes of the example. */
function Stage({ pass, frame }) {
  const { layer, place, step } = frame, { content } = layer;
  const isLast = place === pass.layers.length - 1 && pass.answers.length > 0;
  const views = { maps: MapsView, units: UnitsView, series: SeriesView, gates: GatesView };
  const View = content && views[content.view];
  const isDead = layer.at_zero === 1, isFirst = place === 0;
  return html`<section class=${`hpo-player-stage ${isDead ? "hpo-player-died" : ""}`} aria-label="What this layer makes of it">
    <h3>${layer.name} <span class="hpo-quiet">${layer.kind}, ${layer.shape.join(" × ")}</span></h3>
    ${isFirst ? html`<${Shown} shown=${pass.shown} />` : isLast ? html`<${AnswersView} pass=${pass} />`
      : View ? html`<${View} key=${layer.name} content=${content} pass=${pass} step=${step} />`
      : html`<p class="hpo-quiet">${layer.passes_on ? "It hands on what it was given." : "There is nothing to draw of it."}</p>`}
    ${isDead ? html`<p class="hpo-player-dies"><${Icon} name="warn" />Only zeros: ${pass.dies_at === layer.name ? "the signal dies here" : "the signal is dead by now"}.</p>`
      : !isFirst && !isLast && !layer.passes_on && html`<p class="hpo-small">Mean size of its outputs: ${plainly(layer.mean)}.${
        layer.at_zero > 0.005 ? ` ${share(layer.at_zero, 0)} of them are zero for this example.` : ""}</p>`}
  </section>`;
}

const Shown = ({ shown }) => (shown.pixels
  ? html`<img class="hpo-player-shown" src=${photographed(shown)} alt="The example" />`
  : html`<${Words} words=${shown.words} />`);

/** A small picture of what a layer gives, to stand beside its box; null where there is none. */
function thumbnail(layer, shown) {
  const { content } = layer;
  if (content?.view === "maps") return { kind: "maps", urls: content.pictures.slice(0, 3).map((each) => inked(unpackedBytes(each), content.width, content.height)) };
  if (content?.view === "units") return { kind: "units", values: content.values.slice(0, 24).map((x) => x ?? 0) };
  if (content?.view === "series") {
    const steps = content.norms.length, features = content.features.length;
    return { kind: "strip", urls: [inked(unpackedBytes(content.values), steps, features, (x, y) => x * features + y)] };
  }
  if (content?.view === "gates") {
    const { hidden, n_shown: units } = content.readers[0];
    return { kind: "strip", urls: [inked(unpackedBytes(hidden), content.steps, units, (x, y) => x * units + y)] };
  }
  return shown?.pixels ? { kind: "photo", urls: [photographed(shown)] } : null;
}

/** Thumbnails at the right of a box, where no other box stands. */
function BesideBox({ box, picture, thumb }) {
  const size = Math.min(34, box.height), left = box.width + 10, top = (box.height - size) / 2;
  const wide = thumb.kind === "maps" ? thumb.urls.length * (size + 3) : thumb.kind === "photo" ? size : 72;
  const isFree = !picture.boxes.some((other) => other !== box && other.x < box.x + left + wide && other.x + other.width > box.x + box.width
    && other.y < box.y + box.height && other.y + other.height > box.y);
  if (!isFree) return null;
  if (thumb.kind === "units") {
    const most = Math.max(...thumb.values.map(Math.abs)) || 1, w = 72 / thumb.values.length;
    return html`<g class="hpo-player-thumb">${thumb.values.map((v, i) => {
      const h = Math.max(1, (size * Math.abs(v)) / most);
      return html`<rect x=${left + i * w} width=${0.75 * w} y=${top + size - h} height=${h} />`;
    })}</g>`;
  }
  return html`<g class="hpo-player-thumb">${thumb.urls.map((url, i) => html`<image class=${thumb.kind === "photo" ? "" : "hpo-ink"} href=${url} x=${left + i * (size + 3)} y=${top}
    width=${thumb.kind === "strip" ? 72 : size} height=${size} preserveAspectRatio="none" />`)}</g>`;
}

/** The whole of it: the network, in which the example travels, and what the layer gives where it is.

    picture, tints, onFold: as of Graph. pass: ForwardPass.to_view(). */
function Travel({ picture, pass, tints = null, onFold, tall }) {
  const all = useMemo(() => frames(pass), [pass]);
  const player = usePlayer(all);
  const thumbs = useMemo(() => new Map(pass.layers.map((layer, i) => [layer.name, thumbnail(layer, i === 0 ? pass.shown : null)])), [pass]);
  const places = useMemo(() => new Map(pass.layers.map((layer, i) => [layer.name, i])), [pass]);
  const here = player.frame.place;
  const marks = {};
  let seen = "";
  for (const box of picture.boxes) {
    const own = box.layers.map((name) => places.get(name)).filter((place) => place !== undefined);
    const dead = own.find((place) => place <= here && pass.layers[place].at_zero === 1);
    if (own.includes(here)) seen = box.name;
    if (own.length && own.every((place) => place > here)) marks[box.name] = { tone: "ahead", words: "not reached yet" };
    else if (own.includes(here)) marks[box.name] = { tone: dead === undefined ? "now" : "now hpo-graph-dead", words: "the example is here" };
    else if (dead !== undefined) marks[box.name] = { tone: "dead", words: "only zeros" };
  }
  const inside = (box) => {
    const reached = box.layers.filter((name) => places.get(name) <= here);
    const thumb = reached.map((name) => thumbs.get(name)).filter(Boolean).at(-1);
    return thumb && html`<${BesideBox} box=${box} picture=${picture} thumb=${thumb} />`;
  };
  const choose = (name) => player.to(places.get(picture.boxes.find((box) => box.name === name)?.layers.find((layer) => places.has(layer))));
  const isOver = player.at === player.last;
  return html`<div class="hpo-player">
    <div class="hpo-player-side">
      <${Transport} player=${player} pass=${pass} />
      <p class="hpo-player-verdict" aria-live="polite">${isOver ? verdictOf(pass) : ""}</p>
      <${Stage} pass=${pass} frame=${player.frame} />
    </div>
    <${Graph} picture=${picture} tints=${tints} marks=${marks} chosen=${seen} seen=${seen} onChoose=${choose} onFold=${onFold} inside=${inside} beside=${126}
      label="The network, with the example on its way" tall=${tall} />
  </div>`;
}
