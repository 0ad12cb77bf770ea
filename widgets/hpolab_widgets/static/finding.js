const Finding = ({ model, view }) => html`<section class="hpo-finding" aria-label="A finding of the study">
  <header class="hpo-card hpo-finding-head">
    <p class="hpo-finding-kind">The study</p>
    <h3>${view.question}</h3>
    <p class=${`hpo-finding-answer hpo-tone-${view.tone}`}>${view.answer}</p>
  </header>
  <div class="hpo-plots">
    ${view.figures.map((entry) => html`<${Plotted} key=${entry.name} model=${model} entry=${entry} level="h4" />`)}
  </div>
</section>`;

export default panel(Finding);
