const METRICS = ["neuron_utilisation", "parameter_efficiency", "training_stability", "gradient_health",
  "convergence_quality", "accuracy_consistency"];
const ORDERS = {
  rank: "best first", newest: "newest first", oldest: "oldest first", accuracy: "most accurate first",
  health: "healthiest first", parameters: "fewest parameters first", duration: "quickest first",
};

const NOTES = {
  waiting: (card) => (card.epochs ? "Its training was cut off; it is trained again." : "Waits for its turn."),
  running: (card, epochs) => card.epochs
    ? `Epoch ${card.epochs} of ${epochs} is done${card.worker ? `, on ${card.worker}` : ""}.`
    : "Its first epoch is being trained.",
  completed: (card) => (card.weakest
    ? `Weakest: ${words(card.weakest)}, ${card.metrics[card.weakest].toFixed(2)}.` : "No health metric applies."),
  pruned: (card) => `Stopped early: ${card.reason}.`,
  failed: (card) => `Failed: ${card.reason}`,
  cancelled: (card) => (card.reason ? `Cancelled: ${card.reason}.` : "Cancelled by a person."),
};
const tidy = (text) => text.replace(/\.{2,}$/, ".");

/** What there is to say of a trial, in words. */
const Note = ({ card, epochs }) => html`<p class=${`hpo-gallery-note hpo-gallery-${card.state}`}>
  ${card.reused_from !== null
    ? `Same configuration as trial ${card.reused_from}: its result is reused, nothing was trained again.`
    : tidy(NOTES[card.state](card, epochs))}
  ${card.parameters !== null && card.reused_from === null && card.state === "completed" &&
  html`<br />${several(card.parameters, "parameter")}, ${span(card.seconds)}.`}
</p>`;

const Params = ({ params }) => html`<dl class="hpo-gallery-params">
  ${params.map((param) => html`<div key=${param.name} class=${param.changed ? "hpo-gallery-changed" : ""}
    title=${`${words(param.name)}: ${param.value}${param.changed ? ", not as in the best trial" : ""}`}>
    <dt>${words(param.name)}</dt><dd>${value(param.value)}</dd>
  </div>`)}
</dl>`;

const scoreWords = { running: "score so far", pruned: "last score", cancelled: "last score" };
const healthWords = (card) => `Health of trial ${card.number}: ${METRICS.filter((name) => name in card.metrics)
  .map((name) => `${words(name)} ${card.metrics[name].toFixed(2)}`).join(", ") || "not known yet"}`;

const Card = ({ card, view, model }) => {
  const place = view.compared.indexOf(card.number);
  const isBest = card.number === view.best;
  const tone = isBest ? "hpo-gallery-best" : "";
  const marks = `${tone} ${card.number === view.opened ? "hpo-gallery-opened" : ""}`;
  return html`<li class=${`hpo-card hpo-gallery-card ${marks}`} data-trial=${card.number}>
    <div class="hpo-gallery-title">
      <h3>Trial ${card.number}</h3>
      ${card.rank && html`<span class="hpo-quiet hpo-small">rank ${card.rank}</span>`}
      <span class="hpo-gallery-badges">
        ${isBest && html`<span class="hpo-gallery-badge"><${Icon} name="star" />best</span>`}
        ${!isBest && html`<${State} state=${card.state} />`}
      </span>
    </div>
    <div class="hpo-gallery-pictures">
      <${Curve} values=${card.curve} also=${isBest ? [] : view.best_curve} epochs=${view.points} height=${72}
        label=${`Validation accuracy of trial ${card.number} over ${several(card.epochs, "epoch")}: ${share(card.accuracy)} in the end`} />
      <${Radar} metrics=${card.metrics} names=${METRICS} label=${healthWords(card)} />
    </div>
    <dl class="hpo-gallery-figures">
      <${Figure} label=${scoreWords[card.state] || "score"}>${score(card.score)}<//>
      <${Figure} label="accuracy">${share(card.accuracy)}<//>
      <${Figure} label="health">${missing(card.health) ? "–" : card.health.toFixed(2)}<//>
    </dl>
    <${Params} params=${card.params} />
    <${Note} card=${card} epochs=${view.epochs} />
    <div class="hpo-row hpo-gallery-buttons">
      <${Button} aria-label=${`Open trial ${card.number}`} onClick=${() => wish(model, "open", { trial: card.number })}>Open<//>
      <${Button} aria-pressed=${place >= 0} aria-label=${`Compare trial ${card.number}`}
        onClick=${() => wish(model, "compare", { trial: card.number })}>Compare<//>
    </div>
  </li>`;
};

