// The form. It edits one trait, `form`: what differs from the defaults, as nested plain data.
let forms = 0;
const isMap = (x) => x !== null && typeof x === "object" && !Array.isArray(x);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const at = (data, path) => path.split(".").reduce((x, name) => (isMap(x) ? x[name] : undefined), data);

/** A copy with this value at a path; undefined takes away what is there, and sections left empty. */
function put(data, path, value) {
  const [name, ...rest] = path.split(".");
  const inner = rest.length ? put(isMap(data?.[name]) ? data[name] : {}, rest.join("."), value) : value;
  const { [name]: _, ...others } = data ?? {};
  const isEmpty = inner === undefined || (rest.length && !Object.keys(inner).length);
  return isEmpty ? others : { ...others, [name]: inner };
}

/** What every part of the form gets: the values that count, their errors, and how to change them. */
function formOf(model, view, id) {
  const known = model.get("known");
  const form = model.get("form") ?? {};
  const usual = (path) => at(known.defaults, path);
  return {
    model, known, view, id,
    get: (path, fallback = usual(path)) => { const x = at(form, path); return x === undefined ? fallback : x; },
    // from what the form is now, which may be newer than what is drawn
    set: (path, value, fallback = usual(path)) =>
      assign(model, { form: put(model.get("form"), path, same(value, fallback) ? undefined : value) }),
    error: (path) => view.errors[path],
    // of a setting or of anything below it
    errors: (path) => Object.keys(view.errors).filter((x) => x === path || x.startsWith(`${path}.`)),
    control: (path) => ({
      id: `${id}-${path}`, "data-field": path,
      "aria-invalid": view.errors[path] ? "true" : undefined,
      "aria-describedby": view.errors[path] ? `${id}-${path}-error` : `${id}-${path}-hint`,
    }),
  };
}

// ---- controls --------------------------------------------------------------------------------

/** A text box that does not change under one's fingers: what was typed stays until it is left. */
function Typed({ shown, onText, ...rest }) {
  const [text, setText] = useState(null);
  return html`<input type="text" autocomplete="off" spellcheck="false" ...${rest} value=${text ?? shown}
    onInput=${(e) => { setText(e.target.value); onText(e.target.value.trim()); }}
    onBlur=${() => setText(null)} />`;
}

const printed = (x, scale) =>
  missing(x) ? "" : typeof x === "number" ? String(+(x / scale).toPrecision(10)) : String(x);
/** A number that was typed; the text itself where it is none, so that Python says what is wrong. */
function numberIn(text, scale) {
  const x = Number(text.replace(/^(-?\d+),(\d+)$/, "$1.$2"));
  return text === "" || Number.isNaN(x) ? text : +(x * scale).toPrecision(12);
}

const Number_ = ({ f, path, usual, scale = 1, empty, label, ...rest }) => html`<${Typed}
  ...${f.control(path)} ...${rest} inputmode="decimal" aria-label=${label}
  shown=${printed(f.get(path, usual), scale)}
  onText=${(text) => f.set(path, text === "" && empty ? null : numberIn(text, scale), usual)} />`;

/** A labelled number; ``empty`` says what an empty box means, where it may be empty. */
const NumberField = ({ f, path, label, hint, unit, ...rest }) => html`
  <${Field} label=${label} hint=${hint} error=${f.error(path)} id=${`${f.id}-${path}`}>
    <span class="hpo-setup-unit"><${Number_} f=${f} path=${path} placeholder=${rest.empty} ...${rest} />
      ${unit && html`<span class="hpo-quiet">${unit}</span>`}</span>
  <//>`;

const SelectField = ({ f, path, label, hint, options, usual, onPick }) => html`
  <${Field} label=${label} hint=${hint} error=${f.error(path)} id=${`${f.id}-${path}`}>
    <select ...${f.control(path)} value=${f.get(path, usual)}
      onChange=${(e) => (onPick ?? ((x) => f.set(path, x, usual)))(e.target.value)}>
      ${options.map(([key, words]) => html`<option key=${key} value=${key} selected=${key === f.get(path, usual)}>${words}</option>`)}
    </select>
  <//>`;

const SwitchField = ({ f, path, label, hint, usual }) => html`<div class="hpo-field">
  <label class="hpo-setup-switch"><input type="checkbox" ...${f.control(path)} checked=${f.get(path, usual)}
    onChange=${(e) => f.set(path, e.target.checked, usual)} /> <span>${label}</span></label>
  ${hint && html`<p class="hpo-hint" id=${`${f.id}-${path}-hint`}>${hint}</p>`}
</div>`;

