const HALVES = [["good", "good trial", "accent"], ["other", "other", "other"]];

/** Which trial, and which of its hyperparameters. */
function Chooser({ model, view }) {
  const look = useStream(model, "look");
  const [trial, setTrial] = useState(view.trial);
  useEffect(() => setTrial(view.trial), [view.trial]);
  const id = `hpo-reasons-${model.model_id ?? "trial"}`;
  const slide = (event) => {
    const next = event.target.valueAsNumber;
    setTrial(next);
    look({ trial: next });
  };
  return html`<div class="hpo-reasons-chooser">
    <label for=${id}>Trial <output>${trial}</output></label>
    <input id=${id} type="range" min="0" max=${view.trials - 1} step="1" value=${trial} onInput=${slide} />
    <label for=${`${id}-name`} class="hpo-unseen">Hyperparameter</label>
    <select id=${`${id}-name`} value=${view.name} onChange=${(event) => wish(model, "look", { name: event.target.value })}>
      ${view.names.map((name) => html`<option value=${name}>${words(name)}</option>`)}
    </select>
  </div>`;
}

/** Each trial as a dot where its value lies. */
const Seen = ({ half, name, tone }) => html`<div class="hpo-reasons-seen" style=${`--line: var(--hpo-${tone})`}>
  <span>${several(half.length, name)}</span>
  <div>${half.map((place) => html`<i style=${`left: ${100 * place}%`}></i>`)}</div>
</div>`;

const Densities = ({ density }) => html`
  <${Paths} label=${`Densities of ${words(density.name)}: ${density.words}`} height=${190}
    lines=${HALVES.map(([key, name, tone]) => ({ name: `density of ${name}s`, tone, points: density[key], filled: true, quiet: key === "other" }))}
    marks=${[{ at: density.place, label: density.value }]}
    x=${{ low: 0, high: 1, label: words(density.name), ticks: density.ticks }}
    y=${{ low: 0, high: density.high, ticks: density.heights }} />
  ${HALVES.map(([key, name, tone]) => html`<${Seen} half=${density.seen[key]} name=${name} tone=${tone} />`)}`;

function Reasons({ model, view }) {
  if (view.hint) {
    return html`<section class="hpo-card" aria-label="Reasons"><p class="hpo-quiet">${view.hint}</p></section>`;
  }
  return html`<section class="hpo-card hpo-reasons" aria-label="Reasons">
    <${Chooser} model=${model} view=${view} />
    <div aria-live="polite" class="hpo-reasons-words">
      ${view.density && html`<p><strong>${view.density.words}</strong></p>`}
      <p class=${view.density ? "hpo-quiet" : ""}>${view.words}</p>
    </div>
    ${view.density && html`<${Densities} density=${view.density} />`}
    ${view.density && html`<p class="hpo-hint">Height 1 is a draw at random. Dots are the trials that each density was made from.</p>`}
  </section>`;
}

export default panel(Reasons);
