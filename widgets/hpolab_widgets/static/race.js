// The race track: what is raced, populations on a map, how errors fall, and who is ahead.
const FILM_STEPS = 80; // of the slider; closer together at the beginning, where most happens
const STEP_MS = 90;
const BANDS = 11; // shades of the map, so that one sees lines of equal height
const MOST_INK = 150; // of 255, where the map is lowest
const TYPING_MS = 400;
const FIRST_TRIALS = 5;
const OWN = "own";

const whole = (n) => Math.round(n).toLocaleString("en");
const thousands = (n) => (n >= 1000 && n % 100 === 0 ? `${n / 1000}k` : whole(n));
/** 1.00e-8 -> 1e-8. */
const short = (x) => value(x).replace(/\.?0+e/, "e");
const line = (tone) => `--line: var(--hpo-${tone})`;

// ---- what is raced ---------------------------------------------------------------------------

function Select({ model, name, label, value: now, options, say = String, wide = false }) {
  const id = `hpo-race-${name}`;
  const choose = ({ target }) =>
    wish(model, "set", { name, value: options.find((option) => String(option) === target.value) });
  return html`<div class=${`hpo-field ${wide ? "hpo-race-wide" : ""}`}><label for=${id}>${label}</label>
    <select id=${id} value=${String(now)} onChange=${choose}>
      ${options.map((option) => html`<option key=${option} value=${String(option)} selected=${option === now}>${say(option)}</option>`)}
    </select></div>`;
}

/** A number that is sent when it is one, and typed freely until then. */
function Bound({ model, name, label, value: now }) {
  const [typed, type] = useState(String(now));
  useEffect(() => type(String(now)), [now]);
  const send = ({ target }) => {
    if (target.value !== "" && Number.isFinite(+target.value)) wish(model, "set", { name, value: +target.value });
  };
  return html`<div class="hpo-field"><label for=${`hpo-race-${name}`}>${label}</label>
    <input id=${`hpo-race-${name}`} type="number" step="any" value=${typed} onInput=${({ target }) => type(target.value)} onChange=${send} /></div>`;
}

const functionWords = (name) => (name === OWN ? "your own function …" : name);

const Choices = ({ model, view: { asked, choices } }) => html`<div class="hpo-race-fields">
  <${Select} model=${model} name="function" label="Function" wide value=${asked.function}
    options=${[...choices.functions.map((each) => each.name), OWN]} say=${functionWords} />
  <${Select} model=${model} name="dimensions" label="Variables" value=${asked.dimensions} options=${choices.dimensions} />
  <${Select} model=${model} name="budget" label="Evaluations a run" value=${asked.budget} options=${choices.budget} say=${whole} />
  <${Select} model=${model} name="seeds" label="Runs of each" value=${asked.seeds} options=${choices.seeds} />
</div>
<p class="hpo-hint hpo-race-about">${asked.function === OWN
  ? "Only math and numpy, and nothing but computing: it runs in a sandbox, without files or network."
  : choices.functions.find((each) => each.name === asked.function)?.words}</p>`;

const Algorithms = ({ model, view: { asked, choices } }) => html`<div class="hpo-race-algorithms" role="group" aria-label="Who races">
  ${choices.algorithms.map(({ name, label, words: about, tone }) => html`<button type="button" key=${name} class="hpo-button hpo-race-chip"
    style=${line(tone)} title=${about} aria-pressed=${asked.algorithms.includes(name) ? "true" : "false"}
    aria-label=${label} onClick=${() => wish(model, "toggle", { algorithm: name })}><i aria-hidden="true"></i><span>${label}</span><span class="hpo-race-brief">${name}</span></button>`)}
</div>`;