/** Several ways as tiles, one of which is chosen. */
const Tiles = ({ f, name, legend, tiles, chosen, onPick }) => html`<fieldset class=${`hpo-setup-tiles hpo-setup-of-${name}`}>
  <legend class="hpo-unseen">${legend}</legend>
  ${tiles.map((tile) => html`<label key=${tile.key} class="hpo-setup-tile">
    <input type="radio" name=${`${f.id}-${name}`} checked=${tile.key === chosen} data-field=${tile.key === chosen ? tile.field : undefined}
      onChange=${() => onPick(tile.key)} />
    <span class="hpo-setup-tile-head"><strong>${tile.title}</strong>${tile.badge}</span>
    <span class="hpo-quiet hpo-small">${tile.words}</span>
    ${tile.facts && html`<span class="hpo-small hpo-setup-facts">${tile.facts.map((fact) => html`<span key=${fact}>${fact}</span>`)}</span>`}
  </label>`)}
</fieldset>`;

/** A folded part of the form; it says what is in it, and how much of it is to be put right. */
function Folded({ f, title, summary, sections, children }) {
  const wrong = sections.flatMap((path) => f.errors(path)).length;
  return html`<details class="hpo-card hpo-setup-folded">
    <summary><h3>${title}</h3><span class="hpo-quiet hpo-small">${summary}</span>
      ${wrong > 0 && html`<span class="hpo-state hpo-tone-bad">${wrong} to put right</span>`}</summary>
    <div class="hpo-setup-body">${children}</div>
  </details>`;
}

// ---- data ------------------------------------------------------------------------------------

const factsOf = (d) => [
  d.kind === "image" ? `${d.shape[0]} × ${d.shape[1]}${d.shape[2] === 3 ? " colour" : ""}` : "texts",
  `${d.classes} classes`, `${d.examples.toLocaleString("en")} examples`,
];
const tileOf = (d) => ({
  key: d.name, title: words(d.name), words: d.problem || d.title, facts: d.own ? ["your own"] : factsOf(d), field: "dataset.name",
  badge: !d.own && html`<span class=${`hpo-state hpo-tone-${d.here ? "good hpo-setup-here" : "quiet"}`}>${d.here ? "here" : `${bytes(d.download)} to load`}</span>`,
});

