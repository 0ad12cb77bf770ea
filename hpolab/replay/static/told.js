// What is known at a moment of the search: pure functions of the story that Python has written.

/** How many of these ascending times have come. */
function countUntil(times, at) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const NO_METRICS = METRICS.map(() => null);

/** The run that a trial is in at this moment, or was in last; null before the first. */
const runAt = (trial, at) => trial.runs.findLast((run) => run.start <= at) ?? null;

/** One trial at a moment; null before it was sampled. ``epochs`` counts points of its run. */
function trialAt(story, trial, at, weights) {
  if (at < trial.known) return null;
  const ended = trial.ended && trial.ended.at <= at ? trial.ended : null;
  const source = ended && ended.reused_from !== null && !trial.runs.length
    ? story.byNumber.get(ended.reused_from) ?? trial : trial;
  const run = runAt(source, source === trial ? at : Infinity);
  const points = run ? countUntil(run.at, source === trial ? at : Infinity) : 0;
  const isRunning = !ended && run !== null && (run.end === null || at < run.end);
  const accuracy = ended ? ended.accuracy : points ? run.val_accuracy[points - 1] : null;
  const metrics = ended ? ended.metrics : points ? run.metrics[points - 1] : NO_METRICS;
  return {
    trial, ended, run, points, accuracy, metrics,
    number: trial.number,
    state: ended ? ended.state : isRunning ? "running" : "waiting",
    epochs: points ? run.epoch[points - 1] : 0,
    score: missing(accuracy) ? null : scoreOf(weights, accuracy, metrics),
    health: missing(accuracy) ? null : healthOf(weights, metrics),
    curve: run ? run.val_accuracy.slice(0, points) : [],
  };
}

/** Everything at a moment: trials by number, their ranks, counts by state, the best, who trains. */
function searchAt(story, at, weights, order) {
  const trials = story.trials.map((trial) => trialAt(story, trial, at, weights)).filter(Boolean);
  const known = new Map(trials.map((one) => [one.number, one]));
  const ranked = order.filter(({ number }) => known.get(number)?.state === "completed");
  ranked.forEach(({ number }, i) => (known.get(number).rank = i + 1));
  const counts = {};
  for (const one of trials) counts[one.state] = (counts[one.state] ?? 0) + 1;
  return {
    trials, known, ranked, counts,
    settled: trials.filter((one) => one.ended).length,
    running: trials.filter((one) => one.state === "running"),
    best: ranked.length ? known.get(ranked[0].number) : null,
  };
}

const completed = (story) => story.trials.filter((trial) => trial.ended?.state === "completed")
  .map((trial) => ({ number: trial.number, accuracy: trial.ended.accuracy ?? 0, metrics: trial.ended.metrics }))
  .sort((a, b) => a.number - b.number);

/** When the best changed under these weights: [{at, number, total}], the first completed first. */
function climb(story, order) {
  const totals = new Map(order.map(({ number, total }) => [number, total]));
  const ends = story.trials.filter((trial) => totals.has(trial.number))
    .sort((a, b) => a.ended.at - b.ended.at || a.number - b.number);
  const steps = [];
  for (const { number, ended } of ends) {
    const total = totals.get(number), top = steps.at(-1);
    if (!top || total > top.total) steps.push({ at: ended.at, number, total });
  }
  return steps;
}

/** The moments that a person may want to step to: a trial begins, or ends. */
function momentsOf(story) {
  const times = story.trials.flatMap((trial) => [trial.runs[0]?.start, trial.ended?.at]);
  return [...new Set([0, ...times.filter((at) => !missing(at)), story.sweep.seconds])].sort((a, b) => a - b);
}

/** Stretches of time in which nothing trains: [[from, to]]. Playing leaps over them. */
function idlesOf(story) {
  const runs = story.trials.flatMap((trial) => trial.runs).filter((run) => run.worker)
    .sort((a, b) => a.start - b.start);
  const idles = [];
  let busyUntil = 0;
  for (const { start, end } of runs) {
    if (start > busyUntil) idles.push([busyUntil, start]);
    busyUntil = Math.max(busyUntil, end ?? Infinity);
  }
  return idles;
}

const LIKELY = ["learning_rate", "optimizer"];

/** The story as written, with what is looked up often. */
function opened(story) {
  const { trials } = story;
  const workers = [...new Set(trials.flatMap((trial) => trial.runs.map((run) => run.worker)))]
    .filter(Boolean).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const values = new Map();
  for (const { params } of trials) {
    for (const [name, value] of Object.entries(params)) {
      if (!values.has(name)) values.set(name, new Set());
      values.get(name).add(value);
    }
  }
  const last = story.importances.at(-1)?.shares ?? {};
  const varied = [...values.keys()].filter((name) => values.get(name).size > 1);
  return {
    ...story, workers,
    byNumber: new Map(trials.map((trial) => [trial.number, trial])),
    moments: momentsOf(story),
    idles: idlesOf(story),
    // what matters most comes first on the cards; else what does in most studies (Greff et al. 2017)
    telling: varied.sort((a, b) => (last[b] ?? 0) - (last[a] ?? 0) || LIKELY.includes(b) - LIKELY.includes(a)),
  };
}
