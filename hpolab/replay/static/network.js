// The winner's network, as Python has laid it out, coloured by what is known of its layers.
function Network({ network }) {
  const [by, setBy] = useState("health");
  const [chosen, choose] = useState("");
  if (!network) return null;
  const { picture, trial } = network;
  const tints = network.tints.find((one) => one.by === by) ?? null;
  const box = picture.boxes.find((one) => one.name === chosen);
  const facts = box && [box.title, box.caption, box.shape && `gives ${box.shape}`, several(box.parameters, "parameter"),
    ...network.tints.filter((one) => one.by !== "parameters").map((one) => one.boxes[chosen]?.words)];
  return html`<section class="hpo-card hpo-replay-network" aria-label="The winner's network">
    <div class="hpo-head"><h2>The network of trial ${trial}, first under the weights of the search</h2>
      <label class="hpo-row hpo-small"><span class="hpo-quiet">Colour</span>
        <select value=${tints?.by ?? "kind"} onChange=${(event) => setBy(event.target.value)}>
          <option value="kind">kind of layer</option>
          ${network.tints.map((one) => html`<option value=${one.by}>${one.title}</option>`)}</select></label></div>
    <${Graph} picture=${picture} tints=${tints} chosen=${chosen} onChoose=${choose} label=${`Network of trial ${trial}`} tall=${560} />
    <p class="hpo-small" aria-live="polite">${facts ? [...new Set(facts.filter(Boolean))].join(" · ") : "Choose a layer to read what it is."}</p>
  </section>`;
}