const Samples = ({ f, samples }) => {
  const { state, items } = samples;
  const name = words(f.get("dataset.name"));
  const progress = samples.progress;
  const line = {
    unread: "", ready: `Examples of ${name}`, reading: missing(progress) ? "Reading examples …" : `Downloading, ${share(progress, 0)}`,
    absent: "These data are not on this machine yet. Starting the sweep loads them first.",
    failed: samples.problem,
  }[state];
  return html`<div class="hpo-setup-samples" aria-busy=${state === "reading"}>
    <p class=${`hpo-small ${state === "failed" ? "hpo-error" : "hpo-quiet"}`} aria-live="polite">${line}</p>
    ${state === "absent" && html`<${Button} icon="down" onClick=${() => wish(f.model, "fetch")}>Load them now<//>`}
    ${!missing(progress) && html`<progress value=${progress} max="1" aria-label="Download" />`}
    ${items.length && items[0].text !== undefined
      ? html`<ul class="hpo-stack">${items.map((item, i) => html`<li key=${i} class="hpo-setup-text"><span class="hpo-state hpo-tone-quiet">${item.label}</span> ${item.text}</li>`)}</ul>`
      : html`<ul class="hpo-setup-pictures">${(items.length ? items : Array(12).fill(null)).map((item, i) => html`<li key=${i}>
          ${item ? html`<img src=${item.image} alt=${`an example of ${item.label}`} /><span title=${item.label}>${item.label}</span>` : html`<span class="hpo-setup-blank" />`}</li>`)}</ul>`}
  </div>`;
};

const PARTS = [["learn from", "accent"], ["steer by", "warn"], ["measure with", "good"]];
const Parts = ({ parts }) => html`<figure class="hpo-setup-parts">
  <div role="img" aria-label=${parts.map((n, i) => `${n} examples to ${PARTS[i][0]}`).join(", ")}>
    ${parts.map((n, i) => html`<i key=${i} style=${`flex-grow:${n};background:var(--hpo-${PARTS[i][1]})`} />`)}</div>
  <figcaption class="hpo-small hpo-quiet">${parts.map((n, i) => html`<span key=${i}><i style=${`background:var(--hpo-${PARTS[i][1]})`} /> ${n.toLocaleString("en")} to ${PARTS[i][0]}</span>`)}</figcaption>
</figure>`;

function Data({ f, samples }) {
  const name = f.get("dataset.name");
  const own = f.known.datasets.find((d) => d.name === name)?.own;
  return html`<section class="hpo-card hpo-stack" aria-labelledby=${`${f.id}-data`}>
    <h3 id=${`${f.id}-data`}>Data</h3>
    <div class="hpo-setup-data">
      <${Tiles} f=${f} name="dataset" legend="Data set" chosen=${name} tiles=${f.known.datasets.map(tileOf)}
        onPick=${(key) => wish(f.model, "dataset", { name: key })} />
      <${Samples} f=${f} samples=${samples} />
    </div>
    ${f.error("dataset.name") && html`<p class="hpo-error">${f.error("dataset.name")}</p>`}
    ${own && html`<${Field} label="Where they are" id=${`${f.id}-dataset.path`} error=${f.error("dataset.path")}
      hint="A path on this machine, from the folder of the notebook.">
      <${Typed} ...${f.control("dataset.path")} shown=${f.get("dataset.path") ?? ""} onText=${(x) => f.set("dataset.path", x || null)} /><//>`}
    ${f.view.parts.length > 0 && html`<${Parts} parts=${f.view.parts} />`}
    <details class="hpo-setup-more"><summary>How they are divided</summary><div class="hpo-setup-fields">
      <${NumberField} f=${f} path="dataset.validation" label="To steer by" scale=${0.01} unit="%"
        hint="Held out of learning; networks are compared on it." />
      <${NumberField} f=${f} path="dataset.test" label="To measure with" scale=${0.01} unit="%"
        hint="Seen by nobody until the end; not used where the data bring a test part." />
      <${NumberField} f=${f} path="dataset.seed" label="Seed of the division" hint="Another number, another draw." />
    </div></details>
  </section>`;
}

// ---- length and score ------------------------------------------------------------------------

const presetTile = (p) => ({
  key: p.name, title: p.name[0].toUpperCase() + p.name.slice(1), words: p.words,
  facts: [`${p.trials} trials`, `${p.epochs} epochs`, p.samples ? `${p.samples.toLocaleString("en")} examples` : "all examples"],
});
const Length = ({ f }) => html`<section class="hpo-card hpo-stack" aria-labelledby=${`${f.id}-length`}>
  <h3 id=${`${f.id}-length`}>How long</h3>
  <${Tiles} f=${f} name="preset" legend="How long" tiles=${f.known.presets.map(presetTile)} chosen=${f.view.preset}
    onPick=${(name) => wish(f.model, "preset", { name })} />
  <div class="hpo-setup-fields">
    <${NumberField} f=${f} path="budget.trials" label="Trials" empty="no limit" hint="Networks to train; each is one trial." />
    <${NumberField} f=${f} path="epochs" label="Epochs" hint="How often each sees its examples, at most." />
    <${NumberField} f=${f} path="dataset.max_samples" label="Examples" empty="all" hint="Used at most; fewer is faster." />
    <${NumberField} f=${f} path="budget.seconds" label="Time" empty="no limit" scale=${60} unit="min" hint="Ends the sweep, whatever is left." />
  </div>
  ${f.error("budget") && html`<p class="hpo-error">${f.error("budget")}</p>`}
</section>`;

const MODES = [
  { key: "simple", title: "Accuracy alone", words: "The score is the share of right answers.", field: "mode" },
  { key: "health-aware", title: "Accuracy and health", field: "mode",
    words: "The score also asks whether the network is in order: no idle units, steady learning, no rote." },
];
function Score({ f }) {
  const mode = f.get("mode"), accuracy = f.get("weights.accuracy");
  return html`<section class="hpo-card hpo-stack" aria-labelledby=${`${f.id}-score`}>
    <h3 id=${`${f.id}-score`}>What counts</h3>
    <${Tiles} f=${f} name="mode" legend="What counts" tiles=${MODES} chosen=${mode} onPick=${(x) => {
      // simple mode has no weights
      const { weights, ...rest } = f.model.get("form");
      assign(f.model, { form: put(x === "simple" ? rest : f.model.get("form"), "mode", x === "simple" ? x : undefined) });
    }} />
    ${mode !== "simple" && html`<${Field} id=${`${f.id}-weights.accuracy`} error=${f.error("weights.accuracy") ?? f.error("weights.proportions")}
      label=${`Accuracy ${share(accuracy, 0)}, health ${share(1 - accuracy, 0)}`}>
      <input type="range" min="0" max="100" step="1" ...${f.control("weights.accuracy")} value=${100 * accuracy}
        aria-valuetext=${`accuracy ${share(accuracy, 0)}`} onInput=${(e) => f.set("weights.accuracy", e.target.value / 100)} />
      <p class="hpo-hint">You can weigh finished trials anew at any time; these weights steer the search itself.
        ${f.view.sweep && html` <button type="button" class="hpo-setup-link" onClick=${() => wish(f.model, "weights")}>Take those of the sliders</button>`}</p>
    <//>`}
  </section>`;
}

// ---- space -----------------------------------------------------------------------------------

const shownOption = (x) => (typeof x === "boolean" ? (x ? "on" : "off") : typeof x === "string" ? words(x) : String(x));

/** Which options an edit leaves, and all that there are. */
function optionsOf(row, edit) {
  const given = isMap(edit) ? edit.options ?? (edit.value !== undefined ? [edit.value] : undefined) : edit;
  const chosen = given === undefined ? row.options : Array.isArray(given) ? given : [given];
  return { chosen, all: [...row.options, ...chosen.filter((x) => !row.options.includes(x))] };
}

function Options({ row, edit, change }) {
  const { chosen, all } = optionsOf(row, edit);
  const toggle = (option) => change((now) => {
    const { chosen } = optionsOf(row, now);
    const next = all.filter((x) => (x === option) !== chosen.includes(x));
    return same(next, row.options) ? undefined : next.length === 1 ? next[0] : next.length ? next : now;
  });
  return html`<span class="hpo-setup-chips">${all.map((option) => {
    const is = chosen.includes(option), isLast = is && chosen.length === 1;
    return html`<label key=${String(option)} class="hpo-setup-chip" title=${isLast ? "one must stay" : ""}>
      <input type="checkbox" checked=${is} disabled=${isLast} onChange=${() => toggle(option)} /><span>${shownOption(option)}</span></label>`;
  })}</span>`;
}

function Range({ row, edit, change }) {
  const path = `space.${row.name}`;
  if (Array.isArray(edit) || (isMap(edit) && "options" in edit))
    return html`<code>${(edit.options ?? edit).join(", ")}</code>`;
  const isFixed = edit !== undefined && (!isMap(edit) || "value" in edit);
  const alter = (key, x) => change((now) => {
    const { [key]: _, ...others } = isMap(now) ? now : {};
    const next = same(x, row[key]) ? others : { ...others, [key]: x };
    return Object.keys(next).length ? next : undefined;
  });
  const kind = html`<select aria-label=${`${words(row.name)}: how`}
    onChange=${(e) => { const to = e.target.value; change(() => (to === "fixed" ? row.low : undefined)); }}>
    <option value="range" selected=${!isFixed}>search</option><option value="fixed" selected=${isFixed}>fix at</option></select>`;
  const box = (key, label) => html`<${Typed} key=${key} data-field=${key ? `${path}.${key}` : path} inputmode="decimal" aria-label=${`${words(row.name)}: ${label}`}
    shown=${printed(key ? edit?.[key] ?? row[key] : edit?.value ?? edit, 1)}
    onText=${(text) => { const x = numberIn(text, 1); if (key) alter(key, x); else change(() => x); }} />`;
  if (isFixed) return html`${kind}${box("", "value")}`;
  const log = edit?.log ?? row.log;
  return html`${kind}${box("low", "lowest")}<span class="hpo-quiet">to</span>${box("high", "highest")}
    ${row.step === 1 && html`<label class="hpo-setup-log" title="Even in ratios: as many values from 0.001 to 0.01 as from 0.01 to 0.1.">
      <input type="checkbox" checked=${log} onChange=${(e) => alter("log", e.target.checked)} /> log scale</label>`}`;
}

const Row = ({ f, row }) => {
  const path = `space.${row.name}`;
  const edit = f.get(path, undefined);
  const change = (to) => {
    const form = f.model.get("form");
    assign(f.model, { form: put(form, path, to(at(form, path))) });
  };
  const wrong = f.errors(path).map((x) => f.view.errors[x]);
  return html`<tr class=${wrong.length ? "hpo-wrong" : ""}>
    <th scope="row"><strong>${words(row.name)}</strong>${row.when && html` <em class="hpo-quiet hpo-small">${row.when}</em>`}
      <span class="hpo-quiet hpo-small">${row.help}</span></th>
    <td><div class="hpo-row">${row.kind === "choice" ? html`<${Options} row=${row} edit=${edit} change=${change} />`
      : row.kind === "fixed" ? html`<code>${shownOption(row.value)}</code>`
      : html`<${Range} row=${row} edit=${edit} change=${change} />`}</div>
      ${wrong.map((x) => html`<p class="hpo-error">${x}</p>`)}</td>
    <td><button type="button" class="hpo-setup-link" disabled=${edit === undefined} onClick=${() => change(() => undefined)}
      aria-label=${`Reset ${words(row.name)}`}>reset</button></td>
  </tr>`;
};

function Networks({ f }) {
  const edits = Object.keys(f.get("space", {}) ?? {}).length, n = f.view.rows.length;
  const named = { cnn: "cnn, a network for images", lstm: "lstm, a network for texts" };
  const models = [["", `by the data (${f.view.model})`], ...f.known.models.map((m) => [m.name, named[m.name] ?? m.name])];
  const asked = f.get("model");
  if (asked && !models.some(([name]) => name === asked)) models.push([asked, asked]);
  const stray = f.errors("space").filter((x) => !f.view.rows.some((row) => x === `space.${row.name}` || x.startsWith(`space.${row.name}.`)));
  return html`<${Folded} f=${f} title="Networks" sections=${["model", "space"]}
    summary=${`${several(n, "setting")} may vary${edits ? `, ${edits} changed` : ""}${f.view.configurations ? `; ${several(f.view.configurations, "network")} at most` : ""}`}>
    <${SelectField} f=${f} path="model" label="Kind of network" options=${models} />
    <table class="hpo-setup-space"><caption class="hpo-unseen">What may vary</caption>
      <thead><tr><th scope="col">Setting</th><th scope="col">What it may be</th><th scope="col"><span class="hpo-unseen">Reset</span></th></tr></thead>
      <tbody>${f.view.rows.map((row) => html`<${Row} key=${row.name} f=${f} row=${row} />`)}</tbody></table>
    ${stray.map((x) => html`<p class="hpo-error">${x.slice(6)}: ${f.view.errors[x]}
      <button type="button" class="hpo-setup-link" onClick=${() => assign(f.model, { form: put(f.model.get("form"), x.split(".").slice(0, 2).join("."), undefined) })}>take it away</button></p>`)}
  <//>`;
}

