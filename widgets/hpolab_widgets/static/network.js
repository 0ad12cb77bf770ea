const MODES = { layers: "Layers", example: "An example on its way", space: "In 3-D" };

/** A choice of one from a few, as a labelled menu. */
const Menu = ({ label, value, options, onChange }) => html`<label class="hpo-network-menu"><span>${label}</span>
  <select value=${value} onChange=${(event) => onChange(event.currentTarget.value)}>
    ${options.map(([name, words]) => html`<option key=${name} value=${name} selected=${name === value}>${words}</option>`)}
  </select></label>`;

/** The ways to take the drawing home, folded away. */
function Takeaway({ files, onTake }) {
  const fold = useRef(null);
  const take = (kind) => {
    fold.current.open = false;
    onTake(kind);
  };
  const leave = (event) => event.currentTarget.contains(event.relatedTarget) || (fold.current.open = false);
  return html`<details class="hpo-network-files" ref=${fold} onFocusOut=${leave} onKeyDown=${(event) => event.key === "Escape" && (fold.current.open = false)}>
    <summary class="hpo-button"><${Icon} name="down" /><span>Save</span></summary>
    <div>${files.map(([kind, words]) => html`<${Button} kind="plain" onClick=${() => take(kind)}>${words}<//>`)}</div>
  </details>`;
}

/** What is known of the layer or block that is chosen. */
const Card = ({ card, model }) => (card ? html`<aside class="hpo-network-card" aria-label=${card.title} aria-live="polite">
    <h3>${card.title}</h3><p class="hpo-quiet">${card.kind}</p>
    <dl>${card.facts.map(([name, words]) => html`<div><dt>${name}</dt><dd>${words}</dd></div>`)}</dl>
    ${card.layers.length > 0 && html`<ol class="hpo-small">${card.layers.map((words) => html`<li>${words}</li>`)}
      ${card.more > 0 && html`<li>and ${card.more} more</li>`}</ol>`}
    ${card.health.length > 0 && html`<ul class="hpo-network-health">${card.health.map((words) => html`<li>${words}</li>`)}</ul>`}
    ${card.is_block && html`<${Button} icon="plus" onClick=${() => wish(model, "fold", { name: card.name })}>Unfold<//>`}
    ${card.diagnosed && html`<${Button} icon="right" onClick=${() => wish(model, "diagnose", { layer: card.layer })}>Its diagnostics<//>`}
  </aside>`
  : html`<aside class="hpo-network-card hpo-network-none"><p class="hpo-quiet">Choose a layer to read what it is and how it is.</p></aside>`);

const Layers = ({ view, model }) => html`<div class="hpo-network-columns">
    <${Graph} picture=${view.picture} tints=${view.tints} marks=${view.marks} chosen=${view.chosen} label=${view.title}
      onChoose=${(name) => assign(model, { chosen: name === view.chosen ? "" : name })} onFold=${(name) => wish(model, "fold", { name })} />
    <${Card} card=${view.card} model=${model} />
  </div>
  <${Dies} words=${view.dies} />`;

const Dies = ({ words }) => words && html`<p class="hpo-network-dies"><${Icon} name="warn" />${words}</p>`;

/** Two networks, and in words what tells them apart. */
const Beside = ({ view, model }) => html`<div class="hpo-network-pair">
    ${[view, view.other].map((side) => html`<section key=${side.title} aria-label=${side.title}>
      <h3>${side.title}</h3>
      <${Graph} picture=${side.picture} tints=${view.tints && side.tints} marks=${side.marks} label=${side.title} tall=${560} onFold=${(name) => wish(model, "fold", { name })} />
      <${Dies} words=${side.dies} />
    </section>`)}
  </div>
  <section aria-label="What differs"><h3>What differs</h3>
    ${view.differences.length === 0 ? html`<p class="hpo-quiet">Nothing: both networks are built alike.</p>`
      : html`<ul class="hpo-network-differences">${view.differences.map(({ tone, words }) => html`<li class=${`hpo-network-${tone}`}>${words}</li>`)}</ul>`}
  </section>`;

// ---- an example ------------------------------------------------------------------------------

const encoded = (bytes) => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
};

/** What is on a canvas as the pixels that the network reads. */
function pixelsOf(source, { rows, columns, channels }) {
  const small = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  const context = small.getContext("2d", { willReadFrequently: true });
  const scale = Math.max(columns / source.width, rows / source.height);
  const [w, h] = [source.width * scale, source.height * scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(source, (columns - w) / 2, (rows - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, columns, rows), bytes = new Uint8Array(rows * columns * channels);
  for (let i = 0; i < rows * columns; i++) {
    const [r, g, b] = data.subarray(4 * i, 4 * i + 3);
    if (channels === 3) bytes.set([r, g, b], 3 * i);
    else bytes[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  }
  return { pixels: encoded(bytes), rows, columns, channels };
}

/** A small ground to draw on with mouse, pen or finger: white on black, as digits are recorded. */
function Pad({ size, onSend }) {
  const canvas = useRef(null), last = useRef(null);
  const [isBlank, setBlank] = useState(true);
  const clear = () => {
    const context = canvas.current.getContext("2d");
    context.fillStyle = "black";
    context.fillRect(0, 0, 196, 196);
    setBlank(true);
  };
  useEffect(clear, []);
  const point = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [((event.clientX - box.left) * 196) / box.width, ((event.clientY - box.top) * 196) / box.height];
  };
  const draw = (event) => {
    if (!last.current) return;
    const context = canvas.current.getContext("2d"), next = point(event);
    Object.assign(context, { strokeStyle: "white", lineWidth: Math.max(14, 250 / size.rows), lineCap: "round", lineJoin: "round" });
    context.beginPath();
    context.moveTo(...last.current);
    context.lineTo(...next);
    context.stroke();
    last.current = next;
    setBlank(false);
  };
  const down = (event) => {
    canvas.current.setPointerCapture(event.pointerId);
    last.current = point(event);
    draw(event);
  };
  return html`<div class="hpo-network-pad">
    <canvas ref=${canvas} width="196" height="196" role="img" aria-label="A ground to draw on with mouse, pen or finger"
      onPointerDown=${down} onPointerMove=${draw} onPointerUp=${() => (last.current = null)} onPointerCancel=${() => (last.current = null)}></canvas>
    <div class="hpo-row">
      <${Button} kind="main" disabled=${isBlank} onClick=${() => onSend(pixelsOf(canvas.current, size))}>Show it<//>
      <${Button} disabled=${isBlank} onClick=${clear}>Clear<//>
    </div>
  </div>`;
}

/** A picture of one's own. */
function Upload({ size, onSend }) {
  const [problem, setProblem] = useState("");
  const take = async (file) => {
    if (!file) return;
    try {
      const bitmap = await createImageBitmap(file);
      setProblem("");
      onSend(pixelsOf(bitmap, size));
    } catch {
      setProblem("This file is no picture that the browser can read.");
    }
  };
  const drop = (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return html`<label class="hpo-network-drop" onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
    <span>Or drop a picture here, or choose one</span>
    <input type="file" accept="image/*" onChange=${(event) => take(event.currentTarget.files[0])} />
    ${problem && html`<span class="hpo-error" role="alert">${problem}</span>`}
  </label>`;
}

function Sentence({ onSend }) {
  const [text, setText] = useState("");
  return html`<form class="hpo-network-sentence" onSubmit=${(event) => (event.preventDefault(), onSend({ text }))}>
    <${Field} id="hpo-network-text" label="Type a sentence of your own">
      <textarea id="hpo-network-text" rows="3" value=${text} onInput=${(event) => setText(event.currentTarget.value)}></textarea>
    <//>
    <${Button} kind="main" type="submit" disabled=${!text.trim()}>Show it<//>
  </form>`;
}

/** What a validation example is, for who cannot see it. */
const exampleWords = ({ truth, answer }) => (answer && answer !== truth ? `${truth}, taken for ${answer}` : truth);

const Candidate = ({ example, isShown, onSend }) => html`<li><button type="button" aria-pressed=${isShown}
    class=${`hpo-network-candidate ${example.answer && example.answer !== example.truth ? "hpo-network-mistake" : ""}`}
    onClick=${() => onSend({ validation: example.validation })}>
    ${example.pixels && html`<img src=${photographed(example)} alt="" />`}
    ${example.excerpt && html`<q>${example.excerpt}</q>`}
    <span>${exampleWords(example)}</span></button></li>`;

function Example({ view, model }) {
  const examples = model.get("examples"), trace = model.get("trace"), busy = model.get("busy");
  const { example } = view, player = useRef(null);
  useInSight(player, trace);
  useEffect(() => {
    if (!example.why && examples.of !== view.of) wish(model, "examples");
  }, [view.of, example.why]);
  if (example.why) return html`<p class="hpo-quiet">${example.why}</p>`;
  const send = (details) => wish(model, "show", details);
  const known = examples.of === view.of ? examples.items : [];
  const pass = trace.of === view.of ? trace.pass : null;
  return html`<section class="hpo-network-pick" aria-label="What to show it">
      ${known.length > 0 && html`<div><h3>Pick an example <span class="hpo-quiet">from the validation part, mistakes first</span></h3>
        <ul class=${`hpo-network-candidates ${known[0].excerpt ? "hpo-network-texts" : ""}`}>${known.map((each) => html`<${Candidate}
          key=${each.validation} example=${each} isShown=${pass !== null && trace.validation === each.validation} onSend=${send} />`)}</ul></div>`}
      ${examples.of === view.of && examples.problem && html`<p class="hpo-quiet">${examples.problem}</p>`}
      ${example.takes === "picture" && html`<div><h3>Draw one</h3><${Pad} size=${example.size} onSend=${send} />
        ${example.uploads && html`<${Upload} size=${example.size} onSend=${send} />`}</div>`}
      ${example.takes === "text" && html`<${Sentence} onSend=${send} />`}
    </section>
    <p class="hpo-quiet hpo-network-busy" aria-live="polite">${busy.length ? `${busy[0]} …` : pass ? "" : "Choose or make an example; then watch it travel, layer after layer."}</p>
    <div ref=${player}>${pass && html`<${Travel} picture=${view.picture} pass=${pass} tints=${view.tints} onFold=${(name) => wish(model, "fold", { name })} />`}</div>`;
}

function NetworkView({ model, view }) {
  if (!view.title && !view.hint) return null;
  if (view.hint) return html`<section class="hpo-card" aria-label="Network"><h2>Network</h2><p class="hpo-quiet">${view.hint}</p></section>`;
  const [mode, setMode] = [view.mode, (to) => assign(model, { mode: to })];
  return html`<section class="hpo-card hpo-network" aria-label="Network">
    <header class="hpo-network-head">
      <h2>${view.title} <span class="hpo-quiet">${view.summary}</span></h2>
      <div class="hpo-network-tools">
        <div class="hpo-row" role="group" aria-label="What to see">${Object.entries(MODES).map(([name, words]) => html`<${Button}
          key=${name} aria-pressed=${mode === name} onClick=${() => setMode(name)}>${words}<//>`)}</div>
        <${Menu} label="Colours" value=${view.colour} options=${view.colours} onChange=${(colour) => assign(model, { colour })} />
        ${mode === "layers" && view.neighbours.length > 0 && html`<${Menu} label="Beside" value=${view.beside} options=${view.neighbours}
          onChange=${(trial) => wish(model, "beside", { trial: Number(trial) })} />`}
        <${Takeaway} files=${view.files} onTake=${(what) => wish(model, "download", { what })} />
      </div>
    </header>
    ${mode === "example" ? html`<${Example} view=${view} model=${model} />`
      : mode === "space" ? html`<${Plotted} model=${model} entry=${view.space} />`
      : view.other ? html`<${Beside} view=${view} model=${model} />` : html`<${Layers} view=${view} model=${model} />`}
  </section>`;
}

export default panel(NetworkView);
