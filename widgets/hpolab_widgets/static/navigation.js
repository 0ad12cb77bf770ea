const THEME = "hpolab-theme";

/** Light or dark: what was chosen here, else what the system says. */
const theme = () =>
  document.documentElement.dataset.hpoTheme
  || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

/** The switch; JupyterLab has one of its own, which the panels follow. */
function Theme() {
  const [now, setNow] = useState(theme());
  if (document.querySelector(".jp-LabShell") && !("voila" in document.body.dataset)) return null;
  const other = now === "dark" ? "light" : "dark";
  const turn = () => {
    document.documentElement.dataset.hpoTheme = other;
    try { localStorage.setItem(THEME, other); } catch { /* it holds for this page, then */ }
    setNow(other);
  };
  return html`<button type="button" class="hpo-button hpo-plain hpo-nav-theme" onClick=${turn}
    aria-label=${`Switch to ${other} colours`} title=${`Switch to ${other} colours`}>
    <svg class="hpo-icon" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" />
    </svg>
  </button>`;
}

// on the page of the sweep, its own panel says what it is
const Navigation = ({ model, view }) => html`<header class="hpo-nav">
  <div class="hpo-nav-brand">
    <svg viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6" />
      <path d="M5 16.5 9.5 11l3.5 3 6-7.5" /><circle cx="19" cy="6.5" r="2" /></svg>
    <span>hpolab</span>
  </div>
  <p class="hpo-nav-sweep" aria-live="polite">
    ${view.sweep && view.page !== "sweep"
      ? html`<span class="hpo-nav-name" title=${view.sweep}>${view.sweep}</span>
          <${State} state=${view.state} />
          ${view.is_example && html`<span class="hpo-nav-note">comes with the lab</span>`}`
      : !view.sweep && html`<span class="hpo-quiet">no sweep yet</span>`}
  </p>
  <nav aria-label="Pages of the lab"><ul>
    ${view.pages.map(({ name, title }) => html`<li><button type="button"
      aria-current=${name === view.page ? "page" : null}
      onClick=${() => wish(model, "visit", { page: name })}>${title}</button></li>`)}
  </ul></nav>
  <${Theme} />
</header>`;

export default panel(Navigation);