// ---- the rest --------------------------------------------------------------------------------

function Chosen({ f, section, label, choices }) {
  const name = f.get(`${section}.name`);
  const choice = choices.find((x) => x.name === name) ?? choices[0];
  return html`<fieldset class="hpo-setup-group"><legend>${label}</legend>
    <${SelectField} f=${f} path=${`${section}.name`} label="Name" options=${choices.map((x) => [x.name, x.name])}
      hint=${`${choice.summary} ${choice.details}`}
      onPick=${(x) => f.set(section, { name: x }, { name: f.known.defaults[section].name })} />
    <div class="hpo-setup-fields">${choice.options.map((o) => {
      const path = `${section}.${o.name}`;
      const given = { f, path, label: words(o.name), hint: o.help, usual: o.default };
      if (o.control === "switch") return html`<${SwitchField} key=${path} ...${given} />`;
      if (o.control === "options") return html`<${SelectField} key=${path} ...${given} options=${o.options.map((x) => [x, x])} />`;
      return html`<${NumberField} key=${path} ...${given} empty=${o.rule.includes("none") ? "by itself" : undefined} />`;
    })}</div></fieldset>`;
}

const Search = ({ f }) => html`<${Folded} f=${f} title="How it searches" sections=${["sampler", "pruner"]}
  summary=${`${f.get("sampler.name")} proposes, ${f.get("pruner.name") === "none" ? "nobody stops trials early" : `${f.get("pruner.name")} stops what does not pay`}`}>
  ${f.view.notes.map((note) => html`<p class="hpo-setup-note" key=${note}>${note}</p>`)}
  <${Chosen} f=${f} section="sampler" label="Who proposes the next network" choices=${f.known.samplers} />
  <${Chosen} f=${f} section="pruner" label="Who stops trials that do not pay" choices=${f.known.pruners} />
<//>`;

