/** A line that stays where it is until something better is found. */
const stairs = (points) => points.flatMap(([x, y], i) => (i ? [[x, points[i - 1][1]], [x, y]] : [[x, y]]));

function Savings({ view }) {
  const most = Math.max(...view.lines.map((line) => line.epochs), 2);
  const known = view.lines.flatMap((line) => line.points.map(([, y]) => y));
  const low = Math.floor(20 * Math.min(0.95, ...known)) / 20;
  const label = `Best found against epochs trained: ${view.lines
    .map((line) => `${line.name} ${share(line.best)} after ${line.epochs} epochs`).join("; ")}`;
  return html`<section class="hpo-card hpo-stack hpo-savings" aria-label="Savings">
    <div class="hpo-scroll"><table>
      <thead><tr><th>pruner</th><th>epochs</th><th>saved</th><th>best</th></tr></thead>
      <tbody>${view.lines.map((line) => html`<tr><th><span class="hpo-key" style=${`--line: var(--hpo-${line.tone})`}>${line.name}</span></th>
        <td>${line.epochs}</td><td>${share(line.saved, 0)}</td><td>${share(line.best)}</td></tr>`)}</tbody>
    </table></div>
    <${Paths} label=${label} height=${200}
      lines=${view.lines.map((line) => ({ name: line.name, hidden: true, tone: line.tone, points: stairs(line.points) }))}
      x=${{ low: 0, high: most, label: "epochs trained, in all trials together", ticks: ticks(0, most, 5).map((x) => ({ at: x, label: x })) }}
      y=${{ low, high: 1, ticks: ticks(low, 1, 4).map((y) => ({ at: y, label: share(y, 0) })) }} />
  </section>`;
}

export default panel(Savings);
