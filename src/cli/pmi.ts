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
const share = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('expected a number between 0 and 1');
  return value;
};
const collect = (text: string, before: string[] = []): string[] => [...before, text];
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

  const scores = ['pmi', 'naive', 'p2', 'frequency'];
  const withText = (command: Command): Command =>
    command
      .option('--text <file>', 'texts to measure the coverage of (repeatable)', collect)
      .option(
        '--separator <text>',
        'in text files, a line like this stands between texts (default: each line is a text)',
      )
      .option('--field <name>', 'of .jsonl files, the field with the text', 'text');

  withJson(withText(pmi.command('build')))
    .description('make a masking vocabulary: half bigrams, a quarter trigrams, an eighth each of 4 and 5 words')
    .argument('<dir>', 'a folder of counts')
    .requiredOption('--out <list>', 'the list: one n-gram a line; beside it LIST.scores.tsv and LIST.json')
    .option('--size <n>', 'n-grams', whole, 80_000)
    .option('--score <name>', scores.join(' | '), among(scores), 'pmi')
    .option(
      '--shortage <way>',
      'of a length with too few: fill its places with shorter ones | keep them empty',
      among(['fill', 'keep']),
      'fill',
    )
    .action(async (dir, options) => (await import('./pmiList.js')).build(dir, options));

  withJson(pmi.command('lookup'))
    .description('the count and the scores of an n-gram, and where it is weakest')
    .argument('<dir>', 'a folder of counts')
    .argument('<ngram>', '1 to 5 words')
    .action(async (dir, ngram, options) => (await import('./pmiList.js')).lookup(dir, ngram, options));

  withJson(withText(pmi.command('inspect')))
    .description('the top and the bottom of each ranking, and coverage; as a page with --html')
    .argument('<dir>', 'a folder of counts')
    .option('--score <name>', scores.join(' | '), among(scores), 'pmi')
    .option('--top <n>', 'n-grams shown of each end', whole, 15)
    .option('--list <file>', 'a list whose coverage of the texts is measured, too')
    .option('--html <file>', 'write a page with plots')
    .action(async (dir, options) => (await import('./pmiInspect.js')).inspectPmi(dir, options));

  withJson(withTexts(pmi.command('mask')))
    .description('hide parts of texts: input_ids, attention_mask, labels and unit_ids for any trainer')
    .requiredOption('--tokenizer <path>', 'a tokenizer.json, or a folder with one')
    .requiredOption('--out <file>', '.safetensors (padded) or .jsonl')
    .option('--list <file>', 'the n-grams of the schemes pmi and naive')
    .option(
      '--scheme <name>',
      'token | word | span | naive | pmi',
      among(['token', 'word', 'span', 'naive', 'pmi']),
      'pmi',
    )
    .option('--spans <way>', 'random spans over ten words: redraw | clamp', among(['redraw', 'clamp']), 'redraw')
    .option('--share <x>', 'of the pieces, hidden', share, 0.15)
    .option('--length <n>', 'tokens of a text at most', whole, 512)
    .option('--seed <n>', 'same seed, same masks', whole, 1)
    .action(async (files, options) => (await import('./pmiMask.js')).mask(files, options));
}

export function addEncoderCommands(program: Command): void {
  withJson(program.command('fine-tune'))
    .description('train an encoder for a task, and write it with its head')
    .argument('<model>', 'a folder of a masked language model, or ORG/NAME from the local hub cache')
    .requiredOption(
      '--task <name>',
      'classify ({text, label}) | span ({question, context, answer, start})',
      among(['classify', 'span']),
    )
    .requiredOption('--train <file>', 'examples as JSON lines')
    .option('--dev <file>', 'examples to measure on')
    .option('--out <dir>', 'the folder to write')
    .option('--epochs <n>', 'passes over the examples', whole, 3)
    .option('--rate <x>', 'learning rate', share, 1e-4)
    .option('--batch <n>', 'examples of a step', whole, 16)
    .option('--seed <n>', 'same seed, same result', whole, 1)
    .option('--device <name>', 'native | wasm | reference', among(['native', 'wasm', 'reference']))
    .option('--threads <n>', 'threads of the native device', whole)
    .action(async (model, options) => (await import('./fineTune.js')).fineTune(model, options));

  withJson(program.command('fill'))
    .description('say what stands at [MASK] in a text')
    .argument('<text>', 'a text with one [MASK] or several')
    .requiredOption('--model <dir>', 'a folder of a masked language model, or ORG/NAME from the local hub cache')
    .option('--top <n>', 'words for each place', whole, 5)
    .action(async (text, options) => (await import('./fill.js')).fill(text, options));
}