const RECORDS = [["best", "the best trials"], ["all", "every trial (more disk)"], ["none", "no trial"]];
function Machine({ f }) {
  const usual = f.view.limits, set = f.get("limits", null);
  const kind = set === null ? "usual" : set.dead_units === null && set.vanished_gradients === null ? "none" : "own";
  const executors = [["process", "process: each trial apart, several at once"], ["inline", "inline: in the sweep's own process, one at a time"]];
  if (f.known.endpoint) executors.push(["runpod", `runpod: on the endpoint ${f.known.endpoint}, paid by the second`]);
  const executor = f.get("executor.name");
  if (!executors.some(([name]) => name === executor)) executors.push([executor, executor]);
  return html`<${Folded} f=${f} title="Limits and machine" sections=${["name", "budget.epochs", "limits", "executor", "seed", "record", "max_failures"]}
    summary=${`${f.view.slots} at once, seed ${f.get("seed")}`}>
    <div class="hpo-setup-fields">
      <${Field} label="Name" hint="Of the sweep and its folder; empty for the data's name and the time." error=${f.error("name")} id=${`${f.id}-name`}>
        <${Typed} ...${f.control("name")} shown=${f.get("name")} onText=${(x) => f.set("name", x)} placeholder="by itself" /><//>
      <${NumberField} f=${f} path="seed" label="Seed" hint="The same seed gives the same sweep again." />
      <${SelectField} f=${f} path="record" label="Record for diagnostics" options=${RECORDS} hint="What pictures of a network's inside are drawn from." />
      <${SelectField} f=${f} path="executor.name" label="Where trials train" options=${executors} />
      <${NumberField} f=${f} path="executor.workers" label="Trials at once" empty=${`${f.known.workers}, as the machine says`} hint="More than there are processor cores does not pay." />
      <${NumberField} f=${f} path="budget.epochs" label="Epochs in all" empty="no limit" hint="Of all trials together; ends the sweep." />
      <${NumberField} f=${f} path="max_failures" label="Failures in a row" hint="After so many the sweep stops." />
    </div>
    <fieldset class="hpo-setup-group"><legend>Sick networks</legend>
      <${Field} label="A sick network" id=${`${f.id}-limits`} error=${f.error("limits")} hint="Many units that never fire, or steps that no longer reach the first layers: it would not recover.">
        <select ...${f.control("limits")} value=${kind} onChange=${(e) => f.set("limits", { usual: null, none: { dead_units: null, vanished_gradients: null }, own: {} }[e.target.value])}>
          <option value="usual" selected=${kind === "usual"}>${f.get("mode") === "simple" ? "trains on (usual for accuracy alone)" : "is stopped early (usual)"}</option>
          <option value="none" selected=${kind === "none"}>trains on</option>
          <option value="own" selected=${kind === "own"}>is stopped beyond limits of your own</option></select><//>
      ${kind === "own" && html`<div class="hpo-setup-fields">
        <${NumberField} f=${f} path="limits.dead_units" label="Silent units" usual=${0.8} empty="no limit" scale=${0.01} unit="%" hint="At most, of any one layer." />
        <${NumberField} f=${f} path="limits.vanished_gradients" label="Weakest gradient" usual=${1e-5} empty="no limit" hint="Healthy networks have 0.01 or more." />
        <${NumberField} f=${f} path="limits.patience" label="Patience" usual=${2} hint="Looks in a row that must find it." />
      </div>`}
    </fieldset>
  <//>`;
}

