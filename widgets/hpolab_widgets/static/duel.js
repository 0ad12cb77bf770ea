const TONES = { you: "accent", tpe: "other", random: "quiet" };
const DUEL_MARKS = { good: "check", warn: "warn" };

/** One menu per hyperparameter; what was chosen stays for the next round. */
function Picker({ model, view }) {
  const [chosen, setChosen] = useState(view.fields.map(() => 0));
  const busy = model.get("busy").length > 0;
  const id = `hpo-duel-${model.model_id ?? "field"}`;
  const say = (event) => {
    event.preventDefault();
    // the menus themselves: a quick hand is ahead of what was drawn
    const options = Array.from(event.target.querySelectorAll("select"), (menu) => menu.selectedIndex);
    wish(model, "pick", { options: JSON.stringify(options) });
  };
  return html`<form class="hpo-duel-picker" onSubmit=${say}>
    ${view.fields.map((field, at) => html`<${Field} key=${field.name} id=${`${id}-${at}`} label=${words(field.name)}>
      <select id=${`${id}-${at}`} value=${chosen[at]}
        onChange=${({ target }) => setChosen((now) => now.map((old, i) => (i === at ? +target.value : old)))}>
        ${field.options.map((option, i) => html`<option value=${i}>${option}</option>`)}
      </select>
    <//>`)}
    <${Button} kind="main" type="submit" disabled=${busy}>${busy ? "The others search…" : `Try it: round ${view.played + 1} of ${view.rounds}`}<//>
  </form>`;
}

/** The last round: what was picked, and what tpe had picked. */
const Round = ({ view, row }) => html`<dl class="hpo-duel-round">
  <div><dt>You, round ${view.played}</dt><dd>${share(row.yours)}</dd></div>
  <div><dt>tpe, ${row.is_random ? "at random" : "having learnt"}</dt><dd>${share(row.theirs)}</dd></div>
  <p class="hpo-small hpo-quiet">tpe tried: ${row.rival_pick}</p>
</dl>`;

const told = (line) => `${share(line.middle.at(-1))}${line.low.length ? `, most ${share(line.low.at(-1))} to ${share(line.high.at(-1))}` : ""}`;

function Standing({ view }) {
  const at = (numbers) => numbers.map((y, i) => [i + 1, y]);
  const label = `Best so far after round ${view.played}: ${view.lines.map((line) => `${line.name} ${told(line)}`).join("; ")}`;
  return html`<${Paths} label=${label} height=${220}
    lines=${view.lines.map((line) => ({ name: line.name, said: told(line), tone: TONES[line.name], points: at(line.middle),
      quiet: line.name !== "you", dots: line.name === "you" })).reverse()}
    bands=${view.lines.filter((line) => line.low.length).map((line) => ({ tone: TONES[line.name],
      points: line.low.map((low, i) => [i + 1, low, line.high[i]]) }))}
    x=${{ low: 1, high: view.rounds, label: "round", ticks: ticks(1, view.rounds, 6).filter(Number.isInteger).map((n) => ({ at: n, label: n })) }}
    y=${{ low: view.low, high: view.high, ticks: ticks(view.low, view.high, 3).map((y) => ({ at: y, label: share(y, 0) })) }} />`;
}

const Rounds = ({ view }) => html`<details class="hpo-duel-rounds">
  <summary>All rounds</summary>
  <div class="hpo-scroll"><table>
    <thead><tr><th>round</th><th>you</th><th>your pick</th><th>tpe</th><th>its pick</th></tr></thead>
    <tbody>${view.rows.map((row, i) => html`<tr><th>${i + 1}</th><td>${share(row.yours)}</td><td>${row.pick}</td>
      <td>${share(row.theirs)}</td><td>${row.rival_pick}</td></tr>`)}</tbody>
  </table></div>
</details>`;

const Duel = ({ model, view }) => html`<section class="hpo-card hpo-duel" aria-label="Duel">
  <p class="hpo-duel-kind">Break it</p>
  <p class="hpo-duel-text">${view.question}</p>
  ${view.played < view.rounds && html`<${Picker} model=${model} view=${view} />`}
  <div aria-live="polite">
    ${view.played > 0 && !view.verdict && html`<${Round} view=${view} row=${view.rows.at(-1)} />`}
    ${view.verdict && html`<div class=${`hpo-duel-said hpo-tone-${view.verdict.tone}`}>
      <${Icon} name=${DUEL_MARKS[view.verdict.tone]} /><div><p><strong>${view.verdict.words}</strong></p><p>${view.verdict.why}</p></div>
    </div>`}
  </div>
  ${view.played > 0 && html`<p class="hpo-hint">Best accuracy so far. Lines: you, and the middle one of ${view.seeds} searches of each
    sampler. Shades: where eight in ten of them are. What is below ${share(view.low, 0)} is drawn at the edge.</p>
    <${Standing} view=${view} /><${Rounds} view=${view} />`}
  ${view.verdict && html`<div><${Button} onClick=${() => wish(model, "again")}>Start again<//></div>`}
</section>`;

export default panel(Duel);
