// How far the search has come: the best so far, who trains what, and when each trained.
const FATE_WORDS = {
  completed: "completed", pruned: "stopped early", failed: "failed", cancelled: "cancelled",
  running: "running", waiting: "waiting",
};

/** The best score over time: a stair, dim where it is still to come; dots are completed trials. */
function Climb({ steps, ends, at, end, number }) {
  // ends are the best first; the worse half would press what matters into one line, so it lies on the floor
  const top = ends[0]?.total ?? 1, middle = ends[ends.length >> 1]?.total ?? 0;
  const least = Math.max(ends.at(-1)?.total ?? 0, top - 3 * Math.max(top - middle, 0.01));
  const low = least - 0.1 * (top - least || 1), high = top + 0.1 * (top - least || 1);
  const marks = ticks(low, Math.min(1, high), 3);
  const x = (time) => (100 * time) / (end || 1);
  const y = (value) => 100 - (100 * Math.max(0, value - low)) / (high - low);
  const stair = (until) => {
    const seen = steps.filter((one) => one.at <= until);
    if (!seen.length) return "";
    const path = seen.map((one, i) => (i ? `H${x(one.at)}V${y(one.total)}` : `M${x(one.at)} ${y(one.total)}`));
    return `${path.join("")}H${x(until)}`;
  };
  const best = steps.findLast((one) => one.at <= at);
  return html`<figure class="hpo-chart" role="img" aria-label=${best
    ? `Best score so far: ${score(best.total)}, trial ${best.number}` : "No trial is completed yet"}>
    <figcaption aria-hidden="true"><b>Best so far</b>
      <span>${best ? html`trial ${best.number} <b>${score(best.total)}</b>` : "no trial is completed yet"}</span>
      <span>a dot is a completed trial; far worse ones lie at the bottom</span></figcaption>
    <div class="hpo-chart-area hpo-replay-climb" aria-hidden="true">
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        ${marks.map((value) => html`<path class="hpo-grid" d=${`M0 ${y(value)}H100`} />`)}
        <path class="hpo-line hpo-replay-future" d=${stair(end)} />
        ${ends.filter((one) => one.at <= at).map((one) => html`<path key=${one.number} class="hpo-line hpo-dot hpo-replay-dot"
          d=${`M${x(one.at)} ${y(one.total)}h0`} />`)}
        <path class="hpo-line" style="--line: var(--hpo-accent)" d=${stair(at)} />
        <path class="hpo-grid hpo-pointed" d=${`M${x(at)} 0V100`} />
      </svg>
      ${marks.map((value) => html`<span class="hpo-tick-y" style=${`top: ${y(value)}%`}>${+value.toFixed(3)}</span>`)}
    </div>
  </figure>`;
}

/** What each worker trains now; rows keep their places. */
const Workers = ({ story, now, open }) => {
  const rows = story.workers.map((worker) => [worker, now.running.find((one) => one.run.worker === worker)]);
  return html`<ul class="hpo-replay-workers" aria-label="Workers">
    ${rows.map(([worker, one]) => html`<li key=${worker}>
      <span class="hpo-quiet">${worker}</span>
      ${one
        ? html`<button type="button" class="hpo-replay-link" onClick=${() => open(one.number)}>Trial ${one.number}</button>
          <${Curve} values=${one.curve} epochs=${one.run.at.length} height=${28} width=${140}
            label=${`Validation accuracy of trial ${one.number} after ${several(one.epochs, "epoch")}: ${share(one.accuracy)}`} />
          <span class="hpo-replay-much">${missing(one.accuracy) ? "" : share(one.accuracy)}</span>`
        : html`<span class="hpo-quiet">free</span>`}
    </li>`)}
  </ul>`;
};

