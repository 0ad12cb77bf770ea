const two = (x) => (missing(x) ? "–" : x.toFixed(2));
const percent = (x) => `${+(100 * x).toFixed(1)} %`;
const clock = (iso) => (iso ? new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" }) : "–");

const REASONS = {
  pruned: "Stopped early", failed: "Failed", cancelled: "Cancelled",
};

/** Why a trial is not simply completed, in full. */
const Reason = ({ view }) => {
  if (view.reused_from !== null) {
    return html`<p class="hpo-trial-reason hpo-tone-quiet">It has the configuration and the seed of trial ${view.reused_from}, so that result is
      reused and nothing was trained again.</p>`;
  }
  if (view.state === "running") {
    return html`<p class="hpo-trial-reason hpo-tone-accent" aria-live="off">It is being trained: ${view.epochs_done} of ${several(view.epochs, "epoch")} done.
      Numbers below are those so far.</p>`;
  }
  if (view.state === "waiting") return html`<p class="hpo-trial-reason hpo-tone-quiet">${view.epochs_done
    ? "Its training was cut off; it is trained again." : "It waits for its turn."}</p>`;
  const tone = view.state === "failed" ? "bad" : view.state === "pruned" ? "warn" : "quiet";
  return REASONS[view.state] && html`<p class=${`hpo-trial-reason hpo-tone-${tone}`}>
    ${REASONS[view.state]}${view.reason ? `: ${view.reason.replace(/\.$/, "")}` : ""}. Health is judged from what was recorded until then.</p>`;
};

const Head = ({ view, model }) => {
  const go = (trial) => () => wish(model, "go", { trial });
  return html`<header class="hpo-trial-head">
    <nav class="hpo-row" aria-label="Trials by rank">
      <${Button} icon="left" disabled=${view.previous === null} onClick=${go(view.previous)}
        aria-label="Previous trial by rank" title=${view.previous === null ? "" : `Trial ${view.previous}`} />
      <${Button} icon="right" disabled=${view.next === null} onClick=${go(view.next)}
        aria-label="Next trial by rank" title=${view.next === null ? "" : `Trial ${view.next}`} />
    </nav>
    <h2 aria-live="polite">Trial ${view.number}</h2>
    <${State} state=${view.state} />
    ${view.rank && html`<span class="hpo-quiet">rank ${view.rank} of ${view.ranked}</span>`}
    <span class="hpo-trial-actions">
      ${view.best !== null && view.best !== view.number && html`<${Button} onClick=${() => wish(model, "compare")}>Compare with the best<//>`}
      <${Button} icon="close" onClick=${() => wish(model, "close")}>Close<//>
    </span>
  </header>`;
};

const Tabs = ({ view, model, id }) => {
  const tabs = Object.entries(view.tabs), open = view.tab;
  const turn = (to) => wish(model, "turn", { to });
  const step = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const here = tabs.findIndex(([name]) => name === open);
    const there = (here + by + tabs.length) % tabs.length;
    turn(tabs[there][0]);
    event.currentTarget.children[there].focus();
  };
  return html`<div class="hpo-trial-tabs" role="tablist" aria-label="About this trial" onKeyDown=${step}>
    ${tabs.map(([name, label]) => html`<button type="button" role="tab" id=${`${id}-${name}`} aria-selected=${name === open}
      aria-controls=${`${id}-panel`} tabindex=${name === open ? 0 : -1} onClick=${() => turn(name)}>${label}</button>`)}
  </div>`;
};

/** The score as one bar: what accuracy gives, then what each metric of health gives. */
const Score = ({ view }) => {
  const { parts, figures, weights } = view;
  const gives = (name) => parts.filter((part) => (part.name === "accuracy") === (name === "accuracy"))
    .reduce((sum, part) => sum + part.points, 0);
  const title = view.state === "completed" ? "Score" : view.state === "running" ? "Score so far" : "Last score";
  if (parts.length === 0) {
    return html`<section><h3>Score</h3><p class="hpo-quiet">Nothing has been measured yet.</p></section>`;
  }
  const noHealth = parts.length === 1;
  return html`<section aria-label=${title}>
    <h3>${title} <b class="hpo-trial-score">${score(figures.score)}</b></h3>
    <div class="hpo-trial-bar" aria-hidden="true">
      ${parts.map((part) => html`<i title=${`${words(part.name)}: ${part.points.toFixed(3)}`}
        style=${`width: ${100 * part.points}%; background: ${series(part.name)}`}></i>`)}
    </div>
    <table class="hpo-trial-sum">
      <thead class="hpo-unseen"><tr><th>what</th><th>value</th><th>weight</th><th>points</th></tr></thead>
      <tbody>
        <tr><th scope="row"><i style=${`background: ${series("accuracy")}`}></i>accuracy</th>
          <td>${share(figures.accuracy)}</td><td>× ${percent(noHealth ? 1 : weights.accuracy)}</td><td>${gives("accuracy").toFixed(3)}</td></tr>
        ${!noHealth && html`<tr><th scope="row"><span class="hpo-trial-swatches">${parts.slice(1).map((part) => html`<i style=${`background: ${series(part.name)}`}></i>`)}</span>health</th>
          <td>${two(figures.health)}</td><td>× ${percent(weights.health)}</td><td>${gives("health").toFixed(3)}</td></tr>`}
      </tbody>
    </table>
    ${noHealth && html`<p class="hpo-hint">No health metric applies${view.state === "running" ? " yet" : ""}, so accuracy counts alone.</p>`}
  </section>`;
};

const Figures = ({ figures }) => html`<dl class="hpo-figures hpo-trial-figures">
  <${Figure} label="validation accuracy">${share(figures.accuracy)}<//>
  <${Figure} label="health">${two(figures.health)}<//>
  <${Figure} label="test accuracy" title="Measured once, at the end; it steers nothing.">${share(figures.test_accuracy)}<//>
  <${Figure} label="parameters">${missing(figures.parameters) ? "–" : figures.parameters.toLocaleString("en")}<//>
  <${Figure} label="trained for">${missing(figures.seconds) ? "–" : figures.seconds < 10 ? `${figures.seconds.toFixed(1)} s` : span(figures.seconds)}<//>
</dl>`;

const Curves = ({ view }) => {
  const { curves, epochs } = view;
  const lines = (validation, training) => [
    { name: "training", at: curves.at, values: curves[training], tone: "quiet", quiet: true },
    { name: "validation", at: curves.at, values: curves[validation], tone: "accent" },
  ];
  return html`<section class="hpo-trial-curves" aria-label="Learning curves">
    <${Chart} title="Accuracy" lines=${lines("val_accuracy", "train_accuracy")} epochs=${epochs} high=${1} format=${share} />
    <${Chart} title="Loss" lines=${lines("val_loss", "train_loss")} epochs=${epochs} format=${loss} />
  </section>`;
};

const Metric = ({ metric, part }) => html`<li>
  <div class="hpo-trial-metric">
    <b>${words(metric.name)}</b>
    ${part && html`<span class="hpo-quiet hpo-small">counts ${percent(part.weight)}</span>`}
    <span class="hpo-trial-value">${missing(metric.value) ? "does not apply" : two(metric.value)}</span>
  </div>
  <div class="hpo-trial-meter" aria-hidden="true"><i style=${`width: ${100 * (metric.value ?? 0)}%; background: ${series(metric.name)}`}></i></div>
  <p class="hpo-small">${metric.evidence || html`<span class="hpo-quiet">${metric.meaning}</span>`}</p>
  ${metric.advice && html`<p class="hpo-small hpo-trial-advice">${metric.advice}</p>`}
</li>`;

const Health = ({ view }) => html`<section aria-label="Health">
  <h3>Health <span class="hpo-trial-aside">from 0, sick, to 1, well${view.partial ? "; partial: it ended early" : ""}</span></h3>
  <ul class="hpo-trial-health">
    ${view.health.map((metric) => html`<${Metric} key=${metric.name} metric=${metric}
      part=${view.parts.find((part) => part.name === metric.name)} />`)}
  </ul>
  ${!view.examined && html`<p class="hpo-hint">${view.state === "running" || view.state === "waiting"
    ? "What was seen, and what to try, is said when the trial has ended."
    : "The full report is not in the folder; these are the values in the journal."}</p>`}
</section>`;

const Configuration = ({ view }) => {
  const isBest = view.best === view.number || view.best === null;
  const changed = view.params.filter((param) => param.changed).length;
  return html`<section aria-label="Configuration">
    <h3>Configuration <span class="hpo-trial-aside">${isBest ? "" : changed === 0 ? "the same as the best trial's"
      : `${changed} of ${view.params.length} not as in the best, trial ${view.best}`}</span></h3>
    <dl class="hpo-trial-params">
      ${view.params.map((param) => html`<div key=${param.name} class=${param.changed && !isBest ? "hpo-trial-changed" : ""}>
        <dt>${words(param.name)}</dt>
        <dd title=${String(param.value)}>${value(param.value)}</dd>
        ${param.changed && !isBest && html`<dd class="hpo-quiet hpo-small">best: ${param.best === null ? "not used" : value(param.best)}</dd>`}
      </div>`)}
    </dl>
  </section>`;
};

const Files = ({ view, model }) => {
  const load = (what) => () => wish(model, "download", { what });
  return html`<section aria-label="Downloads">
    <h3>Downloads</h3>
    <div class="hpo-row">
      ${"model" in view.files && html`<${Button} icon="down" onClick=${load("model")}>Model (${bytes(view.files.model)})<//>`}
      <${Button} icon="down" onClick=${load("configuration")}>Configuration (YAML)<//>
      ${"result" in view.files && html`<${Button} icon="down" onClick=${load("result")}>Result (JSON)<//>`}
    </div>
    <p class="hpo-hint">${"model" in view.files ? "The model opens in Keras. " : ""}The configuration trains this trial again.</p>
  </section>`;
};

const Overview = ({ view, model }) => html`
  <${Figures} figures=${view.figures} />
  <div class="hpo-trial-columns">
    <div class="hpo-trial-column"><${Score} view=${view} /><${Curves} view=${view} /></div>
    <${Health} view=${view} />
  </div>
  <${Configuration} view=${view} />
  <${Files} view=${view} model=${model} />`;

const Log = ({ view: { course, log, state } }) => html`
  <dl class="hpo-figures hpo-trial-course">
    <${Figure} label="started">${clock(course.started)}<//>
    <${Figure} label="ended">${clock(course.ended)}<//>
    <${Figure} label="worker">${course.worker || "–"}<//>
    <${Figure} label="attempt" title="More than one when a worker went away in the middle.">${course.attempt || "–"}<//>
    <${Figure} label="seed">${course.seed}<//>
  </dl>
  ${course.losses > 0 && html`<p class="hpo-hint">${several(course.losses, "attempt")} ended because the worker went away; the trial was started again.</p>`}
  <section aria-label="Log"><h3>Log <span class="hpo-trial-aside">the last lines that the training printed</span></h3>
    ${log ? html`<pre class="hpo-trial-log" tabindex="0">${log}</pre>`
      : html`<p class="hpo-quiet">${state === "waiting" ? "It has not begun." : "It has printed nothing, which is the usual case."}</p>`}
  </section>`;

function TrialView({ model, view }) {
  const top = useRef(null);
  useInSight(top, view.number);
  const id = useMemo(() => `hpo-trial-${Math.random().toString(36).slice(2)}`, []);
  if (view.hint) {
    return html`<section class="hpo-card" aria-label="Trial"><h2>A trial, closely</h2><p class="hpo-quiet">${view.hint}</p></section>`;
  }
  return html`<section class="hpo-card hpo-trial" aria-label="Trial" ref=${top}>
    <${Head} view=${view} model=${model} />
    <${Reason} view=${view} />
    <${Tabs} view=${view} model=${model} id=${id} />
    <div class="hpo-trial-body" role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${view.tab}`}>
      ${view.figures && html`<${Overview} view=${view} model=${model} />`}
      ${view.course && html`<${Log} view=${view} />`}
    </div>
  </section>`;
}

export default panel(TrialView);
