// Every sweep folder: open, continue, compare, export, delete.
const MOST_COMPARED = 6;
const EXPORTS = {
  zip: ["ZIP", "The whole folder, models included"],
  csv: ["CSV", "A table with one row for each trial"],
  html: ["Replay", "A page that plays the search, without server or network"],
};
const LINES = [
  ["accuracy", ""], ["convergence_quality", "7 4"], ["training_stability", "2 3"],
  ["accuracy_consistency", "10 3 2 3"], ["gradient_health", "4 2"], ["parameter_efficiency", "12 5"],
];

/** "5 min ago"; a date for what is older than a week. */
function ago(seconds) {
  const past = Math.max(0, Date.now() / 1000 - seconds);
  if (past < 90) return "just now";
  if (past < 5400) return `${Math.round(past / 60)} min ago`;
  if (past < 129600) return `${Math.round(past / 3600)} h ago`;
  if (past < 604800) return `${Math.round(past / 86400)} days ago`;
  return new Date(1000 * seconds).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
}

const trials = (row) => (row.limit === null ? `${row.settled}` : `${row.settled} of ${row.limit}`);

/** What can be done with one sweep; deleting asks once more, in its row. */
function Actions({ row, model, busy, can_visit }) {
  const [asks, ask] = useState(false);
  const box = useRef(null);
  useEffect(() => asks && box.current && box.current.querySelector("button:last-of-type").focus(), [asks]);
  const can = (action) => row.actions.includes(action);
  const go = (verb, details = {}) => wish(model, verb, { name: row.key, ...details });
  if (asks) {
    return html`<div class="hpo-sweeps-actions" role="group" aria-label=${`Delete ${row.name}?`} ref=${box}
      onKeyDown=${(event) => event.key === "Escape" && ask(false)}>
      <span class="hpo-small">Delete ${missing(row.bytes) ? "it" : bytes(row.bytes)} for good?</span>
      <${Button} kind="bad" icon="trash" disabled=${busy} onClick=${() => [go("delete"), ask(false)]}>Delete<//>
      <${Button} onClick=${() => ask(false)}>Keep<//></div>`;
  }
  return html`<div class="hpo-sweeps-actions">
    ${can("continue") && html`<${Button} icon="play" disabled=${busy} onClick=${() => go("continue")}>Continue<//>`}
    ${can("resume") && html`<${Button} icon="play" disabled=${busy} onClick=${() => go("resume")}>Resume<//>`}
    ${can("open") && html`<${Button} disabled=${row.is_open && !can_visit} onClick=${() => go("open")}>${row.is_open && !can_visit ? "Shown" : "Open"}<//>`}
    ${can("export") && Object.entries(EXPORTS).map(([kind, [label, title]]) => html`<${Button} key=${kind} kind="plain" icon="down"
      disabled=${busy} title=${title} aria-label=${`Download ${row.name} as ${label}`} onClick=${() => go("export", { kind })}>${label}<//>`)}
    ${can("delete") && html`<${Button} kind="plain" icon="trash" disabled=${busy} title="Delete" aria-label=${`Delete ${row.name}`} onClick=${() => ask(true)} />`}
  </div>`;
}

function Row({ row, model, busy, chosen, can_visit }) {
  const is = chosen.includes(row.key);
  const known = row.state !== "damaged" && row.state !== "unread";
  const toggle = () => assign(model, { chosen: is ? chosen.filter((key) => key !== row.key) : [...chosen, row.key] });
  return html`<tr class=${row.is_open ? "hpo-sweeps-open" : ""}>
    <td class="hpo-sweeps-pick"><input type="checkbox" checked=${is} aria-label=${`Compare ${row.name}`}
      disabled=${!known || (!is && chosen.length >= MOST_COMPARED)} onChange=${toggle} /></td>
    <th scope="row"><span class="hpo-sweeps-name">${row.name}${row.is_example && html` <span class="hpo-state hpo-tone-quiet" title="It comes with the lab; it can be looked at, not changed">example</span>`}</span>
      <span class="hpo-small hpo-quiet">${row.problem || row.dataset}</span></th>
    <td class="hpo-sweeps-state">${row.state === "unread" ? html`<span class="hpo-quiet">reading …</span>` : html`<${State} state=${row.state} />`}</td>
    <td data-label="trials">${known ? trials(row) : "–"}</td>
    <td data-label="best score">${score(row.score)}</td>
    <td data-label="its accuracy">${share(row.accuracy)}</td>
    <td data-label="size">${bytes(row.bytes)}</td>
    <td data-label="made">${row.is_example ? "–" : ago(row.made)}</td>
    <td class="hpo-sweeps-do"><${Actions} row=${row} model=${model} busy=${busy} can_visit=${can_visit} /></td>
  </tr>`;
}

const Table = ({ view, model, busy, chosen }) => html`<table class="hpo-sweeps-table">
  <thead><tr><th scope="col"><span class="hpo-unseen">Compare</span></th><th scope="col">Sweep</th><th scope="col">State</th>
    <th scope="col">Trials</th><th scope="col">Best score</th><th scope="col">Its accuracy</th><th scope="col">Size</th>
    <th scope="col">Made</th><th scope="col"><span class="hpo-unseen">Actions</span></th></tr></thead>
  <tbody>${view.rows.map((row) => html`<${Row} key=${row.key} row=${row} model=${model} busy=${busy} chosen=${chosen} can_visit=${view.can_visit} />`)}</tbody>
</table>`;

/** The best score so far over trials, a line for each sweep. */
function Climb({ sweeps }) {
  const width = 640, height = 180;
  const scores = sweeps.flatMap((sweep) => sweep.steps.map((step) => step[1]));
  if (!scores.length) return html`<p class="hpo-hint">No trial has been completed yet.</p>`;
  const most = Math.max(2, ...sweeps.map((sweep) => sweep.settled));
  const low = Math.max(0, Math.min(...scores) - 0.02), high = Math.min(1, Math.max(...scores) + 0.02);
  const x = (n) => ((n - 1) / (most - 1)) * width;
  const y = (value) => height - ((value - low) / (high - low)) * height;
  const path = ({ steps, settled }) =>
    steps.map(([n, value], i) => `${i ? "H" : "M"}${x(n).toFixed(1)}${i ? "V" : ","}${y(value).toFixed(1)}`).join("") +
    (steps.length ? `H${x(Math.max(settled, steps[steps.length - 1][0])).toFixed(1)}` : "");
  return html`<figure class="hpo-sweeps-climb">
    <div class="hpo-sweeps-axis"><span>${score(high)}</span><span>${score(low)}</span></div>
    <svg viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img"
      aria-label=${`Best score so far over trials: ${sweeps.map((s) => `${s.name} reaches ${score(s.score)}`).join(", ")}`}>
      ${[0, 0.5, 1].map((r) => html`<line x1="0" x2=${width} y1=${r * height} y2=${r * height} />`)}
      ${sweeps.map((sweep, i) => html`<path key=${sweep.name} d=${path(sweep)} style=${{ stroke: series(LINES[i][0]) }} stroke-dasharray=${LINES[i][1]} />`)}
    </svg>
    <figcaption><span>trial 1</span><span>best score so far</span><span>${most.toLocaleString("en")}</span></figcaption>
  </figure>`;
}

const Swatch = ({ i }) => html`<svg class="hpo-sweeps-swatch" viewBox="0 0 28 10" aria-hidden="true">
  <line x1="1" x2="27" y1="5" y2="5" style=${{ stroke: series(LINES[i][0]) }} stroke-dasharray=${LINES[i][1]} /></svg>`;

const Comparison = ({ comparison, model }) => html`<section class="hpo-sweeps-compare" aria-label="Comparison">
  <div class="hpo-head"><h3>${comparison.sweeps.length} sweeps side by side</h3>
    <${Button} kind="plain" icon="close" onClick=${() => assign(model, { chosen: [] })}>Close<//></div>
  ${comparison.caution && html`<p class="hpo-sweeps-caution"><${Icon} name="warn" /><span>${comparison.caution}</span></p>`}
  <div class="hpo-sweeps-sides"><${Climb} sweeps=${comparison.sweeps} />
    <div class="hpo-scroll" tabindex="0" role="group" aria-label="Their best trials"><table class="hpo-sweeps-bests">
      <thead><tr><th scope="col">Sweep</th><th scope="col">Score</th><th scope="col">Accuracy</th><th scope="col">Health</th><th scope="col">Best trial</th></tr></thead>
      <tbody>${comparison.sweeps.map((sweep, i) => html`<tr key=${sweep.name}>
        <th scope="row"><${Swatch} i=${i} /> ${sweep.name}</th><td>${score(sweep.score)}</td><td>${share(sweep.accuracy)}</td>
        <td>${share(sweep.health, 0)}</td><td>${missing(sweep.trial) ? "–" : `${sweep.trial} of ${sweep.settled}`}</td></tr>`)}</tbody>
    </table></div></div>
</section>`;

const Pages = ({ view, model }) => html`<nav class="hpo-row hpo-sweeps-pages" aria-label="Pages">
  <${Button} icon="left" disabled=${view.page === 0} aria-label="Newer sweeps" onClick=${() => assign(model, { page: view.page - 1 })} />
  <span>page ${view.page + 1} of ${view.pages}</span>
  <${Button} icon="right" disabled=${view.page + 1 >= view.pages} aria-label="Older sweeps" onClick=${() => assign(model, { page: view.page + 1 })} />
</nav>`;

function Sweeps({ model, view }) {
  const busy = model.get("busy"), chosen = model.get("chosen"), filter = model.get("filter");
  const set = (event) => assign(model, { filter: event.target.value, page: 0 });
  return html`<section class="hpo-card hpo-sweeps" aria-label="Sweeps">
    <div class="hpo-head"><h2>${view.count ? several(view.count, "sweep") : "No sweeps of yours yet"}</h2>
      ${view.can_visit && html`<${Button} icon="plus" kind=${view.count ? "" : "main"} onClick=${() => wish(model, "new")}>Start a new sweep<//>`}
      ${view.count > 0 && html`<input class="hpo-sweeps-filter" type="search" placeholder="Name, data set or state" aria-label="Filter the sweeps" value=${filter} onInput=${set} />`}</div>
    <p class="hpo-small hpo-quiet hpo-sweeps-said" aria-live="polite">${
      busy.length ? busy.join(" ") : view.unread ? `Reading ${several(view.unread, "folder")} …`
      : chosen.length === 1 ? "Tick a second sweep to compare the two."
      : !view.count ? "Every sweep you start is kept in a folder of its own and listed here, to be opened again, continued or compared."
      : filter ? `${several(view.matching, "sweep")} found.` : "The newest first. Tick two or more to compare them."}</p>
    ${view.comparison && html`<${Comparison} comparison=${view.comparison} model=${model} />`}
    ${view.rows.length ? html`<${Table} view=${view} model=${model} busy=${busy.length > 0} chosen=${chosen} />`
      : filter && html`<p>No sweep has “${filter}” in its name, data set or state.</p>`}
    ${view.pages > 1 && html`<${Pages} view=${view} model=${model} />`}
  </section>`;
}

export default panel(Sweeps);