function Copyable({ title, text }) {
  const [told, tell] = useState("");
  const box = useRef(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      tell("Copied");
    } catch { // pages without https have no clipboard: mark it, so that the keyboard can copy it
      getSelection().selectAllChildren(box.current);
      tell("Marked; press Ctrl+C");
    }
    setTimeout(() => tell(""), 3000);
  };
  return html`<div class="hpo-stack hpo-setup-copyable"><div class="hpo-row"><h4>${title}</h4><span class="hpo-quiet hpo-small" aria-live="polite">${told}</span>
    <${Button} onClick=${copy} disabled=${!text} aria-label=${`Copy ${title}`}>Copy<//></div>
    <pre ref=${box} tabindex="0" aria-label=${title}>${text || "Appears when everything is in order."}</pre></div>`;
}

function Texts({ f }) {
  const [text, setText] = useState("");
  const load = (content) => wish(f.model, "load", { text: content });
  return html`<${Folded} f=${f} title="As a file, as Python" sections=${[]} summary="the same sweep without this form">
    <div class="hpo-setup-texts">
      <${Copyable} title="YAML" text=${f.view.yaml === "{}\n" ? "{}  # nothing differs from the defaults\n" : f.view.yaml} />
      <${Copyable} title="Python" text=${f.view.python} /></div>
    <${Field} label="Fill the form from YAML" id=${`${f.id}-load`}>
      <textarea id=${`${f.id}-load`} class="hpo-code" rows="4" spellcheck="false" value=${text} placeholder="dataset: mnist" onInput=${(e) => setText(e.target.value)} />
      <div class="hpo-row"><${Button} disabled=${!text.trim()} onClick=${() => load(text)}>Fill the form<//>
        <label class="hpo-button">Open a file …<input class="hpo-unseen" type="file" accept=".yaml,.yml,text/yaml" onChange=${async (e) => {
          const file = e.target.files[0];
          if (file && file.size < 200_000) load(await file.text());
          e.target.value = "";
        }} /></label></div><//>
  <//>`;
}

