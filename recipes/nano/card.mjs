/**
 * The measured sections of a model card, as Markdown, from what `evaluate.mjs` wrote:
 *
 *     node recipes/nano/card.mjs RESULT.json…
 *
 * Runs of all files stand side by side, each under its folder's name and, unless they are the file's own, its weights. What is missing in a run is
 * a dash; what could not be measured says why.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @param {readonly object[]} results as `evaluate.mjs` writes them
 * @returns {string}
 */
export function cardSections(results) {
  const runs = results.flatMap((result) => result.runs);
  const coders = results.find((result) => result.coders !== undefined)?.coders;
  const sections = [textSection(runs, coders), positionSection(runs), ...requestSections(runs), sampleSection(runs)];
  const commands = results.map(({ command }) => `    ${command}`).join('\n');
  return `${[...sections.filter((section) => section !== undefined), `These figures come from\n\n${commands}`].join('\n\n')}\n`;
}

function labelOf({ model, weights }) {
  return weights === 'file' ? basename(model) : `${basename(model)}, ${weights}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const dash = '–';
const bits = (value) => (value === undefined ? dash : value.toFixed(3));
const names = (maps) => [...new Set(maps.flatMap((map) => Object.keys(map ?? {})))];

function textSection(runs, coders) {
  const measured = runs.map((run) => run.text?.texts ?? {});
  const programs = Object.entries(coders ?? {}).filter(([name]) => name !== 'primedWith');
  const rows = names([...measured, ...programs.map(([, coder]) => coder.texts)]);
  if (rows.length === 0) return undefined;
  const present = programs.filter(([, coder]) => coder.unavailable === undefined);
  const primed = coders?.primedWith !== undefined;
  const head = [
    'held-out text',
    'bytes',
    ...runs.map(labelOf),
    ...present.flatMap(([name]) => [name, ...(primed ? [`${name}, primed`] : [])]),
  ];
  const body = rows.map((row) => {
    const bytes = [...measured.map((texts) => texts[row]), ...present.map(([, coder]) => coder.texts[row])].find(
      Boolean,
    ).bytes;
    const coded = present.flatMap(([, { texts }]) => {
      const { cold, primed: afterTraining, bytes: size } = texts[row] ?? {};
      const columns = primed ? [cold, afterTraining] : [cold];
      return columns.map((value) => bits(value === undefined ? undefined : (8 * value) / size));
    });
    return [row, bytes, ...measured.map((texts) => bits(texts[row]?.bitsPerByte)), ...coded];
  });
  const windows = runs.find((run) => run.text !== undefined)?.text;
  const notes = [
    windows &&
      `The model reads windows of ${windows.window} tokens, ${windows.stride} apart, each from an empty state.`,
    primed && 'Primed: the size of training text and held-out text together, minus that of the training text.',
    ...programs
      .filter(([, coder]) => coder.unavailable !== undefined)
      .map(([name, coder]) => `${name} was not measured: ${coder.unavailable}.`),
  ].filter(Boolean);
  return `## Bits per byte\n\n${table(head, body)}\n\n${notes.join(' ')}`.trim();
}

function positionSection(runs) {
  const measured = runs.filter((run) => run.positions?.bitsPerByte !== undefined);
  if (measured.length === 0) {
    const missing = runs.find((run) => run.positions?.unavailable !== undefined);
    return missing && `## Bits per byte by position\n\nNot measured: ${missing.positions.unavailable}.`;
  }
  const { bucket, bitsPerByte, text, stretches, bytes } = measured[0].positions;
  const head = ['tokens', ...measured.map(labelOf)];
  const body = bitsPerByte.map((_, i) => [
    `${i * bucket} to ${(i + 1) * bucket - 1}`,
    ...measured.map((run) => bits(run.positions.bitsPerByte[i])),
  ]);
  const note = `Of the text "${text}", ${stretches} stretches; every row is measured on the same ${bytes} bytes, with more before them.`;
  return `## Bits per byte by position\n\n${table(head, body)}\n\n${note}`;
}

function share(count) {
  return count === undefined ? dash : `${count.right} of ${count.of}`;
}

function requestSections(runs) {
  const withTasks = runs.filter((run) => run.generated?.tasks !== undefined);
  if (withTasks.length === 0) {
    const missing = runs.find((run) => run.generated?.unavailable !== undefined);
    return missing === undefined ? [] : [`## Generated requests\n\nNot measured: ${missing.generated.unavailable}.`];
  }
  return names(withTasks.map((run) => run.generated.tasks)).map((task) => {
    const groups = names(withTasks.map((run) => run.generated.tasks[task]));
    const body = groups.map((group) => [group, ...withTasks.map((run) => share(run.generated.tasks[task]?.[group]))]);
    const all = withTasks.map((run) => {
      const counts = Object.values(run.generated.tasks[task] ?? {});
      const [right, of] = ['right', 'of'].map((key) => counts.reduce((sum, count) => sum + count[key], 0));
      return of === 0 ? dash : `${((100 * right) / of).toFixed(1)} %`;
    });
    const rows = groups.length > 1 ? [...body, ['all', ...all]] : body;
    return `## ${task.charAt(0).toUpperCase()}${task.slice(1)}: answers that are exactly right\n\n${table(['', ...withTasks.map(labelOf)], rows)}`;
  });
}

/** A text within one line of Markdown. */
function inline(text) {
  const line = text.replaceAll('\n', ' ⏎ ');
  if (line.includes('`')) return `\`\` ${line} \`\``;
  return `\`${line === '' ? ' ' : line}\``;
}

function sampleSection(runs) {
  const run = runs.find(({ samples }) => samples !== undefined && samples.length > 0);
  if (run === undefined) return undefined;
  const lines = run.samples.map(({ task, group, request, tools, documents, expected, given, right }) => {
    const about = [
      ...(documents ?? []).map((text) => `document ${inline(text)}`),
      ...(tools ? [`tools ${tools.join(', ')}`] : []),
    ];
    const wanted = right ? '' : `; right is ${inline(expected)}`;
    return `- ${task}, ${group}: ${[...about, inline(request)].join('; ')} → ${inline(given)}${wanted}`;
  });
  return `## Samples\n\nThe first request of the first groups of each task, with the answer of ${labelOf(run)}, right or wrong.\n\n${lines.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = process.argv.slice(2);
  if (files.length === 0) {
    console.error('usage: node recipes/nano/card.mjs RESULT.json…');
    process.exit(2);
  }
  process.stdout.write(cardSections(files.map((file) => JSON.parse(readFileSync(file, 'utf8')))));
}
