const METRICS = ["neuron_utilisation", "parameter_efficiency", "training_stability", "gradient_health",
  "convergence_quality", "accuracy_consistency"];

const Card = ({ card, model }) => html`<li class="hpo-card">
  <div class="hpo-head"><h3>Trial ${card.number}</h3><${State} state=${card.state} /></div>
  <${Curve} values=${card.curve} label=${`validation accuracy of trial ${card.number}`} />
  <div class="hpo-row">
    <dl class="hpo-figures">
      <${Figure} label="score">${score(card.score)}<//>
      <${Figure} label="accuracy">${share(card.accuracy)}<//>
    </dl>
    <${Radar} metrics=${card.metrics} names=${METRICS} label=${`health of trial ${card.number}`} />
  </div>
  <${Button} onClick=${() => wish(model, "open", { trial: card.number })}>Open<//>
</li>`;

const Gallery = ({ model, view }) => html`<section class="hpo-card" aria-label="Trials">
  <div class="hpo-head"><h2>${several(view.count, "trial")}</h2></div>
  <ul class="hpo-cards">${view.cards.map((card) => html`<${Card} key=${card.number} card=${card} model=${model} />`)}</ul>
</section>`;

export default panel(Gallery);
