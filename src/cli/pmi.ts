/** `jambalaya pmi …`: from a corpus to a masking vocabulary. The commands' own modules are loaded when they run. */
import { type Command, InvalidArgumentError } from 'commander';

const whole = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('expected a whole number from 0');
  return value;
};
const bytes = (text: string): number => {
  const [, count, unit = ''] = /^([\d.]+)\s*([kMGT]?)B?$/i.exec(text) ?? [];
  const value = Number(count) * 1000 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ');
  if (!Number.isFinite(value)) throw new InvalidArgumentError('expected a size such as 500MB or 2GB');
  return value;
};
const among =
  (allowed: readonly string[]) =>
  (text: string): string => {
    if (!allowed.includes(text)) throw new InvalidArgumentError(`expected ${allowed.join(' | ')}`);
    return text;
  };

const withJson = (command: Command): Command => command.option('--json', 'print one JSON object; errors too');

const withTexts = (command: Command): Command =>
  command
    .argument('<files...>', 'text, .jsonl, and either of them in gzip; * in a file’s name stands for any characters')
    .option('--separator <text>', 'in text files, a line like this stands between texts (default: each line is a text)')
    .option('--field <name>', 'of .jsonl files, the field with the text', 'text');

export function addPmiCommands(pmi: Command): void {
  withJson(withTexts(pmi.command('count')))
    .description('count the word n-grams of 1 to 5 words; the same command goes on after it was stopped')
    .requiredOption('--out <dir>', 'the folder of the counts')
    .option('--memory <size>', 'the most that it may take', bytes, 1e9)
    .option('--min-count <n>', 'keep n-grams that stand at least so often', whole, 5)
    .option('--min-documents <n>', 'and in at least so many texts', whole, 1)
    .option('--case <form>', 'lower | keep', among(['lower', 'keep']), 'lower')
    .option('--punctuation <form>', 'boundary | words | skip', among(['boundary', 'words', 'skip']), 'boundary')
    .option('--words <form>', 'letters | spaces (segmented already)', among(['letters', 'spaces']), 'letters')
    .option('--kernels <name>', 'native | wasm (default: native where it was built)', among(['native', 'wasm']))
    .option('--threads <n>', 'kernels that run at once (default: all cores)', whole)
    .action(async (files, options) => (await import('./pmiCount.js')).count(files, options));
}
