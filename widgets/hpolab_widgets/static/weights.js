/** A slider in whole per cent. Its thumb follows the finger; Python moves the others. */
function Weight({ model, verb, details, name, percent, tone, locked, note, meaning }) {
  const [held, hold] = useState(null);
  const moving = useRef(false);
  const say = useStream(model, verb);
  const id = `hpo-weights-${name}`;
  useEffect(() => {
    if (!moving.current) hold(null);
  }, [percent]);
  const shown = held ?? percent;
  const move = (event) => {
    moving.current = true;
    hold(+event.target.value);
    say({ ...details, percent: +event.target.value });
  };
  const release = () => {
    moving.current = false;
    if (held === percent) hold(null);
  };
  return html`<div class="hpo-weights-slider" style=${`--tone: ${tone}`}>
    <div class="hpo-weights-name">
      <label for=${id}>${words(name)}</label>
      <output for=${id}>${shown} %</output>
    </div>
    <input id=${id} type="range" min="0" max="100" step="1" value=${shown} disabled=${locked}
      aria-describedby=${meaning && `${id}-meaning`} aria-valuetext=${`${shown} %`}
      onInput=${move} onChange=${release} />
    ${(meaning || note) && html`<p class="hpo-hint" id=${`${id}-meaning`}>
      <span>${meaning}</span>${note && html`<span class="hpo-weights-absolute">${note}</span>`}
    </p>`}
  </div>`;
}

const MODES = [["health-aware", "Health-aware"], ["simple", "Accuracy only"]];

const Modes = ({ model, locked }) => html`<div class="hpo-weights-modes" role="group" aria-label="What a score is">
  ${MODES.map(([mode, label]) => {
    const on = (mode === "simple") === locked;
    return html`<${Button} aria-pressed=${String(on)} onClick=${() => on || wish(model, "mode", { mode })}>${label}<//>`;
  })}
</div>`;

/** Who wins at every weight of health, drawn right under its slider. */
const Strip = ({ stretches, winner, health }) => html`<figure class="hpo-weights-strip">
  <figcaption class="hpo-hint">Who wins as health counts more, from 0 to 100 %</figcaption>
  <div role="img" aria-label=${stretches
    .map((s) => `trial ${s.winner} from ${s.first} to ${s.last} % health`).join(", ")}>
    ${stretches.map((s) => html`<span key=${s.first} class=${s.winner === winner ? "hpo-weights-wins" : ""}
      style=${`flex-grow: ${s.last - s.first + 1}`} title=${`trial ${s.winner}: ${s.first} to ${s.last} %`}>
      ${s.last - s.first >= 7 && html`<span class="hpo-weights-long">trial </span>`}${s.last - s.first >= 7 && s.winner}</span>`)}
    <i style=${`left: ${health}%`}></i>
  </div>