/** One filter: what is asked for, how, and the value; what is wrong with it stands below. */
const Filter = ({ filter, error, index, view, change, remove }) => {
  const fact = view.facts.find((one) => one.name === filter.name);
  const id = useMemo(() => `hpo-filter-${Math.random().toString(36).slice(2)}`, []);
  const isWord = fact && fact.options.length > 0;
  const relations = isWord ? ["is"] : view.relations;
  const about = (is_param) => view.facts.filter((one) => one.is_param === is_param)
    .map((one) => html`<option value=${one.name}>${one.label}</option>`);
  const name = (event) => {
    const chosen = view.facts.find((one) => one.name === event.target.value);
    change({ name: chosen.name, relation: chosen.options.length ? "is" : "at least", value: "" });
  };
  return html`<fieldset class=${`hpo-gallery-filter ${error ? "hpo-wrong" : ""}`}>
    <legend class="hpo-unseen">Filter ${index + 1}</legend>
    <select aria-label="What to look at" value=${filter.name} onChange=${name}>
      <optgroup label="Measured">${about(false)}</optgroup>
      <optgroup label="Hyperparameters">${about(true)}</optgroup>
    </select>
    <select aria-label="Relation" value=${filter.relation} onChange=${(event) => change({ ...filter, relation: event.target.value })}>
      ${relations.map((one) => html`<option>${one}</option>`)}
    </select>
    ${isWord
      ? html`<select aria-label="Value" value=${filter.value} aria-describedby=${`${id}-error`}
          onChange=${(event) => change({ ...filter, value: event.target.value })}>
          <option value="">any</option>${fact.options.map((one) => html`<option>${one}</option>`)}
        </select>`
      : html`<input type="text" aria-label="Value" value=${filter.value} autocomplete="off" size="8"
          placeholder=${fact?.is_share ? "90 %" : "number"} aria-invalid=${!!error} aria-describedby=${`${id}-error`}
          onInput=${(event) => change({ ...filter, value: event.target.value })} />`}
    <${Button} kind="plain" icon="close" aria-label=${`Remove filter ${index + 1}`} onClick=${remove} />
    <p class="hpo-error" id=${`${id}-error`} aria-live="polite">${error}</p>
  </fieldset>`;
};