// ---- start -----------------------------------------------------------------------------------

function timeNeeded({ estimate: e, slots }, f) {
  const limit = f.get("budget.seconds");
  const atMost = typeof limit === "number" ? `At most ${span(limit)}` : "";
  if (!e) return [atMost || "Time needed: not known yet", "It is known after the first epoch: nothing like it has run on this machine."];
  const sure = e.is_scaled ? "a rough guess" : e.trials < 10 ? "a fair guess" : "quite sure";
  return [`About ${span(e.seconds)}`, `${span(e.low)} to ${span(e.high)}, ${sure}: from ${several(e.trials, "earlier trial")} on these data`];
}

function Start({ f, starting, samples, root }) {
  const wrong = Object.entries(f.view.errors);
  const [time, why] = timeNeeded(f.view, f);
  const show = (field) => {
    for (let path = field; path; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
      const control = [...root.current.querySelectorAll("[data-field]")].find((x) => x.dataset.field === path || x.dataset.field.startsWith(`${path}.`));
      if (!control) continue;
      for (let x = control; x; x = x.parentElement) if (x.tagName === "DETAILS") x.open = true;
      return control.focus();
    }
  };
  return html`<footer class="hpo-card hpo-setup-start">
    ${wrong.length > 0 && html`<div class="hpo-setup-wrong" role="status"><strong>${several(wrong.length, "setting")} to put right</strong>
      <ul>${wrong.map(([field, rule]) => html`<li key=${field}><button type="button" class="hpo-setup-link" onClick=${() => show(field)}>
        ${words(field).replaceAll(".", " › ") || "all together"}</button> ${rule}</li>`)}</ul></div>`}
    <div class="hpo-setup-time" aria-live="polite"><strong>${time}</strong><span class="hpo-quiet hpo-small">${why}</span></div>
    <${Button} kind="main" icon="play" disabled=${wrong.length > 0 || starting} onClick=${() => wish(f.model, "start")}>
      ${starting ? (missing(samples.progress) ? "Reading the data …" : `Loading the data, ${share(samples.progress, 0)}`) : "Start the sweep"}<//>
  </footer>`;
}

function Setup({ model, view }) {
  const id = useRef(null), root = useRef(null);
  id.current ??= `hpo-setup-${forms++}`;
  const f = formOf(model, view, id.current);
  const samples = model.get("samples");
  return html`<div class="hpo-setup" ref=${root}>
    <header class="hpo-head"><h2>New sweep</h2>
      ${view.sweep && html`<${Button} onClick=${() => wish(model, "copy")} title="Fill the form with what that sweep was asked">Like ${view.sweep}<//>`}
      <${Button} onClick=${() => wish(model, "clear")} disabled=${!Object.keys(model.get("form")).length}>Begin anew<//></header>
    <${Data} f=${f} samples=${samples} />
    <div class="hpo-setup-pair"><${Length} f=${f} /><${Score} f=${f} /></div>
    <${Networks} f=${f} /><${Search} f=${f} /><${Machine} f=${f} /><${Texts} f=${f} />
    <${Start} f=${f} starting=${model.get("starting")} samples=${samples} root=${root} />
  </div>`;
}

export default panel(Setup);
