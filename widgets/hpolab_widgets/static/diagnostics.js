/** Scroll to the card of a figure, and put the focus on its title. */
function jumpTo(root, name) {
  const card = [...root.querySelectorAll(".hpo-plot")].find((one) => one.dataset.plot === name);
  if (!card) return;
  card.scrollIntoView({ block: "start", behavior: "smooth" });
  card.querySelector(".hpo-plot-head > [tabindex]").focus({ preventScroll: true });
}

/** What is wrong, said first, with ways to where it is seen. */
const Summary = ({ view, jump }) => {
  const { count, judged, wrong } = view;
  if (judged < count) return html`<p class="hpo-quiet">Reading ${several(count, "figure")} …</p>`;
  if (wrong.length === 0) return html`<p><b>Nothing looks wrong</b> in ${several(count, "figure")}.</p>`;
  const seen = new Set(view.groups.flatMap((group) => group.figures.map((figure) => figure.name)));
  return html`<p><b>${wrong.length} of ${several(count, "figure")}</b> ${wrong.length === 1 ? "shows" : "show"} something wrong:</p>
    <ul class="hpo-diagnostics-wrong">
      ${wrong.map((one) => html`<li key=${one.name}><button type="button" class="hpo-diagnostics-jump" disabled=${!seen.has(one.name)}
        onClick=${() => jump(one.name)}><${Icon} name="warn" />${one.title}</button></li>`)}
    </ul>`;
};

const LayerMenu = ({ view, model }) => {
  const choose = (name) => wish(model, "layer", { name });
  return html`<div class="hpo-row">
    <label class="hpo-row hpo-small"><span class="hpo-quiet">Layer</span>
      <select value=${view.layer} onChange=${(event) => choose(event.target.value)}>
        <option value="">all</option>
        ${view.layers.map((name) => html`<option value=${name}>${name}</option>`)}
      </select>
    </label>
    ${view.layer && html`<button type="button" class="hpo-diagnostics-chip" onClick=${() => choose("")}
      aria-label=${`Only layer ${view.layer}; show all layers`}>only ${view.layer}<${Icon} name="close" /></button>`}
  </div>`;
};

const Why = ({ why, model }) => html`<div class="hpo-diagnostics-why">
  <p>${why.words}</p>
  ${why.instead !== null && html`<${Button} onClick=${() => wish(model, "go", { trial: why.instead })}>Look at trial ${why.instead}<//>`}
</div>`;

function Diagnostics({ model, view }) {
  const root = useRef(null);
  usePlotlySoon(model);
  if (view.hint) {
    return html`<section class="hpo-card" aria-label="Diagnostics"><h2>Diagnostics</h2><p class="hpo-quiet">${view.hint}</p></section>`;
  }
  return html`<section class="hpo-diagnostics" aria-label="Diagnostics" ref=${root}>
    <header class="hpo-card hpo-diagnostics-head">
      <div class="hpo-head"><h2>Diagnostics${!view.is_opened && ` of the best trial, ${view.trial}`}</h2>
        ${view.layers.length > 1 && html`<${LayerMenu} view=${view} model=${model} />`}
      </div>
      <div aria-live="polite">
        ${view.count > 0 && html`<${Summary} view=${view} jump=${(name) => jumpTo(root.current, name)} />`}
        ${view.layer === "" && view.asked_layer && html`<p class="hpo-quiet">No figure is about layer ${view.asked_layer} alone; here are all.</p>`}
      </div>
      ${view.why && html`<${Why} why=${view.why} model=${model} />`}
    </header>
    ${view.groups.map((group) => html`<section key=${group.title} class="hpo-diagnostics-group" aria-label=${group.title}>
      <h3>${group.title}</h3>
      <div class="hpo-plots">
        ${group.figures.map((entry) => html`<${Plotted} key=${`${view.trial} ${entry.name}`} model=${model} entry=${entry} level="h4" />`)}
      </div>
    </section>`)}
  </section>`;
}

export default panel(Diagnostics);