/** The user's function: numbered lines, and beside them what is wrong with which. */
function Own({ model, view: { asked, own }, busy }) {
  const [text, setText] = useState(asked.source);
  const later = useRef(0), gutter = useRef(null), typed = useRef(asked.source);
  useEffect(() => {
    if (asked.source !== typed.current && !later.current) [(typed.current = asked.source), setText(asked.source)];
  }, [asked.source]);
  const type = ({ target }) => {
    setText((typed.current = target.value));
    clearTimeout(later.current);
    later.current = setTimeout(() => {
      later.current = 0;
      wish(model, "set", { name: "source", value: typed.current });
    }, TYPING_MS);
  };
  const wrong = new Set(own.problems.map((problem) => problem.line));
  const lines = text.split("\n").length;
  const isTrying = busy.includes("trying it out");
  return html`<div class="hpo-race-own">
    <div class="hpo-field hpo-race-editor"><label for="hpo-race-source">Your function</label>
      <div><ol ref=${gutter} aria-hidden="true">${Array.from({ length: lines }, (_, i) => html`<li class=${wrong.has(i + 1) ? "hpo-race-bad" : ""}>${i + 1}</li>`)}</ol>
        <textarea id="hpo-race-source" class="hpo-code" spellcheck=${false} autocapitalize="off" autocomplete="off" wrap="off" rows=${12} value=${text}
          aria-describedby="hpo-race-checks" onInput=${type} onScroll=${({ target }) => (gutter.current.scrollTop = target.scrollTop)}></textarea></div></div>
    <div class="hpo-stack">
      <div class="hpo-race-bounds">
        <${Bound} model=${model} name="low" label="Every x from" value=${asked.low} />
        <${Bound} model=${model} name="high" label="to" value=${asked.high} />
        <${Select} model=${model} name="direction" label="Good are" value=${asked.direction} options=${["minimize", "maximize"]}
          say=${(x) => (x === "minimize" ? "small values" : "large values")} />
      </div>
      <div id="hpo-race-checks" aria-live="polite">
        ${own.problems.length > 0
          ? html`<ul class="hpo-race-problems">${own.problems.map((problem) => html`<li><${Icon} name="warn" /><span>
              ${problem.line > 0 && html`<b>line ${problem.line}</b> `}${problem.message.replace(/^line \d+: /, "")}</span></li>`)}</ul>`
          : isTrying || !own.is_tried
            ? html`<p class="hpo-quiet">${isTrying ? "It is tried out in the sandbox …" : "Change something and it is checked."}</p>`
            : html`<p class="hpo-race-fine"><${Icon} name="check" /><span>It works: in the middle of its bounds it gives <b>${value(own.value)}</b>.</span></p>`}
      </div>
    </div>
  </div>`;
}

// ---- the race as a whole ---------------------------------------------------------------------

const ENDED = new Set(["finished", "stopped", "failed", "interrupted"]);

