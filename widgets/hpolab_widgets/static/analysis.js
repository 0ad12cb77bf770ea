/** A menu above a figure: of which hyperparameter, against what. */
const Option = ({ model, entry, option }) => html`<label class="hpo-row hpo-small">
  <span class="hpo-quiet">${option.label}</span>
  <select value=${option.value} onChange=${(event) => wish(model, "choose", { plot: entry.name, option: option.name, value: event.target.value })}>
    ${option.values.map((name) => html`<option value=${name}>${words(name)}</option>`)}
  </select>
</label>`;

const Brushed = ({ view, model }) => html`<p class="hpo-row hpo-analysis-brushed" aria-live="polite">
  ${view.brushed === null
    ? html`<span class="hpo-quiet hpo-small">Drag along an axis to choose trials; drag along others to narrow the choice. The gallery below then shows only these.</span>`
    : html`<b>${several(view.brushed, "trial")} chosen</b>
      <${Button} kind="plain" icon="close" onClick=${() => wish(model, "unbrush")}>Show all<//>`}
</p>`;

/** Whether a point stands for a trial: charts say so in what they say about it. */
const isTrial = ({ data, customdata }) =>
  String(data.hovertemplate).startsWith("trial %{customdata[0]") && Number.isInteger(customdata?.[0]);

const ChartOf = ({ model, view, entry }) => html`<${Plotted} model=${model} entry=${entry} level="h4"
    onPoint=${(point) => isTrial(point) && wish(model, "open", { trial: point.customdata[0] })}
    ranges=${entry.is_brushed ? view.ranges : null}
    onBrush=${(ranges) => wish(model, "brush", { ranges: JSON.stringify(ranges) })}>
  ${entry.options.length > 0 && html`<div class="hpo-row">
    ${entry.options.map((option) => html`<${Option} key=${option.name} model=${model} entry=${entry} option=${option} />`)}
  </div>`}
  ${entry.is_brushed && html`<${Brushed} view=${view} model=${model} />`}
<//>`;

function Analysis({ model, view }) {
  if (view.hint) {
    return html`<section class="hpo-card" aria-label="Analysis"><h2>Analysis</h2><p class="hpo-quiet">${view.hint}</p></section>`;
  }
  return html`<section class="hpo-analysis" aria-label="Analysis">
    ${view.is_whole && html`<header class="hpo-head"><h2>What the sweep has found out</h2>
      <p class="hpo-quiet hpo-small">A click on a mark opens its trial. All of it goes by the weights on the page of the sweep.</p>
    </header>`}
    ${view.groups.map((group) => html`<section key=${group.title} class="hpo-analysis-group" aria-label=${group.title}>
      ${view.is_whole && html`<h3>${group.title}</h3>`}
      <div class="hpo-plots">
        ${group.figures.map((entry) => html`<${ChartOf} key=${`${view.sweep} ${entry.name}`} model=${model} view=${view} entry=${entry} />`)}
      </div>
    </section>`)}
  </section>`;
}

export default panel(Analysis);
