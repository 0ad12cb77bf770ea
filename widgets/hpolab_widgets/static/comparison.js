const TONES = ["accent", "other"];
const health2 = (x) => (missing(x) ? "–" : x.toFixed(2));
const whole = (x) => (missing(x) ? "–" : x.toLocaleString("en"));
const seconds1 = (x) => (missing(x) ? "–" : x < 10 ? `${x.toFixed(1)} s` : span(x));

/** Which of two values is better: 0, 1, or -1 where neither is. */
const better = ([a, b], sign = 1) => (missing(a) || missing(b) || a === b ? -1 : sign * a > sign * b ? 0 : 1);

const FIGURES = [
  ["score", (t) => t.score, score, 1], ["accuracy", (t) => t.accuracy, share, 1],
  ["health", (t) => t.health, health2, 1], ["parameters", (t) => t.parameters, whole, -1],
  ["trained for", (t) => t.seconds, seconds1, -1],
];

const Names = ({ trials, model }) => html`<tr>
  <th scope="col"><span class="hpo-unseen">What</span></th>
  ${trials.map((trial, i) => html`<th scope="col" class=${`hpo-compare-name hpo-compare-${TONES[i]}`}>
    <button type="button" class="hpo-compare-open" onClick=${() => wish(model, "open", { trial: trial.number })}
      title="Look at it closely">Trial ${trial.number}</button>
  </th>`)}
</tr>`;

const Figures = ({ trials, model }) => html`<table class="hpo-compare-table">
  <caption class="hpo-unseen">Figures of both trials</caption>
  <thead><${Names} trials=${trials} model=${model} /></thead>
  <tbody>
    <tr><th scope="row">state</th>${trials.map((trial) => html`<td><${State} state=${trial.state} />
      ${trial.rank && html` <span class="hpo-quiet hpo-small hpo-compare-rank">rank ${trial.rank}</span>`}</td>`)}</tr>
    ${FIGURES.map(([name, get, write, sign]) => {
      const winner = better(trials.map(get), sign);
      return html`<tr><th scope="row">${name}</th>
        ${trials.map((trial, i) => html`<td class=${winner === i ? "hpo-compare-better" : ""}>${write(get(trial))}${winner === i && html`<span class="hpo-unseen">, better</span>`}</td>`)}</tr>`;
    })}
  </tbody>
</table>`;

const Bars = ({ metrics, trials }) => html`<dl class="hpo-compare-health">
  ${metrics.map(({ name, values }) => html`<div>
    <dt>${words(name)}</dt>
    ${values.map((x, i) => html`<dd class=${`hpo-compare-${TONES[i]}`}>
      <span class="hpo-unseen">Trial ${trials[i].number}: </span>
      <span class="hpo-compare-bar" aria-hidden="true"><i style=${`width: ${100 * (x ?? 0)}%`}></i></span>
      <span class="hpo-compare-value">${missing(x) ? "none" : x.toFixed(2)}</span>
    </dd>`)}
  </div>`)}
</dl>`;

const Rows = ({ rows, trials, model }) => html`<table class="hpo-compare-table">
  <thead class=${model ? "" : "hpo-unseen"}><${Names} trials=${trials} model=${model} /></thead>
  <tbody>${rows.map((row) => html`<tr>
    <th scope="row">${words(row.name)}${row.times >= 1.5 && html` <span class="hpo-compare-times">${row.times >= 10 ? Math.round(row.times).toLocaleString("en") : row.times.toFixed(1)} ×</span>`}</th>
    ${row.values.map((x) => html`<td class=${x === null ? "hpo-quiet" : ""}>${x === null ? "not used" : value(x)}</td>`)}
  </tr>`)}</tbody>
</table>`;

const Pictures = ({ view }) => {
  const lines = (validation, training) => view.trials.flatMap((trial, i) => [
    { name: `trial ${trial.number}`, at: trial.curves.at, values: trial.curves[validation], tone: TONES[i] },
    { name: "training", at: trial.curves.at, values: trial.curves[training], tone: TONES[i], quiet: true },
  ]);
  return html`<div class="hpo-compare-pictures">
    <${Chart} title="Accuracy" lines=${lines("val_accuracy", "train_accuracy")} epochs=${view.epochs} high=${1} format=${share} />
    <${Chart} title="Loss" lines=${lines("val_loss", "train_loss")} epochs=${view.epochs} format=${loss} />
  </div>`;
};

const Empty = ({ view, model }) => html`<section class="hpo-card" aria-label="Comparison">
  <h2>Compare two trials</h2>
  <p class="hpo-quiet" aria-live="polite">${view.hint}</p>
  ${view.chosen.length === 1 && html`<div class="hpo-row hpo-compare-actions">
    ${view.best !== null && view.best !== view.chosen[0] &&
    html`<${Button} kind="main" onClick=${() => wish(model, "with_best")}>Compare with the best, trial ${view.best}<//>`}
    <${Button} onClick=${() => wish(model, "clear")}>Choose none<//>
  </div>`}
</section>`;

function Comparison({ model, view }) {
  const top = useRef(null);
  useInSight(top, (view.trials || []).map((trial) => trial.number).join());
  if (view.hint) return html`<${Empty} view=${view} model=${model} />`;
  const { trials, different, same } = view;
  return html`<section class="hpo-card hpo-compare" aria-label="Comparison" ref=${top}>
    <div class="hpo-head">
      <h2>Trial ${trials[0].number} and trial ${trials[1].number}</h2>
      <${Button} onClick=${() => wish(model, "swap")}>Swap sides<//>
      <${Button} icon="close" onClick=${() => wish(model, "clear")}>Close<//>
    </div>
    <p class="hpo-compare-verdict" aria-live="polite">${view.verdict}</p>
    <div class="hpo-compare-columns">
      <${Figures} trials=${trials} model=${model} />
      <div><h3>Health</h3><${Bars} metrics=${view.metrics} trials=${trials} /></div>
    </div>
    <div><h3>Learning curves <span class="hpo-compare-legend">solid: validation data, dashed: training data</span></h3>
      <${Pictures} view=${view} /></div>
    <div><h3>Configuration</h3>
      <p class="hpo-quiet hpo-small">${different.length === 0 ? "Both have the same configuration."
        : `They differ in ${different.length} of ${several(different.length + same.length, "hyperparameter")}.`}</p>
      ${different.length > 0 && html`<${Rows} rows=${different} trials=${trials} model=${model} />`}
      ${same.length > 0 && html`<details><summary>${several(same.length, "hyperparameter")} that ${same.length === 1 ? "is" : "are"} the same</summary>
        <${Rows} rows=${same} trials=${trials} model=${model} /></details>`}
    </div>
  </section>`;
}

export default panel(Comparison);