function Actions({ model, view: { race, asked } }) {
  const runs = race && !ENDED.has(race.state);
  const n = asked.algorithms.length * asked.seeds;
  return html`<div class="hpo-row hpo-race-actions">
    ${runs
      ? html`<${Button} icon="stop" onClick=${() => wish(model, "stop")}>Stop the race<//>`
      : html`<${Button} kind="main" icon="play" disabled=${!n} onClick=${() => wish(model, "start")}>Start the race<//>`}
    ${race && ["stopped", "interrupted"].includes(race.state) && html`<${Button} onClick=${() => wish(model, "continue")}>Go on with the last one<//>`}
    <span class="hpo-quiet">${n ? `${several(asked.algorithms.length, "algorithm")} × ${several(asked.seeds, "run")}, ${whole(n * asked.budget)} evaluations at most` : "Choose somebody who races."}</span>
  </div>`;
}

/** How far it is, or who has won. */
function Standing({ race }) {
  const runs = !ENDED.has(race.state);
  const done = race.runs ? race.done / race.runs : 0;
  const failed = race.rows.filter((row) => row.state === "failed");
  const words = runs ? `${race.done} of ${several(race.runs, "run")} done` : race.state === "finished" ? race.verdict
    : race.state === "failed" ? race.reason : `${race.verdict} It was ${race.state}${race.state === "stopped" ? " by hand" : ""} after ${race.done} of ${several(race.runs, "run")}.`;
  const tone = runs ? "accent" : race.state === "failed" ? "bad" : race.state === "finished" ? "good" : "warn";
  return html`<div class=${`hpo-race-said hpo-tone-${tone}`}>
    <p aria-live="polite"><b>${race.subject}:</b> ${words}</p>
    ${runs && html`<div class="hpo-race-bar" aria-hidden="true"><i style=${`width: ${100 * done}%`}></i></div>`}
    ${failed.length > 0 && race.state !== "failed" && html`<p>${failed[0].name} failed: ${failed[0].reason}</p>`}
  </div>`;
}

// ---- maps ------------------------------------------------------------------------------------

/** The map as a picture of ink: the lower a place, the more. Inverted on dark pages. */
function inked(heights, side) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = canvas.getContext("2d"), image = pen.createImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const band = Math.min(BANDS - 1, Math.floor((heights.getUint8(i) / 256) * BANDS));
    image.data[4 * i + 3] = MOST_INK * (1 - band / (BANDS - 1)) ** 1.4;
  }
  pen.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** Where the film is. It begins with every new race, unless less motion is wished. */
function useFilm(name, isThere) {
  const [now, setNow] = useState({ at: FILM_STEPS, plays: false });
  useEffect(() => {
    if (isThere && name) setNow({ at: 0, plays: !matchMedia("(prefers-reduced-motion: reduce)").matches });
  }, [name, isThere]);
  useEffect(() => {
    if (!now.plays) return;
    const timer = setTimeout(() => setNow(({ at, plays }) => ({ at: Math.min(FILM_STEPS, at + 1), plays: plays && at + 1 < FILM_STEPS })), STEP_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return {
    ...now,
    go: (at) => setNow({ at, plays: false }),
    toggle: () => setNow(({ at, plays }) => (plays ? { at, plays: false } : { at: at === FILM_STEPS ? 0 : at, plays: true })),
  };
}

/** The last picture of a film by so many evaluations: its place among them, -1 before the first. */
const pictureAt = (film, evaluations) => film.at.findLastIndex((at) => at <= evaluations);

/** Dots are lines without a length; they stay round however the map is stretched. */
function dots(film, picture) {
  if (picture < 0) return "";
  const first = 2 * film.sizes.slice(0, picture).reduce((sum, size) => sum + size, 0);
  let path = "";
  for (let i = 0; i < film.sizes[picture]; i++) {
    const at = 2 * (first + 2 * i); // bytes
    path += `M${film.points.getUint16(at, true)} ${1000 - film.points.getUint16(at + 2, true)}h0`;
  }
  return path;
}

function Tile({ scenes, url, film, evaluations }) {
  const picture = Math.max(film ? pictureAt(film, evaluations) : -1, film?.at.length ? 0 : -1);
  const path = useMemo(() => (film ? dots(film, picture) : ""), [film, picture]);
  const error = film && picture >= 0 ? value(film.errors[picture]) : "–";
  const what = scenes.is_known ? "error" : "best";
  const label = film ? `${film.name} after ${whole(film.at[picture] ?? 0)} evaluations: ${what} ${error}` : "Map of the function";
  return html`<figure class="hpo-race-tile" style=${film ? line(film.tone) : ""}>
    <div role="img" aria-label=${label}>
      <img src=${url} alt="" />
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
        ${scenes.optimum && html`<path class="hpo-race-goal" d=${`M${scenes.optimum[0] - 28} ${1000 - scenes.optimum[1]}h56M${scenes.optimum[0]} ${972 - scenes.optimum[1]}v56`} />`}
        <path class="hpo-race-halo" d=${path} /><path class="hpo-race-dots" d=${path} />
      </svg>
    </div>
    ${film && html`<figcaption><b>${film.name}</b><span>${film.state === "failed" ? "failed" : error}</span></figcaption>`}
  </figure>`;
}

function Maps({ scenes }) {
  const url = useMemo(() => inked(scenes.heights, scenes.side), [scenes.name, scenes.side, fingerprint(scenes.heights)]);
  const films = scenes.films.filter((film) => film.at.length > 0);
  const film = useFilm(scenes.name, films.length > 0);
  const evaluations = scenes.budget * (film.at / FILM_STEPS) ** 2;
  const isOver = film.at === FILM_STEPS;
  return html`<section class="hpo-card hpo-stack" aria-label="Populations on a map">
    <div class="hpo-head"><h3>${films.length ? "How they search, in two variables" : "The function in two variables"}</h3>
      <span class="hpo-hint">The more ink, the lower${scenes.optimum ? html`; <b class="hpo-race-plus">+</b> is the lowest point` : ""}.${films.length > 0 && (scenes.is_known ? " Numbers: how far above it the best is." : " Numbers: the best so far.")}</span></div>
    ${films.length > 0 && html`<div class="hpo-race-transport" role="group" aria-label="Film">
      <${Button} icon=${film.plays ? "pause" : "play"} onClick=${film.toggle}>${film.plays ? "Pause" : isOver ? "Play again" : "Play"}<//>
      <input type="range" min="0" max=${FILM_STEPS} value=${film.at} aria-label="Moment of the film" aria-valuetext=${`${whole(evaluations)} evaluations`}
        onInput=${({ target }) => film.go(+target.value)} />
      <output>${whole(evaluations)} evaluations</output>
    </div>`}
    <div class=${`hpo-race-tiles ${films.length ? "" : "hpo-race-alone"}`}>
      ${films.length ? films.map((each) => html`<${Tile} key=${each.name} scenes=${scenes} url=${url} film=${each} evaluations=${evaluations} />`)
        : html`<${Tile} scenes=${scenes} url=${url} film=${null} evaluations=${0} />`}
    </div>
  </section>`;
}

/** Tells one map from another without comparing every byte. */
function fingerprint(heights) {
  let sum = 0;
  for (let i = 0; i < heights.byteLength; i += 37) sum = (31 * sum + heights.getUint8(i)) | 0;
  return sum;
}

// ---- curves and table ------------------------------------------------------------------------

const power = (exponent) => (exponent === 0 ? "1" : html`10<sup>${exponent}</sup>`);

/** The axis of errors: powers of ten where the lowest value is known, plain values otherwise. */
function heightAxis(race) {
  const known = race.curves.flatMap((each) => [...each.low, ...each.middle, ...each.high]);
  if (!race.is_known) {
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const marks = ticks(low, high, 5).map((at) => ({ at, label: value(at) }));
    return { low, high: high > low ? high : low + 1, ticks: marks, at: (v) => v };
  }
  const floor = race.goal > 0 ? Math.log10(race.goal) : -12;
  const at = (v) => Math.max(floor, Math.log10(Math.max(v, 1e-300)));
  const heights = known.map(at);
  const low = Math.floor(Math.min(...heights)), high = Math.max(low + 1, Math.ceil(Math.max(...heights)));
  const step = Math.ceil((high - low) / 6);
  const marks = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => ({ at: low + i * step, label: power(low + i * step) }));
  return { low, high, ticks: marks, at };
}

function Falling({ race }) {
  const drawn = race.curves.filter((each) => each.at.length > 0);
  if (!drawn.length) return html`<p class="hpo-quiet hpo-race-empty">Curves come with the first runs.</p>`;
  const y = heightAxis(race);
  const what = race.is_known ? "error" : "best value";
  const said = (each) => value(each.middle.at(-1));
  const label = `Median ${what} by evaluations: ${drawn.map((each) => `${each.name} ${said(each)} after ${whole(each.at.at(-1))}`).join(", ")}`;
  return html`<div><h3>${race.is_known ? "Error, lower is better" : `Best value so far, ${race.is_maximised ? "higher" : "lower"} is better`}</h3>
    <${Paths} label=${label} height=${260}
      lines=${drawn.map((each) => ({ name: each.name, said: said(each), tone: each.tone, points: each.at.map((x, i) => [x, y.at(each.middle[i])]) }))}
      bands=${drawn.map((each) => ({ tone: each.tone, points: each.at.map((x, i) => [x, y.at(each.low[i]), y.at(each.high[i])]) }))}
      x=${{ low: 0, high: race.budget, label: "evaluations; lines are the middle run, shades the middle half of all",
        ticks: ticks(0, race.budget, 5).map((at, i) => ({ at, label: thousands(at), is_minor: i % 2 === 1 })) }}
      y=${y} /></div>`;
}

const FATES = {
  waiting: "waiting", running: "running", done: "done", "reached the target": "reached",
  failed: "failed", "timed out": "late", cancelled: "cancelled",
};

/** A square for each run. */
const Fates = ({ row }) => {
  const counts = Object.entries(Object.groupBy(row.fates, (fate) => fate)).map(([fate, all]) => `${all.length} ${fate}`);
  return html`<span class="hpo-race-fates" role="img" aria-label=${counts.join(", ")} title=${counts.join(", ")}>
    ${row.fates.map((fate) => html`<i class=${`hpo-race-${FATES[fate]}`}></i>`)}</span>`;
};

/** Its squares, and while some of them are open the way out. */
const Runs = ({ row, model, isRunning }) => html`<td><${Fates} row=${row} />
  ${isRunning && row.fates.some((fate) => fate === "waiting" || fate === "running") && html`<button type="button" class="hpo-button hpo-plain hpo-race-cancel"
    aria-label=${`Cancel ${row.name}`} title=${`Cancel ${row.name}: it races no further`} onClick=${() => wish(model, "cancel", { contender: row.name })}><${Icon} name="close" /></button>`}</td>`;

function Table({ race, model }) {
  const isRunning = !ENDED.has(race.state);
  const hasGoal = race.goal !== null;
  return html`<div class="hpo-scroll" tabindex="0" role="region" aria-label="Standing of the race"><table class="hpo-race-table">
    <thead><tr><th scope="col">algorithm</th><th scope="col" title="1 would be the best on every seed">mean rank</th>
      <th scope="col">${race.is_known ? "error" : "value"} at the end</th>${hasGoal && html`<th scope="col" title="Runs that reached the target">reached</th>
      <th scope="col" title="Evaluations to the target: all that were made, divided by successes">evaluations to it</th>`}<th scope="col">runs</th></tr></thead>
    <tbody>${race.rows.map((row) => html`<tr key=${row.name}>
      <th scope="row" style=${line(row.tone)}><i class="hpo-race-dot" aria-hidden="true"></i>${row.name}<small>${row.label}</small></th>
      <td>${missing(row.rank) ? "–" : row.rank.toFixed(1)}</td>
      <td>${missing(row.median) ? "–" : html`<b>${value(row.median)}</b><small>${value(Math.min(row.low, row.high))} to ${value(Math.max(row.low, row.high))}</small>`}</td>
      ${hasGoal && html`<td>${row.runs ? `${row.succeeded} of ${row.runs}` : "–"}</td><td>${missing(row.expected_evaluations) ? "–" : whole(row.expected_evaluations)}</td>`}
      <${Runs} row=${row} model=${model} isRunning=${isRunning} /></tr>`)}</tbody>
  </table></div>
  ${hasGoal && html`<p class="hpo-hint">A run ends when it is ${race.is_known ? html`within ${short(race.goal)} of the lowest value` : "at the target"}. Squares: one for each run, full when it got there.</p>`}`;
}

const Results = ({ race, model }) => html`<section class="hpo-card hpo-race-results" aria-label="Results">
  <${Falling} race=${race} />
  <div class="hpo-stack"><h3>Who is ahead</h3><${Table} race=${race} model=${model} /></div>