const Counts = ({ counts }) => html`<ul class="hpo-replay-counts" aria-label="Trials by state">
  ${Object.keys(FATE_WORDS).filter((state) => counts[state] || ["completed", "pruned", "failed"].includes(state))
    .map((state) => html`<li key=${state} class=${counts[state] ? `hpo-tone-${STATE_TONES[state]}` : "hpo-tone-quiet"}>
      <b>${counts[state] ?? 0}</b> ${FATE_WORDS[state]}</li>`)}
</ul>`;

const LANE = 22;

/** Which worker trained which trial when: a bar for each run, in the colour of how it ended. */
function Timeline({ story, at, end, now, open }) {
  const x = (time) => (100 * time) / (end || 1);
  const bars = story.trials.flatMap((trial) => trial.runs
    .filter((run) => run.worker && run.start <= at)
    .map((run, i) => {
      const to = Math.min(at, run.end ?? end), isLast = i === trial.runs.length - 1;
      const state = to < (run.end ?? Infinity) && now.known.get(trial.number)?.run === run ? "running"
        : !isLast || run.lost ? "cancelled" : trial.ended?.state ?? "waiting";
      return { trial, run, to, state, lane: story.workers.indexOf(run.worker) };
    }));
  if (!story.workers.length) return null;
  const best = now.best?.number;
  return html`<figure class="hpo-replay-timeline">
    <figcaption><b>Who trained what, when</b>
      ${["completed", "pruned", "failed", "running"].map((state) => html`<span class=${`hpo-replay-key hpo-tone-${STATE_TONES[state]}`}>${FATE_WORDS[state]}</span>`)}
    </figcaption>
    <div class="hpo-replay-lanes">
      <ol aria-hidden="true">${story.workers.map((worker) => html`<li style=${`height: ${LANE}px`}>${worker}</li>`)}</ol>
      <svg viewBox=${`0 0 1000 ${LANE * story.workers.length}`} preserveAspectRatio="none" role="img"
        style=${`height: ${LANE * story.workers.length}px`}
        aria-label=${`${several(bars.length, "run")} on ${several(story.workers.length, "worker")} so far; the cards below list every trial`}>
        ${bars.map(({ trial, run, to, state, lane }) => html`<rect key=${`${trial.number} ${run.start}`}
          class=${`hpo-tone-${STATE_TONES[state]} hpo-replay-${state} ${trial.number === best ? "hpo-replay-best" : ""}`}
          x=${10 * x(run.start)} width=${Math.max(1, 10 * (x(to) - x(run.start)))} y=${LANE * lane + 3} height=${LANE - 6}
          onClick=${() => open(trial.number)}><title>trial ${trial.number}, ${FATE_WORDS[state]}${run.lost && `: ${run.lost}`}</title></rect>`)}
        <path class="hpo-replay-cursor" d=${`M${10 * x(at)} 0V${LANE * story.workers.length}`} />
      </svg>
    </div>
  </figure>`;
}

const Notes = ({ notes, at }) => {
  const said = notes.filter(([time]) => time <= at);
  if (!said.length) return null;
  return html`<details class="hpo-replay-notes"><summary>${several(said.length, "note")}</summary>
    <ul>${said.slice(-50).reverse().map(([time, text]) => html`<li><span class="hpo-quiet">${span(time)}</span> ${text}</li>`)}</ul>
  </details>`;
};

const Progress = ({ story, clock, now, steps, ends, open }) => html`<section class="hpo-card hpo-replay-progress" aria-label="Progress">
  <div class="hpo-replay-halves">
    <${Climb} steps=${steps} ends=${ends} at=${clock.at} end=${clock.end} />
    <div class="hpo-stack hpo-replay-doing">
      <${Counts} counts=${now.counts} />
      ${story.workers.length > 0 && html`<${Workers} story=${story} now=${now} open=${open} />`}
    </div>
  </div>
  <${Timeline} story=${story} at=${clock.at} end=${clock.end} now=${now} open=${open} />
  <${Notes} notes=${story.notes} at=${clock.at} />
</section>`;
