const Figures = ({ model, view }) => html`<section class="hpo-lesson-figures" aria-label="Figures">
  ${view.hint && html`<p class="hpo-card hpo-quiet">${view.hint}</p>`}
  <div class="hpo-plots">
    ${view.figures.map((entry) => html`<${Plotted} key=${entry.name} model=${model} entry=${entry} />`)}
  </div>
</section>`;

export default panel(Figures);
