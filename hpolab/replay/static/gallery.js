// Every trial as a card, in the order that the reader asks for.
const PAGE = 12, PAGE_NARROW = 6;
const ORDERS = { rank: "best first", newest: "newest first", oldest: "oldest first" };
const RANKED_LAST = { running: 0, waiting: 1, pruned: 2, cancelled: 3, failed: 4 };

/** The trials of a moment in order: ranked ones first, then what has no rank by its state. */
function arranged(now, order) {
  if (order === "newest") return now.trials.toReversed();
  if (order === "oldest") return now.trials;
  const ranked = now.ranked.map(({ number }) => now.known.get(number));
  const others = now.trials.filter((one) => !one.rank);
  return [...ranked, ...others.sort((a, b) => RANKED_LAST[a.state] - RANKED_LAST[b.state] || a.number - b.number)];
}

const ofName = (metrics) => Object.fromEntries(METRICS.map((name, i) => [name, metrics[i]]).filter(([, v]) => v !== null));

const healthWords = (one) => `Health of trial ${one.number}: ${METRICS.map((name, i) =>
  one.metrics[i] === null ? "" : `${words(name)} ${one.metrics[i].toFixed(2)}`).filter(Boolean).join(", ") || "not known yet"}`;

/** What became of a trial, in words. */
function noteOf(one, story) {
  const { state, ended, trial } = one;
  const sentence = (text) => (text ? `: ${text.replace(/\.+$/, "")}.` : ".");
  if (ended && ended.reused_from !== null) return `Same configuration as trial ${ended.reused_from}: its result is reused.`;
  if (state === "completed") {
    const known = METRICS.map((name, i) => [name, one.metrics[i]]).filter(([, v]) => v !== null);
    const [name, worst] = known.reduce((a, b) => (b[1] < a[1] ? b : a), known[0] ?? []);
    return known.length ? `Weakest: ${words(name)}, ${worst.toFixed(2)}.` : "No health metric applies.";
  }
  if (state === "running") {
    return one.epochs ? `Epoch ${one.epochs} of ${story.sweep.epochs} is done, on ${one.run.worker}.`
      : `Its first epoch is being trained, on ${one.run.worker}.`;
  }
  if (state === "waiting") {
    const lost = trial.runs.findLast((run) => run.lost && run === one.run);
    return lost ? `Its worker went away${sentence(lost.lost)} It is tried again.` : "Waits for a worker.";
  }
  return `${{ pruned: "Stopped early", failed: "Failed", cancelled: "Cancelled" }[state]}${sentence(ended.reason)}`;
}

const Card = ({ one, story, isBest, best, open }) => {
  const few = story.telling.filter((name) => name in one.trial.params).slice(0, 3);
  return html`<li class=${`hpo-card hpo-replay-card ${isBest ? "hpo-replay-first" : ""}`} data-trial=${one.number}>
    <div class="hpo-replay-title">
      <h3>Trial ${one.number}</h3>
      ${one.rank && html`<span class="hpo-quiet hpo-small">rank ${one.rank}</span>`}
      ${isBest ? html`<span class="hpo-replay-badge"><${Icon} name="star" />best</span>` : html`<${State} state=${one.state} />`}
    </div>
    <div class="hpo-replay-pictures">
      <${Curve} values=${one.curve} also=${isBest || !best ? [] : best.curve} epochs=${Math.min(story.sweep.epochs, story.points)} height=${64}
        label=${`Validation accuracy of trial ${one.number} over ${several(one.epochs, "epoch")}: ${share(one.accuracy)}`} />
      <${Radar} metrics=${ofName(one.metrics)} names=${METRICS} label=${healthWords(one)} size=${64} />
    </div>
    <dl class="hpo-replay-three">
      <${Figure} label=${one.state === "completed" ? "score" : "score so far"}>${score(one.score)}<//>
      <${Figure} label="accuracy">${share(one.accuracy)}<//>
      <${Figure} label="health">${missing(one.health) ? "–" : one.health.toFixed(2)}<//>
    </dl>
    <dl class="hpo-replay-params">${few.map((name) => html`<div key=${name}><dt>${words(name)}</dt><dd>${value(one.trial.params[name])}</dd></div>`)}</dl>
    <p class=${`hpo-replay-note hpo-tone-${STATE_TONES[one.state]}`}>${noteOf(one, story)}</p>
    <${Button} aria-label=${`Details of trial ${one.number}`} onClick=${() => open(one.number)}>Details<//>
  </li>`;
};

/** A page of cards: of a thousand trials no more are drawn than a person looks at. */
function Gallery({ story, now, open }) {
  const [order, setOrder] = useState("rank");
  const [state, setState] = useState("");
  const [wanted, setPage] = useState(0);
  const list = useRef(null);
  const size = innerWidth < 640 ? PAGE_NARROW : PAGE;
  const all = arranged(now, order).filter((one) => !state || one.state === state);
  const pages = Math.max(1, Math.ceil(all.length / size)), page = Math.min(wanted, pages - 1);
  const shown = all.slice(page * size, (page + 1) * size);
  useGlide(list, shown.map((one) => one.number).join());
  const turn = (to) => [setPage(to), list.current.scrollIntoView({ block: "nearest" })];
  const choose = (set) => (event) => [set(event.target.value), setPage(0)];
  return html`<section class="hpo-replay-gallery" aria-label="Trials">
    <div class="hpo-head"><h2>${several(now.trials.length, "trial")} so far</h2>
      <label class="hpo-row hpo-small"><span class="hpo-quiet">Order</span>
        <select value=${order} onChange=${choose(setOrder)}>
          ${Object.entries(ORDERS).map(([key, label]) => html`<option value=${key}>${label}</option>`)}</select></label>
      <label class="hpo-row hpo-small"><span class="hpo-quiet">Show</span>
        <select value=${state} onChange=${choose(setState)}><option value="">all</option>
          ${Object.keys(FATE_WORDS).map((key) => html`<option value=${key}>${FATE_WORDS[key]} (${now.counts[key] ?? 0})</option>`)}</select></label>
    </div>
    ${!all.length && html`<p class="hpo-replay-none">${now.trials.length ? "None is like that at this moment." : "No trial has begun at this moment."}</p>`}
    <ul class="hpo-replay-cards" ref=${list}>
      ${shown.map((one) => html`<${Card} key=${one.number} one=${one} story=${story} open=${open}
        isBest=${one.number === now.best?.number} best=${now.best} />`)}
    </ul>
    ${pages > 1 && html`<nav class="hpo-row hpo-replay-pages" aria-label="Pages of trials">
      <${Button} icon="left" aria-label="Previous page" disabled=${page === 0} onClick=${() => turn(page - 1)} />
      <span class="hpo-small">page ${page + 1} of ${pages}</span>
      <${Button} icon="right" aria-label="Next page" disabled=${page >= pages - 1} onClick=${() => turn(page + 1)} /></nav>`}
  </section>`;
}
