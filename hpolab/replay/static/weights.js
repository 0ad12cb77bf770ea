// What shall count: every move ranks the trials anew, with the arithmetic of scoring.js.

/** A slider in whole per cent. */
const Weight = ({ name, percent, tone, note, meaning, move }) => {
  const id = `hpo-replay-${name}`;
  return html`<div class="hpo-replay-weight" style=${`--tone: ${tone}`}>
    <div><label for=${id}>${words(name)}</label><output for=${id}>${percent} %</output></div>
    <input id=${id} type="range" min="0" max="100" step="1" value=${percent} aria-valuetext=${`${percent} %`}
      aria-describedby=${meaning && `${id}-meaning`} onInput=${(event) => move(+event.target.value / 100)} />
    ${meaning && html`<p class="hpo-hint" id=${`${id}-meaning`}><span>${meaning}</span><span>${note}</span></p>`}
  </div>`;
};

/** Who wins at every weight of health, drawn right under its slider. */
const Strip = ({ trials, weights, winner }) => {
  const found = useMemo(() => stretches(flipsAlongHealth(weights, trials), winner, 1 - weights.accuracy),
    [weights, trials, winner]);
  return html`<figure class="hpo-replay-strip">
    <figcaption class="hpo-hint">Who wins as health counts more, from 0 to 100 %</figcaption>
    <div role="img" aria-label=${found.map((s) => `trial ${s.winner} from ${s.first} to ${s.last} % health`).join(", ")}>
      ${found.map((s) => html`<span key=${s.first} class=${s.winner === winner ? "hpo-replay-wins" : ""}
        style=${`flex-grow: ${s.last - s.first + 1}`} title=${`trial ${s.winner}: ${s.first} to ${s.last} %`}>${s.last - s.first >= 9 && s.winner}</span>`)}
      <i style=${`left: ${100 - 100 * weights.accuracy}%`}></i>
    </div>
  </figure>`;
};

const Weights = ({ story, weights, setWeights, now }) => {
  const asked = story.sweep.weights;
  const [accuracy, health] = percentages([weights.accuracy, 1 - weights.accuracy]);
  const shares = percentages(weights.proportions);
  const trials = useMemo(() => completed(story).filter(({ number }) => now.known.get(number)?.state === "completed"),
    [now.ranked.length]);
  return html`<section class="hpo-card hpo-replay-weights" aria-label="Weights">
    <div class="hpo-head"><h2>What shall count</h2>
      <${Button} disabled=${sameWeights(weights, asked)} onClick=${() => setWeights(asked)}>As in the search<//></div>
    <p class="hpo-small hpo-replay-winner" aria-live="polite">${now.best
      ? html`<b>Trial ${now.best.number}</b> is first with <b>${score(now.best.score)}</b>` : "No trial is completed yet."}</p>
    <div class="hpo-stack">
      <${Weight} name="accuracy" percent=${accuracy} tone=${series("accuracy")} move=${(x) => setWeights(withAccuracy(weights, x))} />
      <${Weight} name="health" percent=${health} tone="var(--hpo-good)" move=${(x) => setWeights(withHealth(weights, x))} />
      ${trials.length > 0 && html`<${Strip} trials=${trials} weights=${weights} winner=${now.best.number} />`}
    </div>
    <details class="hpo-replay-made" open=${innerWidth > 1000}>
      <summary>What health is made of</summary>
      <div class="hpo-stack">
        ${METRICS.map((name, i) => html`<${Weight} key=${name} name=${name} percent=${shares[i]} tone=${series(name)}
          meaning=${story.meanings[i]} note=${`${share((1 - weights.accuracy) * weights.proportions[i])} of score`}
          move=${(x) => setWeights(withProportion(weights, i, x))} />`)}
      </div>
    </details>
    <p class="hpo-small hpo-quiet">${story.sweep.sampled_under}</p>
  </section>`;
};

/** Which hyperparameters accounted for the differences, as far as could be told by then. */
const Importances = ({ story, at }) => {
  const told = story.importances.findLast((one) => one.at <= at);
  if (!story.importances.length) return null;
  const rows = told ? Object.entries(told.shares).sort((a, b) => b[1] - a[1]).slice(0, 8) : [];
  return html`<section class="hpo-card hpo-replay-importances" aria-label="What mattered">
    <h2>What mattered</h2>
    <p class="hpo-small hpo-quiet">${told
      ? `Share of the spread in score that goes with each hyperparameter: ${several(told.trials, "completed trial")}, weights of the search.`
      : "Too few trials are completed to tell yet."}</p>
    <ul>${rows.map(([name, part]) => html`<li key=${name} class=${told.sure.includes(name) ? "" : "hpo-replay-unsure"}><span>${words(name)}</span>
      <i aria-hidden="true"><b style=${`width: ${100 * part}%`}></b></i><span>${share(part, 0)}</span></li>`)}</ul>
    ${told && told.sure.length < rows.length && html`<p class="hpo-small hpo-quiet">${told.trials < told.needed
      ? `A first guess: below ${told.needed} completed trials none of it can be believed.`
      : "Pale ones may be chance."}</p>`}
  </section>`;
};
