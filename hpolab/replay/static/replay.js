// The whole page, drawn from the story and three things that the reader moves: time, weights, trial.
const date = (iso) => iso && new Date(iso).toLocaleString("en", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC",
});

const Head = ({ sweep }) => {
  const search = sweep.pruner === "none" ? sweep.sampler : `${sweep.sampler} and ${sweep.pruner}`;
  const about = [
    [sweep.model, sweep.dataset].filter(Boolean).join(" on "),
    `at most ${several(sweep.epochs, "epoch")} a trial`, `searched by ${search}`, `seed ${sweep.seed}`,
    sweep.began && `${date(sweep.began)} UTC`,
  ];
  return html`<header class="hpo-replay-head">
    <p class="hpo-replay-eyebrow">Replay of a search <${State} state=${sweep.state} /></p>
    <h1>${sweep.name}</h1>
    <p class="hpo-replay-outcome">${sweep.outcome} ${sweep.ending}</p>
    <p class="hpo-small hpo-quiet">${about.filter(Boolean).join(" · ")}</p>
  </header>`;
};

const Foot = ({ story: { made, sweep } }) => html`<footer class="hpo-replay-foot hpo-small hpo-quiet">
  <p>Made by ${made.by} on ${date(made.at)} UTC. This file needs no network, no server and no Python.</p>
  <p>${Object.entries(sweep.versions).map(([name, version]) => `${name} ${version}`).join(" · ")}</p>
</footer>`;

function Replay({ story }) {
  const { sweep } = story;
  const clock = useClock(sweep.seconds, story.idles);
  const [weights, setWeights] = useState(sweep.weights);
  const [chosen, open] = useState(null);
  const ends = useMemo(() => completed(story), [story]);
  const order = useMemo(() => ranking(weights, ends), [weights]);
  const steps = useMemo(() => climb(story, order), [order]);
  const dots = useMemo(() => order.map((one) => ({ ...one, at: story.byNumber.get(one.number).ended.at })), [order]);
  const now = useMemo(() => searchAt(story, clock.at, weights, order), [clock.at, order]);
  if (!story.trials.length) {
    return html`<${Head} sweep=${sweep} /><p class="hpo-card">There is nothing to play: no trial has begun.</p><${Foot} story=${story} />`;
  }
  const one = chosen !== null && now.known.get(chosen);
  return html`<${Head} sweep=${sweep} />
    <${Transport} clock=${clock} moments=${story.moments} steps=${steps} now=${now} budget=${sweep.budget} />
    <${Progress} story=${story} clock=${clock} now=${now} steps=${steps} ends=${dots} open=${open} />
    <div class="hpo-replay-columns">
      <div class="hpo-replay-side">
        <${Weights} story=${story} weights=${weights} setWeights=${setWeights} now=${now} />
        <${Importances} story=${story} at=${clock.at} />
      </div>
      <${Gallery} story=${story} now=${now} open=${open} />
    </div>
    <${Network} network=${story.network} />
    ${one && html`<${Trial} key=${chosen} one=${one} story=${story} close=${() => open(null)} />`}
    <${Foot} story=${story} />`;
}

const page = document.getElementById("page");
const story = opened(JSON.parse(document.getElementById("told").textContent));
page.textContent = "";
render(html`<${Replay} story=${story} />`, page);
