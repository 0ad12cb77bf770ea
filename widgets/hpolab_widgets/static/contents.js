/** Whether a click can open a notebook: in JupyterLab, and not in Voilà, which looks like it. */
const isLab = () => document.querySelector(".jp-LabShell") !== null && !("voila" in document.body.dataset);

/** The path of a lesson from where JupyterLab's server starts; null where that is not known. */
function pathOf(model, place, file) {
  const notebook = model.widget_manager?.context?.path;
  if (typeof notebook !== "string") return null;
  const parts = notebook.split("/").slice(0, -1);
  for (const part of [...place.split("/"), file]) {
    if (part === "..") {
      if (parts.length === 0) return null; // above the folder that JupyterLab shows
      parts.pop();
    } else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** A title, and where it leads: JupyterLab's own links open beside the notebook that one is in. */
function Title({ model, view, lesson }) {
  const path = view.place !== null && isLab() ? pathOf(model, view.place, lesson.file) : null;
  if (path === null) return html`<span class="hpo-contents-title">${lesson.title}</span>`;
  return html`<a class="hpo-contents-title" href=${encodeURI(lesson.file)} data-commandlinker-command="docmanager:open"
    data-commandlinker-args=${JSON.stringify({ path })}>${lesson.title}</a>`;
}

/** How one gets the notebooks, where no click opens them. */
function Way({ view }) {
  if (view.place !== null && isLab()) return html`<p class="hpo-hint">A click opens a lesson beside this one.</p>`;
  const commands = view.is_own ? view.commands.slice(1) : view.commands;
  return html`<div class="hpo-contents-way">
    <p>${isLab()
      ? "The lessons are not near this notebook. In a terminal, this writes them into a folder and opens it:"
      : `The lessons are notebooks, and this page runs none. On ${view.is_own ? "this" : "your own"} machine, in a terminal:`}</p>
    <pre>${commands.join("\n")}</pre>
  </div>`;
}

// a busy page may draw before Python's first word has arrived
const Contents = ({ model, view }) => view.lessons && html`<section class="hpo-card hpo-stack" aria-labelledby="hpo-contents">
  <div class="hpo-head"><h2 id="hpo-contents">The course</h2></div>
  <p>Short lessons, each with one idea. They ask before they tell, train small networks while you watch, and dare you to
    break them. Offline, with nothing to download.</p>
  <${Way} view=${view} />
  <ol class="hpo-contents-list">${view.lessons.map((lesson) => html`<li key=${lesson.file}>
    <p><${Title} model=${model} view=${view} lesson=${lesson} /></p>
    <p class="hpo-contents-idea">${lesson.idea}</p>
    <p class="hpo-hint">${`about ${lesson.minutes} min`}</p>
  </li>`)}</ol>
</section>`;

export default panel(Contents);