</section>`;

// ---- networks --------------------------------------------------------------------------------

const points = (share) => (100 * share).toFixed(100 * share < 1 ? 2 : 1);

function Regrets({ found }) {
  const [ours, random] = found.regrets;
  // the first few trials are as bad as chance has it, and would leave no room for what comes of them
  const most = Math.max(...ours.high.slice(FIRST_TRIALS), ...random.high.slice(FIRST_TRIALS), 0.001);
  const high = 1.1 * most;
  const tones = ["accent", "quiet"];
  const last = (each) => each.middle.at(-1);
  const label = `Points below the best network by trials: ${found.regrets.map((each) => `${each.name} ${points(last(each))} in the end`).join(", ")}`;
  const better = last(ours) < last(random) ? "That is nearer" : last(ours) > last(random) ? "Random search is nearer here" : "They are level";
  return html`<p><b>After ${found.trials} trials ${ours.name} is ${points(last(ours))} points of accuracy below the best of ${whole(found.networks)} networks, random search ${points(last(random))}.</b>
      ${" "}${better}, in the middle of ${several(found.seeds, "search", "searches")} each.</p>
    <${Paths} label=${label} height=${200}
      lines=${found.regrets.map((each, i) => ({ name: each.name, said: `${points(last(each))} points`, tone: tones[i], quiet: i === 1, points: each.middle.map((y, at) => [at + 1, y]) }))}
      bands=${found.regrets.map((each, i) => ({ tone: tones[i], points: each.low.map((low, at) => [at + 1, low, each.high[at]]) }))}
      x=${{ low: 1, high: found.trials, label: "trials; lines are the middle search, shades the middle half; what is above is drawn at the edge", ticks: ticks(1, found.trials, 6).filter(Number.isInteger).map((at) => ({ at, label: at })) }}
      y=${{ low: 0, high, ticks: ticks(0, 100 * high, 4).map((at) => ({ at: at / 100, label: `${at} %` })) }} />`;
}

function Networks({ model, view, busy }) {
  const { race, networks, choices } = view;
  const [chosen, choose] = useState(null);
  const ahead = race?.rows.find((row) => !missing(row.rank))?.name;
  const names = choices.algorithms.map((each) => each.name);
  const algorithm = chosen ?? (names.includes(ahead) ? ahead : "shade");
  const searching = busy.find((words) => words.endsWith("searches networks"));
  return html`<section class="hpo-card hpo-stack" aria-label="The same algorithm on networks">
    <div class="hpo-head"><h3>The same algorithm searches a network</h3></div>
    <p class="hpo-quiet">A sweep can be searched by each of these, too: as its sampler, under the same name. Here on small networks for
      digits that were trained long ago and are looked up, so it takes seconds.</p>
    <div class="hpo-row">
      <label for="hpo-race-networks">Search with</label>
      <select id="hpo-race-networks" value=${algorithm} onChange=${({ target }) => choose(target.value)}>
        ${choices.algorithms.map((each) => html`<option key=${each.name} value=${each.name} selected=${each.name === algorithm}>${each.label}</option>`)}
      </select>
      <${Button} disabled=${!!searching} onClick=${() => wish(model, "networks", { algorithm })}>${searching ? "It searches …" : "Search a network"}<//>
    </div>
    <div aria-live="polite">${networks.regrets && html`<${Regrets} found=${networks} />`}</div>
  </section>`;
}

function Race({ model, view }) {
  const busy = model.get("busy"), scenes = model.get("scenes");
  const isFit = scenes.heights && scenes.name === (view.race?.name ?? "");
  return html`<div class="hpo-race hpo-stack">
    <section class="hpo-card hpo-stack" aria-label="Race">
      <div class="hpo-head"><h2>Evolution: a race</h2>${view.race && html`<${State} state=${view.race.state} />`}</div>
      <${Choices} model=${model} view=${view} />
      ${view.own && html`<${Own} model=${model} view=${view} busy=${busy} />`}
      <${Algorithms} model=${model} view=${view} />
      <${Actions} model=${model} view=${view} />
      ${view.race && html`<${Standing} race=${view.race} />`}
    </section>
    ${isFit && html`<${Maps} key=${scenes.name} scenes=${scenes} />`}
    ${view.race && html`<${Results} race=${view.race} model=${model} />`}
    <${Networks} model=${model} view=${view} busy=${busy} />
  </div>`;
}

export default panel(Race);
