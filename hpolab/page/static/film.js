// A page that plays one example's way through a network: hpolab.tracing.film.

const root = document.getElementById("page");
const film = JSON.parse(document.getElementById("told").textContent);
render(
  html`<h1>${film.title}</h1><p class="hpo-quiet">${film.lead}</p>
    <${Travel} picture=${film.picture} pass=${film.pass} tints=${film.tints} />`,
  (root.replaceChildren(), root),
);
