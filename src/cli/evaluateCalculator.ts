import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { answerRow, groupsOf, type Score, type StudyRow } from '../mrkl/index.js';
import { formatCount, formatTable, Output, ProgressLine } from './output.js';

interface Options {
  readonly data: string;
  readonly json?: boolean;
}

const folderPattern = /^exp[0-9]b?_(train|dev|test)$/;
const expectedFolders = ['exp1', 'exp2', 'exp3', 'exp4', 'exp4b', 'exp5'].flatMap((name) => [
  `${name}_train`,
  `${name}_dev`,
  `${name}_test`,
]);
/** The repository has no such folders. */
const neverThere = new Set(['exp1_dev', 'exp2_test']);
const shownFailures = 20;

async function rowsOf(file: string): Promise<StudyRow[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const rows: StudyRow[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    try {
      const row = JSON.parse(line) as StudyRow;
      if (typeof row.prompt !== 'string' || typeof row.completion !== 'string')
        throw new Error('no prompt or completion');
      rows.push(row);
    } catch (cause) {
      throw new JambalayaError(
        'format',
        {
          file,
          line: i + 1,
          expected: 'a JSON object with prompt, completion and execution',
          found: line.slice(0, 60),
        },
        { cause },
      );
    }
  }
  return rows;
}

/** Shares of a count, from 0 to 1. */
const shares = ({ count, exactMatch, exactValue }: Score) => ({
  count,
  exactMatch: exactMatch / count,
  exactValue: exactValue / count,
});

export async function evaluateCalculator({ data, json }: Options): Promise<void> {
  const folders = (
    await readdir(data).catch((cause) => {
      throw new JambalayaError('file', { file: data, operation: 'read', reason: (cause as Error).message }, { cause });
    })
  )
    .filter((name) => folderPattern.test(name))
    .sort();
  if (folders.length === 0) {
    throw new JambalayaError(
      'usage',
      { argument: '--data', expected: 'a folder with exp1_test, exp2_dev, …', found: data },
      { hint: 'the data are those of the MRKL paper: github.com/AI21Labs/MRKL_synthetic_data' },
    );
  }
  const skipped = expectedFolders.filter((name) => !folders.includes(name) && !neverThere.has(name));
  const total: Score = { count: 0, exactMatch: 0, exactValue: 0 };
  const by = new Map<string, Score>();
  const failures: { file: string; prompt: string; expected: string; found: string | null }[] = [];
  const progress = new ProgressLine(json === true);
  for (const [done, folder] of folders.entries()) {
    for (const file of (await readdir(join(data, folder))).filter((name) => name.endsWith('.jsonl')).sort()) {
      for (const row of await rowsOf(join(data, folder, file))) {
        const result = answerRow(row);
        for (const score of [total, ...groupsOf(folder, row).map((group) => entry(by, group))]) {
          score.count++;
          if (result.exactMatch) score.exactMatch++;
          if (result.exactValue) score.exactValue++;
        }
        if ((!result.exactMatch || !result.exactValue) && failures.length < shownFailures) {
          failures.push({
            file: `${folder}/${file}`,
            prompt: row.prompt,
            expected: row.completion,
            found: result.completion,
          });
        }
      }
    }
    progress.update('calculator study', done + 1, folders.length, folder);
  }
  progress.end();
  const groups = Object.fromEntries(
    [...by].sort(([a], [b]) => a.localeCompare(b)).map(([name, score]) => [name, shares(score)]),
  );
  if (json) {
    Output.json({ symbolic: shares(total), by: { symbolic: groups }, folders, skipped, failures });
    return;
  }
  const percent = (part: number, count: number) => `${((100 * part) / count).toFixed(2)} %`;
  const line = (name: string, { count, exactMatch, exactValue }: Score) => [
    name,
    formatCount(count),
    percent(exactMatch, count),
    percent(exactValue, count),
  ];
  Output.line(
    formatTable(
      [
        ['group', 'rows', 'completion', 'value'],
        line('all', total),
        ...[...by].sort(([a], [b]) => a.localeCompare(b)).map(([name, score]) => line(name, score)),
      ],
      [1, 2, 3],
    ),
  );
  if (skipped.length > 0) Output.line(`\nnot in ${data}: ${skipped.join(', ')}`);
  for (const { file, prompt, expected, found } of failures)
    Output.line(`\n${file}: ${prompt}\n  expected ${expected}, got ${found ?? 'no single reading'}`);
}

function entry(scores: Map<string, Score>, name: string): Score {
  const score = scores.get(name) ?? { count: 0, exactMatch: 0, exactValue: 0 };
  scores.set(name, score);
  return score;
}
