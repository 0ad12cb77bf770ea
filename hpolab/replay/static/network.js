// The winner's network, as Python has laid it out.
const Network = ({ network }) => {
  const [byHealth, setByHealth] = useState(true);
  const [chosen, choose] = useState("");
  if (!network) return null;
  const { picture, trial } = network;
  const tints = network.tints && byHealth
    ? { by: "health", boxes: network.tints, low: "all units silent", high: "all react", none: "not measured" } : null;
  const box = picture.boxes.find((one) => one.name === chosen);
  return html`<section class="hpo-card hpo-replay-network" aria-label="The winner's network">
    <div class="hpo-head"><h2>The network of trial ${trial}, first under the weights of the search</h2>
      ${network.tints && html`<label class="hpo-row hpo-small"><span class="hpo-quiet">Colour</span>
        <select value=${byHealth ? "health" : "kind"} onChange=${(event) => setByHealth(event.target.value === "health")}>
          <option value="health">units that react</option><option value="kind">kind of layer</option></select></label>`}</div>
    <${Graph} picture=${picture} tints=${tints} chosen=${chosen} onChoose=${choose} label=${`Network of trial ${trial}`} tall=${560} />
    <p class="hpo-small" aria-live="polite">${box ? [box.title, box.caption, box.shape && `gives ${box.shape}`,
      several(box.parameters, "parameter"), network.tints?.[box.name]?.words].filter(Boolean).join(" · ")
      : "Choose a layer to read what it is."}</p>
  </section>`;
};
