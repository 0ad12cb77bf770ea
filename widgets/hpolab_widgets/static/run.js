// A sweep's state and progress, its workers and failures, and the buttons that steer it.
const UNIT_WORDS = { trials: "trials", seconds: "time", epochs: "epochs", money: "money" };
const EXTEND_BY = { trials: 10, minutes: 5, epochs: 50 };
const FATES = ["running", "waiting", "completed", "pruned", "failed", "cancelled", "reused"];
const FATE_NOTES = {
  running: "trials that train now",
  waiting: "chosen, and waiting for a worker",
  pruned: "stopped early: not promising, or not healthy",
  reused: "the same configuration had been trained before; its result was taken over",
};

const Amount = ({ row }) =>
  row.unit === "seconds"
    ? html`<strong>${span(row.used)}</strong> of ${span(row.limit)}`
    : row.unit === "money"
      ? html`<strong>${row.used.toLocaleString("en", { maximumSignificantDigits: 3 })}</strong> of ${row.limit} spent`
      : html`<strong>${row.used.toLocaleString("en")}</strong> of ${several(row.limit, row.unit.slice(0, -1))}`;

/** How much of a limit is used: a bar and the same in words. */
const Limit = ({ row, live }) => html`<div class="hpo-run-limit">
  <span>${html`<${Amount} row=${row} />`}</span>
  <div class=${`hpo-run-bar ${live ? "hpo-run-live" : ""}`} role="progressbar" aria-valuemin="0" aria-valuemax="100"
    aria-valuenow=${Math.round(100 * row.share)} aria-label=${`budget of ${UNIT_WORDS[row.unit]}`}>
    <div style=${{ width: `${100 * row.share}%` }}></div>
  </div>
</div>`;

const Fates = ({ counts }) => html`<ul class="hpo-run-fates" aria-label="Trials by state">
  ${FATES.filter((fate) => counts[fate] || ["completed", "pruned", "failed"].includes(fate)).map(
    (fate) => html`<li key=${fate} class=${counts[fate] ? `hpo-tone-${STATE_TONES[fate] || "quiet"}` : "hpo-run-none"}
      title=${FATE_NOTES[fate]}><strong>${counts[fate]}</strong> ${fate}</li>`,
  )}
</ul>`;

/** What one worker trains; the row stays where it is when the worker is free. */
function Worker({ row, model, can, waits, paused }) {
  if (!row) return html`<li class="hpo-run-worker hpo-run-free"><span class="hpo-quiet">free</span></li>`;
  const done = row.epoch ? `epoch ${row.epoch} of ${row.epochs}` : "building the network";
  const last = row.curve[row.curve.length - 1];
  return html`<li class="hpo-run-worker">
    <span class="hpo-run-who"><span class="hpo-quiet">${row.worker}</span>
      <button type="button" class="hpo-run-link" onClick=${() => wish(model, "open", { trial: row.trial })}>Trial ${row.trial}</button>
      ${row.attempt > 1 && html`<span class="hpo-small hpo-quiet">attempt ${row.attempt}</span>`}</span>
    <span class="hpo-run-epoch">${done}${!paused && row.seconds !== null && html`<span class="hpo-quiet"> · ${span(row.seconds)}</span>`}</span>
    <${Curve} values=${row.curve} epochs=${row.epochs} height=${32} width=${160}
      label=${`validation accuracy of trial ${row.trial}, ${done}`} />
    <span class="hpo-run-now">${missing(last) ? "" : share(last)}</span>
    ${can && html`<${Button} kind="plain" icon="close" disabled=${waits} aria-label=${`Cancel trial ${row.trial}`}
      title="End this trial; the sweep goes on" onClick=${() => wish(model, "cancel", { trial: row.trial })} />`}
  </li>`;
}

/** Stop in two steps, within the panel. */
function Stop({ model, waits }) {
  const [asks, ask] = useState(false);
  const keep = useRef(null);
  useEffect(() => asks && keep.current && keep.current.querySelector("button:last-of-type").focus(), [asks]);
  if (!asks) return html`<${Button} icon="stop" disabled=${waits} onClick=${() => ask(true)}>Stop<//>`;
  const stop = () => [wish(model, "stop"), ask(false)];
  return html`<div class="hpo-run-sure" role="group" aria-label="Stop the sweep?" ref=${keep}
    onKeyDown=${(event) => event.key === "Escape" && ask(false)}>
    <span>Stop? What trains now will be trained again when you continue.</span>
    <${Button} kind="bad" icon="stop" onClick=${stop}>Stop<//><${Button} onClick=${() => ask(false)}>Keep going<//>
  </div>`;
}

