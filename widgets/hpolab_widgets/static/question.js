const KINDS = { predict: "Predict", check: "Check", dare: "Dare" };
const MARKS = { good: "check", bad: "close", warn: "warn", quiet: "" };

const Choices = ({ model, view }) => html`<div class="hpo-question-choices" role="group" aria-label="Answers">
  ${view.choices.map((choice) => html`<button key=${choice} type="button" class="hpo-button hpo-question-choice"
    aria-pressed=${String(choice === view.given)} disabled=${view.is_settled}
    onClick=${() => wish(model, "answer", { answer: choice })}>${choice}</button>`)}
</div>`;

function Slider({ model, view }) {
  const { low, high, step, unit } = view.scale;
  const [number, setNumber] = useState(view.given ?? (low + high) / 2);
  const id = `hpo-question-${model.model_id ?? "number"}`;
  const say = (event) => {
    event.preventDefault();
    wish(model, "answer", { answer: number });
  };
  return html`<form class="hpo-question-slider" onSubmit=${say}>
    <label for=${id}>Your number: <output>${number}${unit}</output></label>
    <input id=${id} type="range" min=${low} max=${high} step=${step} value=${number} disabled=${view.is_settled}
      onInput=${(event) => setNumber(event.target.valueAsNumber)} />
    <${Button} type="submit" disabled=${view.is_settled}>Say it<//>
  </form>`;
}

// a busy page may draw before Python's first word has arrived
const Question = ({ model, view }) => view.kind && html`<section class=${`hpo-card hpo-question hpo-question-${view.kind}`}
  aria-label=${KINDS[view.kind]}>
  <p class="hpo-question-kind">${KINDS[view.kind]}</p>
  <p class="hpo-question-text">${view.question}</p>
  ${view.choices.length > 0 && html`<${Choices} model=${model} view=${view} />`}
  ${view.scale && html`<${Slider} model=${model} view=${view} />`}
  <div class="hpo-question-verdict" aria-live="polite">
    ${view.verdict && html`<div class=${`hpo-question-said hpo-tone-${view.verdict.tone}`}>
      ${MARKS[view.verdict.tone] && html`<${Icon} name=${MARKS[view.verdict.tone]} />`}
      <div><p><strong>${view.verdict.words}</strong></p>${view.verdict.why && html`<p>${view.verdict.why}</p>`}</div>
    </div>`}
  </div>
</section>`;

export default panel(Question);