const Controls = ({ view, model }) => {
  const filters = model.get("filters"), states = model.get("states");
  const put = (index, ...now) => assign(model, { filters: filters.toSpliced(index, 1, ...now) });
  const toggle = (state) => assign(model, {
    states: states.includes(state) ? states.filter((one) => one !== state) : [...states, state],
  });
  const shown = ["running", "completed", "pruned", "failed"];
  const chips = Object.keys(view.counts).filter((state) =>
    shown.includes(state) || view.counts[state] > 0 || states.includes(state));
  return html`<div class="hpo-gallery-controls">
    <label class="hpo-row hpo-small"><span class="hpo-quiet">Order</span>
      <select value=${model.get("sort")} onChange=${(event) => assign(model, { sort: event.target.value })}>
        ${view.orders.map((order) => html`<option value=${order}>${ORDERS[order]}</option>`)}
      </select>
    </label>
    <div class="hpo-gallery-chips" role="group" aria-label="Only trials that are">
      ${chips.map((state) => html`<button type="button" key=${state} class="hpo-gallery-chip"
        aria-pressed=${states.includes(state)} onClick=${() => toggle(state)}>${state} <b>${view.counts[state]}</b></button>`)}
    </div>
    <${Button} icon="plus" disabled=${filters.length >= 8}
      onClick=${() => put(filters.length, { name: "accuracy", relation: "at least", value: "" })}>Filter<//>
    ${view.brushed !== null && html`<button type="button" class="hpo-gallery-chip hpo-gallery-brushed" aria-pressed="true"
      aria-label=${`${several(view.brushed, "trial")} chosen in the chart; show all`}
      onClick=${() => wish(model, "unbrush")}>${several(view.brushed, "trial")} chosen in the chart<${Icon} name="close" /></button>`}
    ${(filters.length > 0 || states.length > 0) && html`<${Button} kind="plain" onClick=${() => wish(model, "clear")}>Show all<//>`}
    ${filters.map((filter, index) => html`<${Filter} key=${index} filter=${filter} index=${index} view=${view}
      error=${view.errors[index]} change=${(now) => put(index, now)} remove=${() => put(index)} />`)}
  </div>`;
};

const Pages = ({ view, model }) => {
  const go = (page) => assign(model, { page });
  const last = view.first + view.cards.length - 1;
  return html`<nav class="hpo-row hpo-gallery-pages" aria-label="Pages of trials">
    <${Button} icon="left" disabled=${view.page === 0} aria-label="Previous page" onClick=${() => go(view.page - 1)} />
    <span class="hpo-small" aria-live="polite">${view.first.toLocaleString("en")} to ${last.toLocaleString("en")} of ${view.count.toLocaleString("en")}</span>
    <${Button} icon="right" disabled=${view.page >= view.pages - 1} aria-label="Next page" onClick=${() => go(view.page + 1)} />
  </nav>`;
};

const chosenWords = (compared) => (compared.length === 1
  ? `Trial ${compared[0]} is chosen; choose one more to compare them.`
  : `Trials ${compared[0]} and ${compared[1]} are compared.`);

const Nothing = ({ view, model }) => html`<div class="hpo-gallery-nothing">
  ${view.total === 0
    ? html`<p>No trial has begun yet. Each appears here as a card as soon as it does.</p>`
    : html`<p>None of ${several(view.total, "trial")} is like that.</p>
        <${Button} onClick=${() => wish(model, "clear")}>Show all<//>`}
</div>`;

const NARROW = 560, USUAL_CARDS = 12, FEW_CARDS = 6;

function Gallery({ model, view }) {
  const list = useRef(null);
  const root = useRef(null);
  useEffect(() => { // a phone's page is long enough with fewer
    const width = root.current && (root.current.clientWidth || innerWidth);
    if (width < NARROW && model.get("page_size") === USUAL_CARDS) assign(model, { page_size: FEW_CARDS });
  }, [!view.empty]);
  useGlide(list, (view.cards || []).map((card) => card.number).join());
  if (view.empty) {
    return html`<section class="hpo-card" aria-label="Trials"><h2>Trials</h2>
      <p class="hpo-quiet">${view.empty}</p></section>`;
  }
  // whoever points at a card of a list that grows at its top shall find it there a moment later
  const hold = (held) => {
    if (model.get("held") !== held && (!held || model.get("sort") === "newest")) assign(model, { held });
  };
  const leave = (event) => event.currentTarget.contains(event.relatedTarget) || hold(false);
  const { accuracy } = view.weights;
  const many = view.count === view.total ? several(view.total, "trial")
    : `${view.count.toLocaleString("en")} of ${several(view.total, "trial")}`;
  return html`<section class="hpo-gallery" aria-label="Trials" ref=${root}>
    <div class="hpo-head">
      <h2>${many}</h2>
      <p class="hpo-quiet hpo-small">Score: ${(100 * accuracy).toFixed(0)} % accuracy, ${(100 - 100 * accuracy).toFixed(0)} % health.
        ${view.best !== null && html` Dashed: the best trial's curve.`}</p>
    </div>
    <${Controls} view=${view} model=${model} />
    ${view.cards.length === 0 && html`<${Nothing} view=${view} model=${model} />`}
    <ul class="hpo-gallery-cards" ref=${list} onPointerEnter=${(event) => event.pointerType === "mouse" && hold(true)}
      onPointerLeave=${leave} onFocusIn=${() => hold(true)} onFocusOut=${leave}>
      ${view.cards.map((card) => html`<${Card} key=${card.number} card=${card} view=${view} model=${model} />`)}
    </ul>
    ${view.pages > 1 && html`<${Pages} view=${view} model=${model} />`}
    <p class="hpo-gallery-news" aria-live="polite">
      ${view.newer > 0 && html`<${Button} kind="main" onClick=${() => wish(model, "catch_up")}>Show ${several(view.newer, "new trial")}<//>`}
      ${view.compared.length > 0 && html`<span>${chosenWords(view.compared)}</span>`}
    </p>
  </section>`;
}

export default panel(Gallery);
