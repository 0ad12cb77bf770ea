const along = (curve, from = 1) => curve.map((y, i) => [from + i, y]);

/** Every curve; the one that is looked at goes on, dashed, where it would have gone. */
function Curves({ view }) {
  const { cut } = view;
  const label = cut
    ? `Accuracy over ${view.epochs} epochs: ${view.completed.length} curves to the end, ${view.pruned.length} cut short; trial ${cut.number} was cut at ${share(cut.curve.at(-1))}`
    : `Accuracy over ${view.epochs} epochs: ${view.completed.length} curves, none cut short`;
  const first = (i) => i > 0;
  const lines = [
    ...view.pruned.map((curve, i) => ({ name: "pruned", tone: "other", thin: true, points: along(curve), hidden: first(i) })),
    ...view.completed.map((curve, i) => ({ name: "trained to the end", tone: "accent", thin: true, points: along(curve), hidden: first(i) })),
  ];
  if (cut) {
    lines.push({ name: `trial ${cut.number} until it was stopped`, tone: "bad", points: along(cut.curve), dots: true });
    if (cut.rest.length) {
      lines.push({ name: "what it would have done", tone: "bad", quiet: true,
        points: [[cut.curve.length, cut.curve.at(-1)], ...along(cut.rest, cut.curve.length + 1)] });
    }
  }
  return html`<${Paths} label=${label} lines=${lines} height=${240}
    x=${{ low: 1, high: view.epochs, label: "epoch", ticks: ticks(1, view.epochs, 5).filter(Number.isInteger).map((n) => ({ at: n, label: n })) }}
    y=${{ low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1].map((y) => ({ at: y, label: share(y, 0) })) }} />`;
}

function Cuts({ model, view }) {
  if (view.hint) {
    return html`<section class="hpo-card" aria-label="Cuts"><p class="hpo-quiet">${view.hint}</p></section>`;
  }
  const id = `hpo-cuts-${model.model_id ?? "trial"}`;
  return html`<section class="hpo-card hpo-stack hpo-cuts" aria-label="Cuts">
    <dl class="hpo-figures">
      <${Figure} label="pruned">${view.pruned.length} of ${view.trials}<//>
      <${Figure} label="epochs trained">${view.trained}<//>
      <${Figure} label="epochs saved">${share(view.saved, 0)}<//>
      <${Figure} label="best found">${share(view.best)}<//>
    </dl>
    ${view.cut && html`<div class="hpo-row">
      <label for=${id}>Look at</label>
      <select id=${id} value=${view.chosen} onChange=${(event) => wish(model, "look", { chosen: +event.target.value })}>
        ${view.options.map((option, i) => html`<option value=${i}>${option}</option>`)}
      </select>
    </div>
    <p aria-live="polite">Trial ${view.cut.number}: <strong>${view.cut.reason}.</strong>
      ${view.cut.rest.length > 0 && html` It would have reached ${share(view.cut.end)}${view.best !== null && (view.cut.end > view.best
        ? ", more than the best that this search has found." : ".")}`}</p>`}
    <${Curves} view=${view} />
  </section>`;
}

export default panel(Cuts);
