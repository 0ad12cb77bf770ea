// The arithmetic of hpolab/scoring.py and of analysis/ranking.py, operation for operation, so that
// both give the same numbers and break the same ties; tests/browser/test_scoring_in_browsers.py compares them.

/** The six health metrics, in the order in which arrays hold them; null where one does not apply. */
const METRICS = ["neuron_utilisation", "parameter_efficiency", "training_stability", "gradient_health",
  "convergence_quality", "accuracy_consistency"];
const DEFAULT_WEIGHTS = { accuracy: 0.7, proportions: [0.25, 0.15, 0.2, 0.15, 0.15, 0.1] };

/** The sum, rounded once (Shewchuk 1997, "Adaptive precision floating-point arithmetic"). */
function exactSum(numbers) {
  const partials = [];
  for (let x of numbers) {
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y, low = y - (high - x);
      if (low) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  return partials.reduceRight((sum, x) => sum + x, 0);
}

/** Weighted mean of the metrics that apply; null when none does. Those that do not apply give their
    share to the others in proportion; where all that apply have no share, they count alike. */
function healthOf({ proportions }, metrics) {
  const applies = metrics.map((value) => value !== null);
  let shares = proportions.map((share, i) => (applies[i] ? share : 0));
  let total = shares.reduce((sum, share) => sum + share, 0);
  if (total <= 0) {
    shares = applies.map(Number);
    total = shares.reduce((sum, share) => sum + share, 0);
  }
  if (total <= 0) return null;
  return shares.reduce((sum, share, i) => sum + share * (metrics[i] ?? 0), 0) / total;
}

/** What ranks: accuracy and health in their proportion; accuracy alone where no metric applies. */
function scoreOf(weights, accuracy, metrics) {
  const health = healthOf(weights, metrics);
  return weights.accuracy * accuracy + (1 - weights.accuracy) * (health ?? accuracy);
}

/** Trials {number, accuracy, metrics} as [{number, total}], the best first; equal totals keep the
    order of numbers. */
const ranking = (weights, trials) => trials
  .map(({ number, accuracy, metrics }) => ({ number, total: scoreOf(weights, accuracy, metrics) }))
  .sort((a, b) => b.total - a.total || a.number - b.number);

// ---- moving weights: each gives new ones -----------------------------------------------------

/** Accuracy moves; health takes the rest, and the proportions stay. */
const withAccuracy = (weights, accuracy) => ({ ...weights, accuracy });
const withHealth = (weights, health) => ({ ...weights, accuracy: 1 - health });

/** One metric's share of health moves; the others keep their ratios, or share alike where all of
    them are zero. Accuracy and health do not move. */
function withProportion(weights, metric, share) {
  const old = weights.proportions;
  const rest = exactSum(old.filter((_, i) => i !== metric));
  const moved = old.map((value, i) =>
    i === metric ? share : (1 - share) * (rest > 0 ? value / rest : 1 / (old.length - 1)));
  const total = exactSum(moved);
  const exact = Math.abs(total - 1) > 1e-14 ? moved.map((value) => value / total) : moved;
  return { ...weights, proportions: exact };
}

/** Whole percentages that add up to 100 (Hamilton 1792): round down, then the largest fractions get
    the missing points, earlier ones first. */
function percentages(shares) {
  const total = exactSum(shares);
  const exact = shares.map((value) => (100 * value) / total);
  const whole = exact.map(Math.floor);
  const fraction = exact.map((value, i) => Math.round(1e9 * (value - whole[i])));
  const missing = 100 - whole.reduce((sum, value) => sum + value, 0);
  const byFraction = shares.map((_, i) => i).sort((a, b) => fraction[b] - fraction[a] || a - b);
  for (const i of byFraction.slice(0, missing)) whole[i] += 1;
  return whole;
}

const sameWeights = (one, other) => one.accuracy === other.accuracy &&
  one.proportions.every((share, i) => share === other.proportions[i]);

// ---- where the winner changes ----------------------------------------------------------------

/** Who wins as the weight of health goes from 0 to 1: [{health, winner}], the winner at 0 first.
    A total is a straight line between accuracy and health, so winners are the upper envelope. */
function flipsAlongHealth(weights, trials) {
  const lines = trials.map(({ number, accuracy, metrics }) =>
    ({ number, start: accuracy, slope: (healthOf(weights, metrics) ?? accuracy) - accuracy }));
  if (!lines.length) return [];
  const better = (a, b) => (a.start - b.start || a.slope - b.slope || b.number - a.number) > 0;
  let now = lines.reduce((best, line) => (better(line, best) ? line : best));
  const flips = [{ health: 0, winner: now.number }];
  for (let at = 0; ; ) {
    let next = null;
    for (const line of lines) {
      if (line.slope <= now.slope + 1e-12) continue;
      const meets = Math.max(at, (now.start - line.start) / (line.slope - now.slope));
      if (!next || meets < next.meets || (meets === next.meets && line.slope > next.line.slope)) next = { line, meets };
    }
    if (!next || next.meets > 1) return flips;
    [now, at] = [next.line, next.meets];
    flips.push({ health: at, winner: now.number });
  }
}

/** The winner at every whole per cent of health, equal ones put together: [{first, last, winner}].
    Where several are level just here, the one that wins now does so for this place only. */
function stretches(flips, winner, health) {
  const starts = flips.map((flip) => roundTo6(100 * flip.health));
  const found = [];
  for (let percent = 0; percent <= 100; percent++) {
    const best = percent === roundTo6(100 * health) ? winner
      : flips[starts.filter((start) => start <= percent).length - 1].winner;
    if (found.at(-1)?.winner === best) found.at(-1).last = percent;
    else found.push({ first: percent, last: percent, winner: best });
  }
  return found;
}
const roundTo6 = (x) => Math.round(1e6 * x) / 1e6;
