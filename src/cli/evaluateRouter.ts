import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { JambalayaError } from '../errors/index.js';
import { Assistant, expertOfIntent, type Routed, type RouterScores, routedOf, routerScores } from '../mrkl/index.js';
import { formatTable, Output, ProgressLine } from './output.js';

interface Options {
  readonly data: string;
  readonly json?: boolean;
}

/** Routes the half of CLINC150's validation part that calibration did not see. */
export async function evaluateRouter({ data, json }: Options): Promise<void> {
  const file = join(data, 'val.jsonl.gz');
  const bytes = await readFile(file).catch((cause) => {
    throw new JambalayaError(
      'file',
      { file, operation: 'read', reason: (cause as Error).message },
      { hint: 'the data are CLINC150 (github.com/clinc/oos-eval), one JSON object a line, in gzip', cause },
    );
  });
  const rows = gunzipSync(bytes)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; label: string })
    .filter((_, i) => i % 2 === 1);
  const assistant = new Assistant({
    now: '2026-03-31T10:00:00Z',
    timeZone: 'America/New_York',
    locale: 'en-US',
    offline: true,
  });
  const progress = new ProgressLine(json === true);
  const combined: Routed[] = [];
  const ngrams: Routed[] = [];
  for (const [i, { text, label }] of rows.entries()) {
    const truth = expertOfIntent(label, text);
    combined.push(routedOf(truth, await assistant.ask(text)));
    const alone = await assistant.routeByNgrams(text);
    ngrams.push({ truth, decided: alone.decided ?? 'unsure', probabilities: alone.probabilities });
    progress.update('routing', i + 1, rows.length);
  }
  progress.end();
  const scores = { combined: routerScores(combined), ngrams: routerScores(ngrams) };
  if (json) {
    Output.json(scores);
    return;
  }
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const line = (name: string, each: RouterScores) => [
    name,
    percent(each.coverage),
    percent(each.accuracyOfDecided),
    percent(each.abstained),
    each.calibrationError.toFixed(3),
  ];
  Output.line(
    formatTable(
      [
        ['router', 'coverage', 'right of decided', 'out of scope abstained', 'calibration error'],
        line('grammar, then n-grams', scores.combined),
        line('n-grams alone', scores.ngrams),
      ],
      [1, 2, 3, 4],
    ),
  );
  Output.line(`\n${scores.combined.questions} questions of CLINC150's validation part that calibration did not see`);
}
