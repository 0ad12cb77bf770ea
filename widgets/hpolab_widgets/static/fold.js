const OPEN = "hpo-fold-open";

function Fold({ model, view }) {
  const button = useRef(null);
  const [open, setOpen] = useState(false);
  const box = () => button.current.closest(".widget-box");
  const turn = () => {
    box().classList.toggle(OPEN, !open);
    setOpen(!open);
  };
  return html`<button type="button" ref=${button} class="hpo-button hpo-fold" aria-expanded=${open} onClick=${turn}>
    <${Icon} name="right" /><span>${view.title}</span>
  </button>`;
}

export default panel(Fold);
