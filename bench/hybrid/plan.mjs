/** Which runs there are to be, in their order, and what they say together. */
import { pairCounts, shotCounts } from './tasks.mjs';
import { atThreeTimes, variants } from './variants.mjs';

const families = [...new Set(Object.values(variants).map(({ family }) => family))];

/** The rate whose run with seed 1 has the least held-out loss, of a variant's family; undefined where there is none. */
export function bestRate(runs, variant) {
  const { family } = variants[variant];
  const swept = runs.filter((run) => run.variant === family && run.seed === 1 && run.times === 1);
  const lossOf = ({ heldOutLoss = Number.POSITIVE_INFINITY }) => heldOutLoss;
  return [...swept].sort((a, b) => lossOf(a) - lossOf(b))[0]?.rate;
}

const timesRate = (times, rate) => Number((times * rate).toPrecision(6));

/** Whether two are the same run. */
export const isSame = (a, b) => ['variant', 'rate', 'times', 'seed', 'steps'].every((key) => a[key] === b[key]);

/**
 * The runs that are missing, the next one first: `times` is 1, or 3 for three times the best rate. Before a sweep is done, the runs
 * that need its rate stand there without one, so that they count. Seeds come in turns, so that whatever is finished can be
 * compared.
 */
export function plansOf({ runs, only, seeds, steps, rates }) {
  const done = runs.filter((run) => run.steps === steps);
  const needed = families.filter((family) => only.some((name) => variants[name].family === family));
  const sweep = needed.flatMap((variant) => rates.map((rate) => ({ variant, rate, times: 1, seed: 1, steps })));
  const isMissing = (plan) => !done.some((run) => isSame(run, plan));
  const chosen = (variant, seed, times) => {
    const { family } = variants[variant];
    const isSwept = !sweep.some((plan) => plan.variant === family && isMissing(plan));
    const rate = isSwept ? timesRate(times, bestRate(done, variant)) : undefined;
    return { variant, rate, times, seed, steps };
  };
  const following = Array.from({ length: seeds }, (_, i) => [
    ...only.map((variant) => chosen(variant, i + 1, 1)),
    ...atThreeTimes.filter((variant) => only.includes(variant)).map((variant) => chosen(variant, i + 1, 3)),
  ]).flat();
  return [...sweep, ...following].filter(isMissing);
}

/** The runs of each variant at its rate, and of some at three times that; those that have any. */
export function groupsOf(runs) {
  const group = (variant, times) => {
    const rate = timesRate(times, bestRate(runs, variant));
    const members = runs.filter((run) => run.variant === variant && run.times === times && run.rate === rate);
    const title = `${variants[variant].title}${times === 1 ? '' : `, ${times} × rate`}`;
    return { variant, times, title, runs: members };
  };
  return [
    ...Object.keys(variants).map((variant) => group(variant, 1)),
    ...atThreeTimes.map((variant) => group(variant, 3)),
  ].filter(({ runs }) => runs.length > 0);
}

export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `0.93 (0.91–0.95)`, of one value alone `0.93`, and how many runs have none. */
function spread(runs, read, digits) {
  const values = runs.filter(({ diverged }) => diverged === undefined).map(read);
  const lost = runs.length - values.length;
  const failures = lost === 0 ? '' : `${lost} diverged`;
  if (values.length === 0) return failures;
  const [mean, least, most] = [meanOf(values), Math.min(...values), Math.max(...values)].map((x) => x.toFixed(digits));
  return `${mean}${values.length > 1 ? ` (${least}–${most})` : ''}${failures && `, ${failures}`}`;
}

const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const percent = (of) => (run) => 100 * of(run);
const formatMean = (of) => meanOf(shotCounts.map((shots) => of[shots]));

/** What the document shows, as Markdown. */
export function tables(runs) {
  const groups = groupsOf(runs);
  const quality = table(
    [
      'model',
      'runs',
      'text, bits per byte',
      ...pairCounts.map((pairs) => `recall of ${pairs} pairs, %`),
      'format kept, %',
      'label right, %',
    ],
    groups.map(({ title, runs }) => [
      title,
      runs.length,
      spread(runs, ({ bitsPerByte }) => bitsPerByte, 3),
      ...pairCounts.map((pairs) =>
        spread(
          runs,
          percent(({ recall }) => recall[pairs]),
          0,
        ),
      ),
      spread(
        runs,
        percent(({ formatKept }) => formatMean(formatKept)),
        0,
      ),
      spread(
        runs,
        percent(({ formatRight }) => formatMean(formatRight)),
        0,
      ),
    ]),
  );
  const norms = table(
    [
      'model',
      'rate',
      'active parameters',
      'parameters',
      'feed-forward',
      'largest activation',
      'largest gradient norm',
      'seconds of a run',
    ],
    groups.map(({ title, runs }) => [
      title,
      runs[0].rate,
      runs[0].parameters.active.toLocaleString('en'),
      runs[0].parameters.total.toLocaleString('en'),
      runs[0].feedForward,
      spread(runs, ({ largestActivation }) => largestActivation, 1),
      spread(runs, ({ largestGradientNorm }) => largestGradientNorm, 1),
      spread(runs, ({ seconds }) => seconds, 0),
    ]),
  );
  const swept = [...new Set(runs.map(({ variant }) => variants[variant].family))];
  const rates = table(
    ['model, seed 1', 'rate', 'held-out loss, nats', 'text, bits per byte'],
    swept.flatMap((family) =>
      runs
        .filter((run) => run.variant === family && run.seed === 1 && run.times === 1)
        .sort((a, b) => a.rate - b.rate)
        .map((run) => [
          variants[family].title,
          run.rate,
          ...(run.diverged ? ['diverged', ''] : [run.heldOutLoss.toFixed(4), run.bitsPerByte.toFixed(3)]),
        ]),
    ),
  );
  return `${quality}\n\n${norms}\n\n${rates}\n`;
}
