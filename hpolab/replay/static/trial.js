// One trial in full, over the page: curves, configuration, health with what was seen.
const LINES = [["validation", "val", "accent", false], ["training", "train", "quiet", true]];

const Curves = ({ one, kind, title, high, format }) => {
  const lines = LINES.map(([name, data, tone, quiet]) => ({
    name, tone, quiet,
    at: one.run.epoch.slice(0, one.points), values: one.run[`${data}_${kind}`].slice(0, one.points),
  }));
  return html`<${Chart} title=${title} lines=${lines} epochs=${one.run.epoch.at(-1) ?? 2} high=${high} format=${format} height=${150} />`;
};

const Metrics = ({ one, story }) => html`<ul class="hpo-replay-metrics">
  ${METRICS.map((name, i) => {
    const known = one.metrics[i], evidence = one.ended && one.trial.evidence?.[i];
    return html`<li key=${name} style=${`--tone: ${series(name)}`}>
      <span class="hpo-replay-metric">${words(name)}</span><b>${known === null ? "–" : known.toFixed(2)}</b>
      <i aria-hidden="true"><b style=${`width: ${100 * (known ?? 0)}%`}></b></i>
      <p class="hpo-small hpo-quiet">${known === null ? "Does not apply, or is not known yet." : evidence?.seen || story.meanings[i]}
        ${evidence?.advice && html` <b>${evidence.advice}</b>`}</p></li>`;
  })}
</ul>`;

function Trial({ one, story, close }) {
  const box = useRef(null);
  useEffect(() => {
    const before = document.activeElement; // its button may have moved away meanwhile
    box.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const { ended, trial } = one;
  const outside = (event) => event.target === box.current && close();
  return html`<dialog class="hpo-replay-dialog" ref=${box} aria-label=${`Trial ${one.number}`} onClose=${close} onClick=${outside}>
    <div class="hpo-stack hpo-replay-full">
      <div class="hpo-head"><h2>Trial ${one.number}</h2><${State} state=${one.state} />
        ${one.rank && html`<span class="hpo-quiet">rank ${one.rank}</span>`}
        <${Button} icon="close" kind="plain" aria-label="Close" onClick=${close} /></div>
      <p>${noteOf(one, story)}${trial.is_inherited && " Trained in the search that this one follows."}</p>
      <dl class="hpo-figures">
        <${Figure} label="score">${score(one.score)}<//>
        <${Figure} label="accuracy">${share(one.accuracy)}<//>
        ${ended && !missing(ended.test_accuracy) && html`<${Figure} label="test accuracy" title="Measured once, never searched for">${share(ended.test_accuracy)}<//>`}
        <${Figure} label="health">${missing(one.health) ? "–" : one.health.toFixed(2)}<//>
        ${ended && !missing(ended.parameters) && html`<${Figure} label="parameters">${ended.parameters.toLocaleString("en")}<//>`}
        ${ended && html`<${Figure} label="trained for">${span(ended.seconds)}<//>`}
      </dl>
      ${one.points > 0 && html`<div class="hpo-replay-halves">
        <${Curves} one=${one} kind="accuracy" title="Accuracy" high=${1} format=${share} />
        <${Curves} one=${one} kind="loss" title="Loss" format=${loss} /></div>`}
      <div class="hpo-replay-halves">
        <div><h3>Health</h3><${Metrics} one=${one} story=${story} /></div>
        <div><h3>Configuration</h3><dl class="hpo-replay-params">
          ${Object.entries({ ...trial.params, seed: trial.seed }).map(([name, x]) => html`<div key=${name}><dt>${words(name)}</dt><dd>${value(x)}</dd></div>`)}
        </dl></div>
      </div>
    </div>
  </dialog>`;
}
