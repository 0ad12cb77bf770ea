/** Lines, areas and bands over any axis, beside each other. ``lines`` are {name, tone, points, quiet,
    thin, filled, dots, hidden}: points are [x, y], tone names a colour, a hidden one has no entry in
    the legend, ``said`` is what the legend says after its name. ``bands`` are {tone, points} of
    [x, low, high]. An axis is {low, high, label, ticks}, ticks are {at, label, is_minor}: minor
    ones go where there is little room. ``marks`` are
    {at, label}: upright lines. What is above or below the picture is drawn at its edge. */
function Paths({ label, lines, bands = [], marks = [], x, y, height = 200 }) {
  const left = (v) => (100 * (v - x.low)) / (x.high - x.low || 1);
  const top = (v) => 100 - (100 * (Math.min(Math.max(v, y.low), y.high) - y.low)) / (y.high - y.low || 1);
  const at = ([a, b]) => `${left(a).toFixed(2)} ${top(b).toFixed(2)}`;
  const line = (points) => points.map((point, i) => `${i ? "L" : "M"}${at(point)}`).join("");
  const area = (points) => `${line(points)}L${left(points.at(-1)[0]).toFixed(2)} 100L${left(points[0][0]).toFixed(2)} 100Z`;
  const band = (points) => `${line(points.map(([a, , high]) => [a, high]))}${points.toReversed()
    .map(([a, low]) => `L${at([a, low])}`).join("")}Z`;
  const colour = (tone) => `--line: var(--hpo-${tone})`;
  const kinds = (one) => ["hpo-line", one.quiet && "hpo-line-quiet", one.thin && "hpo-line-thin"].filter(Boolean).join(" ");
  const drawn = (all) => all.filter((one) => one.points.length > 0);
  return html`<figure class="hpo-chart hpo-paths" role="img" aria-label=${label}>
    <figcaption aria-hidden="true">
      ${lines.filter((one) => !one.hidden).map((one) => html`<span key=${one.name} style=${colour(one.tone)}
        class=${`hpo-key ${one.quiet ? "hpo-key-quiet" : ""}`}>${one.name}${one.said && html` <b>${one.said}</b>`}</span>`)}
    </figcaption>
    <div class="hpo-chart-area" aria-hidden="true" style=${`height: ${height}px`}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        ${y.ticks.map((tick) => html`<path class="hpo-grid" d=${`M0 ${top(tick.at)}H100`} />`)}
        ${drawn(bands).map((one) => html`<path class="hpo-band" style=${colour(one.tone)} d=${band(one.points)} />`)}
        ${drawn(lines).filter((one) => one.filled).map((one) => html`<path class="hpo-band" style=${colour(one.tone)}
          d=${area(one.points)} />`)}
        ${drawn(lines).map((one) => html`<path class=${kinds(one)} style=${colour(one.tone)} d=${line(one.points)} />`)}
        ${drawn(lines).filter((one) => one.dots).map((one) => one.points.map((point) => html`<path class="hpo-line hpo-dot"
          style=${colour(one.tone)} d=${`M${at(point)}h0`} />`))}
        ${marks.map((mark) => html`<path class="hpo-mark" d=${`M${left(mark.at)} 0V100`} />`)}
      </svg>
      ${marks.map((mark) => html`<span class="hpo-mark-label" style=${`left: ${left(mark.at)}%`}
        data-side=${left(mark.at) > 50 ? "left" : "right"}>${mark.label}</span>`)}
      ${y.ticks.map((tick) => html`<span class="hpo-tick-y" style=${`top: ${top(tick.at)}%`}>${tick.label}</span>`)}
      ${x.ticks.map((tick) => html`<span class=${`hpo-tick-x ${tick.is_minor ? "hpo-tick-minor" : ""}`}
        style=${`left: ${left(tick.at)}%`}>${tick.label}</span>`)}
    </div>
    <p class="hpo-paths-axis" aria-hidden="true">${x.label}</p>
  </figure>`;
}