</figure>`;

const moved = (trial) => trial.before - trial.now;
const Moved = ({ trial }) => {
  const by = moved(trial);
  if (!by) return html`<span class="hpo-weights-moved" aria-label="same place">=</span>`;
  return html`<span class=${`hpo-weights-moved hpo-weights-${by > 0 ? "up" : "down"}`}
    aria-label=${`${by > 0 ? "up" : "down"} ${Math.abs(by)}`}>${by > 0 ? "▲" : "▼"} ${Math.abs(by)}</span>`;
};

const ROW = 24;

/** The best trials under the weights of the search and under these, and who changed places. */
function Bumps({ places, room, winner, count }) {
  const rows = Math.max(places.rows, room);
  const outside = count > places.rows;
  const height = ROW * (rows + (outside ? 1 : 0));
  const y = (place) => ROW * (Math.min(place, rows + 1) - 0.5);
  const line = (trial) => {
    const [from, to] = [y(trial.before), y(trial.now)];
    return `M0,${from} C40,${from} 60,${to} 100,${to}`;
  };
  const kind = (trial) =>
    trial.number === winner ? "hpo-weights-wins" : moved(trial) > 0 ? "hpo-weights-up" : moved(trial) < 0 ? "hpo-weights-down" : "";
  const column = (side) =>
    places.trials.filter((trial) => trial[side] <= places.rows).sort((a, b) => a[side] - b[side]);
  return html`<div class="hpo-weights-bumps">
    <p class="hpo-hint">In the sweep</p><p></p><p class="hpo-hint">Under these weights</p>
    <ol style=${`height: ${height}px`}>
      ${column("before").map((trial) => html`<li key=${trial.number} class=${kind(trial)}>
        <b>${trial.before}</b><span>trial ${trial.number}</span></li>`)}
      ${outside && html`<li class="hpo-weights-rest" aria-hidden="true">lower</li>`}
    </ol>
    <svg viewBox=${`0 0 100 ${height}`} style=${`height: ${height}px`} preserveAspectRatio="none" aria-hidden="true">
      ${places.trials.map((trial) => html`<path key=${trial.number} class=${kind(trial)} d=${line(trial)} />`)}
    </svg>
    <ol style=${`height: ${height}px`}>
      ${column("now").map((trial) => html`<li key=${trial.number} class=${kind(trial)}>
        <b>${trial.now}</b><span>trial ${trial.number}</span>
        <span class="hpo-weights-score">${score(trial.score)}</span><${Moved} trial=${trial} /></li>`)}
      ${outside && html`<li class="hpo-weights-rest" aria-hidden="true">lower</li>`}
    </ol>
  </div>`;
}

function Continue({ model, sweep, tiers }) {
  const [trials, setTrials] = useState(10);
  const [busy, setBusy] = useState(false);
  useEffect(() => setBusy(false), [sweep.name, model.get("problem")]);
  const why = !sweep.has_ended
    ? "This sweep is still running: stop it, or wait for its end."
    : sweep.is_searched
      ? "Move a slider first: these are the weights that this sweep used."
      : "";
  const go = (event) => {
    event.preventDefault();
    setBusy(true);
    wish(model, "continue", { trials });
  };
  return html`<form class="hpo-weights-continue" onSubmit=${go}>
    <h3>Continue with these weights</h3>
    <p class="hpo-small">Starts a sweep for ${tiers.health
      ? `${tiers.accuracy} % accuracy and ${tiers.health} % health, made up as above,` : "accuracy alone"}
      ${" "}that already knows the ${several(sweep.trials, "trial")} of this one. None of them is trained again.</p>
    <div class="hpo-row">
      <label for="hpo-weights-more">Try</label>
      <input id="hpo-weights-more" type="number" min="1" max="10000" value=${trials} required
        onInput=${(event) => setTrials(event.target.valueAsNumber)} />
      <span>more</span>
      <${Button} icon="play" kind="main" type="submit" disabled=${!!why || busy}
        aria-describedby="hpo-weights-why">${busy ? "Starting" : "Start"}<//>
    </div>
    <p class="hpo-hint" id="hpo-weights-why">${why || " "}</p>
  </form>`;
}

const Ranking = ({ view: { result, sweep } }) => {
  if (!sweep)
    return html`<p class="hpo-quiet">No sweep is shown. Open one, and every trial that it finished is
      ranked anew whenever you move a slider; nothing is trained for that.</p>`;
  if (!result)
    return html`<p class="hpo-quiet">No trial has completed yet. The ranking appears with the first one.</p>`;
  return html`<${Bumps} places=${result.places} room=${result.room} winner=${result.winner} count=${result.count} />`;
};

/** Who wins, said first; in a narrow column it stays in sight while sliders are moved below it. */
const Winner = ({ result, sweep }) => html`
  <p class="hpo-weights-winner" aria-live="polite"><${Icon} name="star" />
    <span><strong>Trial ${result.winner}</strong> wins with a score of <strong>${score(result.score)}</strong>${
      result.was !== result.winner ? `; under the sweep's weights it was trial ${result.was}.`
      : sweep.is_searched ? "." : ", as under the sweep's weights."}</span></p>
  <div class="hpo-weights-verdict">
    <p>${result.flips}</p>
    <p class="hpo-small hpo-quiet">${result.stability}</p>
  </div>`;

const WeightSliders = ({ model, view }) => {
  const { tiers, locked, sweep, result } = view;
  return html`<section class="hpo-card hpo-weights" aria-label="Weights">
    <div class="hpo-head"><h2>What shall count</h2><${Modes} model=${model} locked=${locked} /></div>
    ${result && html`<${Winner} result=${result} sweep=${sweep} />`}
    ${locked && html`<p class="hpo-weights-locked">Accuracy counts alone, so there is nothing to weigh: the
      sliders are locked. Choose health-aware to move them; they start from the defaults.</p>`}
    <div class="hpo-weights-columns">
      <fieldset class="hpo-weights-balance">
        <legend>The score</legend>
        ${["accuracy", "health"].map((what) => html`<${Weight} key=${what} model=${model} verb="balance"
          details=${{ what }} name=${what} percent=${tiers[what]} locked=${locked}
          tone=${what === "accuracy" ? series("accuracy") : "var(--hpo-good)"} />`)}
        ${result && html`<${Strip} stretches=${result.stretches} winner=${result.winner} health=${tiers.health} />`}
      </fieldset>
      <div class="hpo-weights-ranking"><${Ranking} view=${view} /></div>
      <div class="hpo-weights-sliders">
        <fieldset>
          <legend>What health is made of</legend>
          ${view.metrics.map((metric) => html`<${Weight} key=${metric.name} model=${model} verb="proportion"
            details=${{ metric: metric.name }} name=${metric.name} percent=${metric.percent} locked=${locked}
            tone=${series(metric.name)} meaning=${metric.meaning} note=${`${share(metric.absolute)} of score`} />`)}
        </fieldset>
        <div class="hpo-row">
          <${Button} disabled=${!sweep || sweep.is_searched} onClick=${() => wish(model, "searched")}>Weights of this sweep<//>
          <${Button} disabled=${view.is_default} onClick=${() => wish(model, "defaults")}>Defaults<//>
        </div>
      </div>
      ${sweep && html`<div class="hpo-weights-further">
        <p class="hpo-small hpo-quiet">${sweep.sampled_under}</p>
        ${result && html`<${Continue} model=${model} sweep=${sweep} tiers=${tiers} />`}</div>`}
    </div>
  </section>`;
};

export default panel(WeightSliders);
