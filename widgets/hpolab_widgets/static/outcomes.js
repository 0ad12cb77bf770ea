const named = (varied) => Object.entries(varied).map(([name, x]) => `${words(name)} ${plain(x)}`).join(", ");
/** As it was written in the cell: a student looks for that number. */
const plain = (x) => (typeof x === "number" ? String(x) : value(x));

/** Training less unseen, in points as they are shown, so that who subtracts finds the same. */
const gapOf = ({ accuracy, trained }) => (missing(accuracy) || missing(trained) ? null
  : (Math.round(1000 * trained) - Math.round(1000 * accuracy)) / 10);
const Gap = ({ row }) => {
  const gap = gapOf(row);
  return html`<p class="hpo-outcomes-number"><b>${gap === null ? "–" : `${Math.abs(gap).toFixed(1)} points`}</b>
    <span>${gap !== null && `${gap < 0 ? "above" : "below"} training’s ${share(row.trained)}`}</span></p>`;
};

const Row = ({ row, view }) => html`<li class="hpo-outcomes-row">
  <p class="hpo-outcomes-name">${named(row.varied) || "the plain network"}
    ${row.state !== "completed" && html` <${State} state=${row.state} />`}</p>
  <div class="hpo-outcomes-curve"><${Curve} values=${row.values} also=${row.also} epochs=${view.epochs}
    high=${view.high} width=${220} height=${44}
    label=${`${view.curve} of ${named(row.varied)} over ${several(row.values.length, "epoch")}`} /></div>
  <p class="hpo-outcomes-number"><b>${share(row.accuracy)}</b><span>right</span></p>
  ${view.gap && html`<${Gap} row=${row} />`}
  ${view.metric && html`<p class="hpo-outcomes-number"><b>${missing(row.value) ? "–" : row.value.toFixed(2)}</b>
    <span>${words(view.metric)}</span>
    <i class="hpo-outcomes-bar" style=${`--full: ${100 * (row.value ?? 0)}%; --tone: ${series(view.metric)}`}></i></p>`}
  ${view.metric && html`<p class="hpo-outcomes-words">${row.evidence} ${row.advice}</p>`}
</li>`;

// a busy page may draw before Python's first word has arrived
const Outcomes = ({ view }) => view.rows && html`<section class="hpo-card hpo-outcomes" aria-label="Outcomes">
  ${view.rows.length === 0 && html`<p class="hpo-quiet">No experiment yet. Give it one: Outcomes(experiment(...)).</p>`}
  ${view.rows.length > 0 && html`<p class="hpo-hint">${view.curve === "loss" ? "Loss" : "Accuracy"} over the epochs,
    from 0 to ${view.curve === "loss" ? loss(view.high, 0) : "100 %"}: <span class="hpo-outcomes-solid">unseen examples</span>
    ${" "}<span class="hpo-outcomes-dashed">examples it trains on</span></p>`}
  <ul class=${`hpo-outcomes-wide-${Number(view.gap) + Number(Boolean(view.metric))}`}>${view.rows.map((row) => html`<${Row} key=${named(row.varied)} row=${row} view=${view} />`)}</ul>
</section>`;

export default panel(Outcomes);
