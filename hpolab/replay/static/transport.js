// Time: play, pause, step, how fast, and the slider with marks where the best changed.
const WHOLE_SECONDS = 30;
const FRAME_MS = 50;
/** How many seconds of the search pass in one second. */
const speedsOf = (seconds) => [
  ["whole in 30 s", Math.max(seconds / WHOLE_SECONDS, 0.1)],
  ["whole in 10 s", Math.max((3 * seconds) / WHOLE_SECONDS, 0.1)],
  ...[1, 3, 10, 30, 100].map((factor) => [`${factor} ×`, factor]),
];

/** The clock of the replay: starts at the end, where everything is known; leaps over idle time. */
function useClock(end, idles) {
  const [at, setAt] = useState(end);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(0);
  const now = useRef(at);
  now.current = at;
  const go = (to) => setAt(Math.min(end, Math.max(0, to)));
  useEffect(() => {
    if (!isPlaying) return undefined;
    let before = performance.now(), frame = 0;
    const tick = (time) => {
      if (time - before >= FRAME_MS) {
        const on = now.current + ((time - before) / 1000) * speedsOf(end)[speed][1];
        const to = idles.find(([from, until]) => from <= on && on < until)?.[1] ?? on;
        before = time;
        go(to);
        if (to >= end) return setPlaying(false);
      }
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, speed]);
  const toggle = () => {
    if (!isPlaying && now.current >= end) go(0);
    setPlaying(!isPlaying);
  };
  const stop = (to) => [setPlaying(false), go(to)];
  return { at, end, isPlaying, speed, setSpeed, toggle, stop };
}

/** The moment after this one, or before it; the ends hold. */
function neighbour(moments, at, direction) {
  const next = direction > 0
    ? moments.find((moment) => moment > at + 1e-6) : moments.findLast((moment) => moment < at - 1e-6);
  return next ?? (direction > 0 ? moments.at(-1) : 0);
}

/** Space plays and pauses, arrows step: wherever the focus is not on something that needs them. */
function useKeys(clock, moments) {
  const latest = useRef(null);
  latest.current = { clock, moments };
  useEffect(() => {
    const press = (event) => {
      const on = event.target.closest("input, select, button, summary, dialog, [role=button]");
      const isTime = on?.id === "hpo-replay-time";
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const { clock: now, moments: stops } = latest.current;
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === " " && (!on || isTime)) now.toggle();
      else if (step && (!on || isTime)) now.stop(neighbour(stops, now.at, step));
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function Transport({ clock, moments, steps, now, budget }) {
  useKeys(clock, moments);
  const { at, end, isPlaying } = clock;
  const done = `${several(now.settled, "trial")} done`;
  const where = `${span(at)} of ${span(end)}, ${done}`;
  const step = (direction) => () => clock.stop(neighbour(moments, at, direction));
  return html`<section class="hpo-replay-transport" aria-label="Time">
    <div class="hpo-row hpo-replay-keys">
      <${Button} kind="main" icon=${isPlaying ? "pause" : "play"} onClick=${clock.toggle}
        aria-label=${isPlaying ? "Pause" : at >= end ? "Play from the start" : "Play"} title="Space">${isPlaying ? "Pause" : "Play"}<//>
      <${Button} icon="left" aria-label="Previous event" title="Arrow left" disabled=${at <= 0} onClick=${step(-1)} />
      <${Button} icon="right" aria-label="Next event" title="Arrow right" disabled=${at >= end} onClick=${step(1)} />
    </div>
    <div class="hpo-replay-slider">
      <div class="hpo-replay-marks" aria-hidden="true">
        ${steps.map((one) => html`<i key=${one.number} class=${one.at <= at ? "hpo-replay-past" : ""}
          style=${`left: ${(100 * one.at) / (end || 1)}%`} title=${`trial ${one.number} becomes the best`}></i>`)}
      </div>
      <input id="hpo-replay-time" type="range" min="0" max=${end} step="any" value=${at}
        aria-label="Time of the search" aria-valuetext=${where} onInput=${(event) => clock.stop(+event.target.value)} />
    </div>
    <p class="hpo-replay-now"><b>${span(at)}</b> of ${span(end)}
      <span> · ${done}${budget.trials ? ` of ${budget.trials}` : ""}</span></p>
    <select aria-label="Speed" value=${clock.speed} onChange=${(event) => clock.setSpeed(+event.target.value)}>
      ${speedsOf(end).map(([label], i) => html`<option value=${i}>${label}</option>`)}
    </select>
    <p class="hpo-unseen" aria-live="polite">${isPlaying ? "" : `${where}${now.best ? `, trial ${now.best.number} is the best` : ""}`}</p>
  </section>`;
}