/** Add to the budget. */
function Extend({ model, units, ended, main, waits }) {
  const [unit, setUnit] = useState(units[0]);
  const [amount, setAmount] = useState("");
  const chosen = units.includes(unit) ? unit : units[0];
  const given = amount === "" ? EXTEND_BY[chosen] : +amount;
  const add = (event) => [event.preventDefault(), wish(model, "extend", { amount: given, unit: chosen })];
  return html`<form class="hpo-run-form" onSubmit=${add}>
    <label class="hpo-run-label" for="hpo-run-amount">Add</label>
    <input id="hpo-run-amount" type="number" min="1" step="1" required value=${amount === "" ? given : amount}
      onInput=${(event) => setAmount(event.target.value)} />
    ${units.length > 1
      ? html`<select aria-label="of what" value=${chosen} onChange=${(event) => [setUnit(event.target.value), setAmount("")]}>
          ${units.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>`
      : html`<span>more ${chosen}</span>`}
    <button type="submit" class=${`hpo-button ${main ? "hpo-main" : ""}`} disabled=${waits}>
      <${Icon} name=${ended ? "play" : "plus"} /><span>${ended ? "Add and go on" : "Add"}</span></button>
  </form>`;
}

/** How many of the trials to come are drawn at random. */
function Explore({ model, now, waits }) {
  const [moved, move] = useState(null);
  const shown = moved === null ? Math.round(100 * now) : moved;
  const set = (event) => [event.preventDefault(), wish(model, "explore", { share: shown / 100 }), move(null)];
  return html`<form class="hpo-run-form" onSubmit=${set}>
    <label class="hpo-run-label" for="hpo-run-explore">Random trials</label>
    <input id="hpo-run-explore" class="hpo-run-range" type="range" min="0" max="100" step="5" value=${shown}
      aria-valuetext=${`${shown} percent`} aria-describedby="hpo-run-explore-hint" onInput=${(event) => move(+event.target.value)} />
    <output class="hpo-run-share">${shown} %</output>
    <button type="submit" class="hpo-button" disabled=${waits || shown === Math.round(100 * now)}>Set</button>
    <p class="hpo-hint" id="hpo-run-explore-hint">This share of the trials to come is drawn at random, to look where the search would not.</p>
  </form>`;
}

const MAIN = {
  start: ["play", "Start", "start"],
  continue: ["play", "Continue", "start"],
  pause: ["pause", "Pause", "pause"],
  resume: ["play", "Resume", "resume"],
};

/** The buttons that fit the state. */
const Buttons = ({ model, view, waits, busy }) => {
  const verb = view.actions.find((name) => name in MAIN);
  const [icon, label, sent] = MAIN[verb] || [];
  return html`<div class="hpo-run-buttons">
    ${verb && html`<${Button} icon=${icon} kind=${verb === "pause" ? "" : "main"} disabled=${busy || waits(verb) || waits("stop")}
      onClick=${() => wish(model, sent)}>${label}<//>`}
    ${view.actions.includes("stop") && html`<${Stop} model=${model} waits=${waits("stop")} />`}
  </div>`;
};

const Failures = ({ view, model }) => html`<details class="hpo-run-fold">
  <summary class="hpo-tone-bad hpo-run-bad">${several(view.n_failures, "trial")} failed</summary>
  <ul class="hpo-run-failures">${view.failures.map((failure) => html`<li key=${failure.trial}>
    <button type="button" class="hpo-run-link" onClick=${() => wish(model, "open", { trial: failure.trial })}>Trial ${failure.trial}</button>
    <span>${failure.reason}</span></li>`)}</ul>
  ${view.n_failures > view.failures.length && html`<p class="hpo-hint">The latest ${view.failures.length} are shown.</p>`}
</details>`;

/** The ends of the logs, scrolled to their ends as long as the reader has not scrolled up. */
function Log({ log }) {
  const box = useRef(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  });
  const scrolled = ({ target }) => (isAtEnd.current = target.scrollTop + target.clientHeight > target.scrollHeight - 8);
  if (!log.length) return html`<p class="hpo-hint">The logs are empty: nobody had anything to say.</p>`;
  return html`<div class="hpo-run-log" ref=${box} onScroll=${scrolled} tabindex="0" role="log" aria-label="Ends of the logs">
    ${log.map((part) => html`<div key=${part.source}><div class="hpo-run-source">${part.source}</div><pre>${part.lines.join("\n")}</pre></div>`)}
  </div>`;
}

const Time = ({ view }) => {
  if (view.state === "paused") return "paused";
  if (view.state !== "running") return "–";
  return view.eta === null ? "not known yet" : view.eta < 1 ? "nearly done" : span(view.eta);
};

const Details = ({ view }) => view.state !== "new" && html`<dl class="hpo-figures hpo-run-figures">
  <${Figure} label=${view.is_live ? "running for" : "ran for"}>${span(view.elapsed)}<//>
  ${view.is_live && html`<${Figure} label=${view.state === "running" && view.eta >= 1 ? "time left, about" : "time left"}>${html`<${Time} view=${view} />`}<//>`}
  <${Figure} label=${view.best ? `best, trial ${view.best.trial}` : "best score"}>${score(view.best && view.best.score)}<//>
  <${Figure} label="accuracy">${share(view.best && view.best.accuracy)}<//>
  <${Figure} label="health">${share(view.best && view.best.health, 0)}<//>
  ${view.cost > 0 && html`<${Figure} label=${view.is_live ? "cost so far" : "cost"}>${view.cost.toLocaleString("en", { maximumSignificantDigits: 3 })}<//>`}
</dl>`;

function Run({ model, view }) {
  if (!view.name) {
    return html`<section class="hpo-card hpo-run" aria-label="Run"><h2>No sweep is open</h2>
      <p class="hpo-quiet">A sweep is a search: many networks are trained, and the best one is kept. Set one up, or open
      one from the list of sweeps; it can be watched and steered here.</p></section>`;
  }
  const busy = model.get("busy");
  const waits = (key) => busy.length > 0 || view.pending.some((wish) => wish.key === key);
  const sent = [...busy, ...view.pending.map((wish) => wish.words)];
  const ended = !view.is_live;
  const can = (verb) => view.actions.includes(verb);
  const extend = can("extend") && html`<${Extend} model=${model} units=${view.units} ended=${ended}
    main=${ended && !can("continue")} waits=${waits("extend")} />`;
  return html`<section class="hpo-card hpo-run" aria-label=${`Run of ${view.name}`}>
    <header class="hpo-run-head">
      <div class="hpo-run-title">
        <div class="hpo-row"><h2>${view.name}</h2><${State} state=${view.state} />
          ${view.is_example && html`<span class="hpo-state hpo-tone-quiet" title="It can be looked at, not changed">example</span>`}
          <span class="hpo-quiet hpo-small">${view.about}</span></div>
        <p class="hpo-run-sentence" aria-live="polite">${view.sentence}${sent.map((words) => html`<span key=${words} class="hpo-run-pending">${words}</span>`)}</p>
      </div>
      <${Details} view=${view} />
      <${Buttons} model=${model} view=${view} waits=${waits} busy=${busy.length > 0} />
    </header>
    <div class="hpo-run-progress">
      <div class="hpo-run-limits">${view.budget.map((row) => html`<${Limit} key=${row.unit} row=${row} live=${view.state === "running"} />`)}</div>
      <${Fates} counts=${view.counts} />
    </div>
    ${view.workers.length > 0 && html`<section class="hpo-run-part" aria-label="Workers">
      <h3>${view.state === "paused" ? "Held after their epoch" : "Training now"}</h3>
      <ul class="hpo-run-workers">${view.workers.map((row, i) => html`<${Worker} key=${i} row=${row} model=${model} can=${can("stop")}
        waits=${row && waits(`cancel ${row.trial}`)} paused=${view.state === "paused"} />`)}</ul></section>`}
    <div class="hpo-run-folds">
      ${view.n_failures > 0 && html`<${Failures} view=${view} model=${model} />`}
      ${view.is_live && extend && html`<details class="hpo-run-fold"><summary>${can("explore") ? "Add to the budget, search more widely" : "Add to the budget"}</summary>
        <div class="hpo-run-more">${extend}${can("explore") && html`<${Explore} model=${model} now=${view.exploration} waits=${waits("explore")} />`}</div></details>`}
      ${view.n_notes > 0 && html`<details class="hpo-run-fold"><summary>${several(view.n_notes, "note")}</summary>
        <ul class="hpo-run-notes">${view.notes.map((note, i) => html`<li key=${view.n_notes - i}>${note}</li>`)}</ul></details>`}
      <details class="hpo-run-fold" open=${model.get("log_open")}
        onToggle=${(event) => event.target.open !== model.get("log_open") && assign(model, { log_open: event.target.open })}>
        <summary>Log</summary>${model.get("log_open") && html`<${Log} log=${view.log} />`}</details>
      ${ended && extend}
    </div>
  </section>`;
}

export default panel(Run);
