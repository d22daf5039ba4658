#!/usr/bin/env node
/**
 * The `jambalaya` command: argv to calls. Exit code 0 for success, 2 for wrong use, 1 for any other error. A command's own
 * modules are loaded when it runs, so that each starts fast.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addAskCommands, addMrklEvaluations } from './askCommands.js';
import { addCostCommands } from './cost.js';
import { chosenModel } from './modelChoice.js';
import {
  deviceNames,
  exportDTypes,
  exportForms,
  isaNames,
  kvDTypes,
  poolings,
  quantizationSchemes,
  weightSchemes,
} from './options.js';
import { Output, reportError } from './output.js';
import { addEncoderCommands, addPmiCommands } from './pmi.js';
import { version } from './version.js';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
};
const whole = (text: string): number => {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number from 0');
  return value;
};
const among =
  (allowed: readonly string[]) =>
  (text: string): string => {
    if (!allowed.includes(text)) throw new InvalidArgumentError(`expected ${allowed.join(' | ')}`);
    return text;
  };
const bytes = (text: string): number => {
  const [, count, unit = ''] = /^([\d.]+)\s*([kMGT]?)B?$/i.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('expected a size such as 500MB or 8GB');
  return number(count) * 1000 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ');
};
/** Token ids, lengths, sizes: `5,9,12`. */
const ids = (text: string): number[] => text.split(',').map(whole);
const collect = (text: string, before: string[] = []): string[] => [...before, text];

/** `--json` decides how an error is told, wherever it stands and whatever went wrong. */
const json = process.argv.includes('--json');

const program = new Command('jambalaya')
  .description('Hybrid (Mamba + Transformer + mixture-of-experts) language models, in Node and in the browser')
  .version(version)
  .showHelpAfterError('(add --help for the options)')
  .configureOutput(json ? { writeErr: () => {} } : {})
  .helpCommand(false)
  .exitOverride();

program
  .command('help')
  .description('show the help of a command: help eval lm')
  .argument('[command...]')
  .action((names: string[]) => commandOf(names).outputHelp());

/** The command that a list of words leads to. */
function commandOf(names: readonly string[]): Command {
  let command: Command = program;
  for (const name of names) {
    const next = command.commands.find((each) => each.name() === name);
    if (next === undefined)
      command.error(`error: unknown command '${names.join(' ')}'`, { code: 'commander.unknownCommand' });
    command = next;
  }
  return command;
}

const modelArgument = 'a model folder, a .gguf file, or ORG/NAME from the local hub cache';

/** Options of how a model is loaded. */
const withLoading = (command: Command): Command =>
  command
    .option('--device <name>', deviceNames.join(' | '), among(deviceNames))
    .option('--isa <name>', `instruction set of the native device: ${isaNames.join(' | ')}`, among(isaNames))
    .option('--threads <n>', 'threads of the native device', whole)
    .option('--memory <size>', 'the most that the model may take, such as 8GB (default: what there is)', bytes)
    .option('--weights <scheme>', `${weightSchemes.join(' | ')} (default: file)`, among(weightSchemes))
    .option('--kv <dtype>', `what keys and values are kept as: ${kvDTypes.join(' | ')} (default: f32)`, among(kvDTypes))
    .option('--strict', 'tensors that the model has no use for are an error')
    .option('--no-map', 'read the weights into memory instead of mapping their file');

/** A model by its place or by `-m`; without either the bundled one. */
const withModelChoice = (command: Command): Command =>
  command
    .argument('[model]', `${modelArgument} (default: the one that ships)`)
    .option('-m, --model <model>', 'the same, by name');

/** Of every command that loads one model. */
const withModel = (command: Command): Command => withLoading(withModelChoice(command));

const withSampling = (command: Command): Command =>
  command
    .option('--adapter <dir>', 'answer through an adapter of the model, as `tune` writes it')
    .option('-n, --max-tokens <n>', 'tokens to make at most', whole, 256)
    .option('-t, --temperature <t>', '0 takes the most likely token', number)
    .option('--top-k <k>', 'keep the k most likely tokens', whole)
    .option('--top-p <p>', 'keep the most likely tokens that together reach p', number)
    .option('--min-p <p>', 'keep tokens at least p times as likely as the most likely one', number)
    .option('--repetition-penalty <r>', 'make tokens that were seen less likely (over 1)', number)
    .option('--presence-penalty <x>', 'taken off the logit of a token that the answer has', number)
    .option('--frequency-penalty <x>', 'taken off for each time that the answer has it', number)
    .option('--stop <text>', 'end the answer before this text (repeatable)', collect)
    .option('-s, --seed <n>', 'same seed, same answer', number);

const withJson = (command: Command): Command => command.option('--json', 'print one JSON object; errors too');

withJson(withSampling(withModel(program.command('complete'))))
  .description('continue a text')
  .argument('[text]', 'the prompt; `-`, or none and a pipe, reads standard input')
  .option('--file <file>', 'read the prompt from a file')
  .option('--ids <list>', 'the prompt as token ids, separated by commas', ids)
  .option('--logprobs <n>', 'log probabilities of each token and of the n most likely ones (with --json)', whole)
  .option('--ignore-end', 'go on after an end token')
  .action(async (model, text, options) => (await import('./complete.js')).complete(model, text, options));

withSampling(withModel(program.command('chat')))
  .description('talk to a model, with its chat template or as plain text')
  .option('--system <text>', 'the system message')
  .option('--verbose', 'tell tokens per second, and what of the prompt had to be read')
  .action(async (model, options) => (await import('./chat.js')).chat(model, options));

withJson(withLoading(program.command('serve')))
  .description('serve models over HTTP, in the words of OpenAI’s API, with a playground')
  .argument(
    '[models...]',
    `[NAME=]MODEL: ${modelArgument} (default: the one that ships); or NAME=http://…/v1 of another server`,
  )
  .option('--port <n>', '0 picks a free one', whole, 8080)
  .option('--host <address>', 'another than the loopback wants a key', '127.0.0.1')
  .option('--api-key <key>', 'what clients have to send (or the variable JAMBALAYA_API_KEY)')
  .option('--allowed-host <name>', 'a further name that the server is reached by (repeatable)', collect)
  .option('--allowed-origin <origin>', 'a site whose pages may use the server (repeatable)', collect)
  .option('--adapter <model:name=dir>', 'an adapter, served as a model MODEL:NAME (repeatable)', collect)
  .option('--context <n>', 'tokens of prompt and answer at most (default: the model’s)', whole)
  .option('--cache-dir <dir>', 'also write them there, for the next process; they hold what users wrote')
  .option('--cache <size>', 'what states of earlier prompts may take; 0 keeps none', bytes, 512e6)
  .action(async (models, options) => (await import('./serve.js')).serve(models, options));

withJson(withModelChoice(program.command('inspect')))
  .description('show a model’s layers, parameters, memory and what was ignored')
  .option('--strict', 'tensors that the model has no use for are an error')
  .option('--weights <scheme>', `${weightSchemes.join(' | ')} (default: file)`, among(weightSchemes))
  .option('--kv <dtype>', `plan for keys and values kept as ${kvDTypes.join(' | ')} (default: f32)`, among(kvDTypes))
  .option('--context <n>', 'plan the memory of sequences of n tokens (default: of several lengths)', whole)
  .option('--batch <n>', 'plan for n sequences at once', whole, 1)
  .action(async (model, options) => (await import('./inspect.js')).inspect(chosenModel(model, options.model), options));

withJson(program.command('quantize'))
  .description('write a copy with int8 rows and one f32 scale each')
  .option(
    '--scheme <name>',
    'experts-int8 (feed-forwards, float activations) | int8 (all matrices, int8 activations)',
    among(quantizationSchemes),
    'experts-int8',
  )
  .argument('<in>', 'a model folder, a .gguf file, or ORG/NAME from the local hub cache')
  .argument('<out>', 'the folder to write')
  .option('--text <file>', 'compare both models on this text: KL divergence and top-1 agreement')
  .option('--window <n>', 'tokens of a window of that text', whole, 512)
  .option('--device <name>', deviceNames.join(' | '), among(deviceNames))
  .action(async (input, output, options) => (await import('./quantize.js')).quantize(input, output, options));

withJson(program.command('export'))
  .description('write a model as a Hugging Face folder, or as a GGUF file for llama.cpp')
  .argument('<model>', 'a model folder, a .gguf file, or ORG/NAME from the local hub cache')
  .requiredOption('--to <form>', exportForms.join(' | '), among(exportForms))
  .requiredOption('--out <path>', 'the folder, or the .gguf file, to write')
  .option('--dtype <name>', `${exportDTypes.join(' | ')} (default: what most of the weights are)`, among(exportDTypes))
  .action(async (model, options) => (await import('./export.js')).exportModel(model, options));

withJson(withModel(program.command('logits')))
  .description('write the logits (T, V) of token ids to a safetensors file')
  .requiredOption('--ids <list>', 'token ids, separated by commas', ids)
  .requiredOption('--out <file>', 'the file to write')
  .option('--chunk <n>', 'feed the ids n at a time through a state', whole)
  .action(async (model, options) => (await import('./logits.js')).logits(chosenModel(model, options.model), options));

withJson(withLoading(program.command('embed')))
  .description('turn texts into vectors: lines of JSON, a .npy or .safetensors file, or how alike they are')
  .argument('<model>', modelArgument)
  .argument('[texts...]', 'the texts; none and a pipe reads standard input, a line each')
  .option('--file <file>', 'a text a line, or {"text": …} a line in a .jsonl file; `-` is standard input')
  .option('--out <file>', 'write a .npy file, or a .safetensors file with the tensor `embeddings` (n, D)')
  .option('--similar', 'print the pairs of texts by the cosine of their vectors')
  .option('--pooling <name>', `${poolings.join(' | ')} (default: the model’s)`, among(poolings))
  .option('--unit-length', 'scale the vectors to length 1 (default: as the model says)')
  .action(async (model, texts, options) => (await import('./embed.js')).embed(model, texts, options));

const evaluation = program.command('eval').description('measure a model');
withJson(withModel(evaluation.command('lm')))
  .description('bits per byte and perplexity of a text')
  .requiredOption('--text <file>', 'a UTF-8 text')
  .option('--window <n>', 'tokens of a window', whole, 512)
  .option('--stride <n>', 'tokens from one window to the next', whole, 256)
  .action(async (model, options) =>
    (await import('./evaluate.js')).evaluate(chosenModel(model, options.model), options),
  );

withJson(evaluation.command('task'))
  .description('greedy answers to the rows of a task, and how many are right')
  .argument('<rows>', 'a JSON Lines file of {"prompt", "completion"}')
  .argument('<model>', modelArgument)
  .option('--adapter <dir>', 'an adapter of the model, as `tune` writes it')
  .option('--examples <file>', 'rows to show before each prompt')
  .option('--shots <n>', 'how many of them, drawn once (default: all)', whole)
  .option('--seed <n>', 'draws other examples', whole)
  .option('--limit <n>', 'the first rows only', whole)
  .option('--answers', 'print each answer as a line of JSON')
  .option('--weights <scheme>', `${weightSchemes.join(' | ')} (default: file)`, among(weightSchemes))
  .option('--device <name>', deviceNames.join(' | '), among(deviceNames))
  .option('--isa <name>', `instruction set of the native device: ${isaNames.join(' | ')}`, among(isaNames))
  .option('--threads <n>', 'threads of the native device', whole)
  .action(async (rows, model, options) => (await import('./evaluateTask.js')).evaluateTaskFile(rows, model, options));

withJson(program.command('tune'))
  .description('train an adapter of a frozen model by a recipe: a soft prompt, LoRA, initial states')
  .argument('<recipe>', 'a JSON file')
  .requiredOption('--base <model>', modelArgument)
  .requiredOption('--out <dir>', 'the folder of the run: checkpoints, log, and the adapter at its end')
  .option('--data <dir>', 'where the recipe’s rows are (default: beside the recipe)')
  .option('--resume', 'continue the run of this folder at its newest checkpoint')
  .option('--steps <n>', 'steps in all, in place of the recipe’s', whole)
  .option('--seed <n>', 'in place of the recipe’s', whole)
  .option(
    '--weights <scheme>',
    `what the base is held as: ${weightSchemes.join(' | ')} (default: file)`,
    among(weightSchemes),
  )
  .option('--device <name>', deviceNames.join(' | '), among(deviceNames))
  .option('--isa <name>', `instruction set of the native device: ${isaNames.join(' | ')}`, among(isaNames))
  .option('--threads <n>', 'threads of the native device', whole)
  .action(async (recipe, options) => (await import('./tune.js')).tuneModel(recipe, options));

withJson(program.command('train'))
  .description('train a model by a recipe, or continue one')
  .argument('<recipe>', 'a JSON file')
  .requiredOption('--out <dir>', 'the folder of the run: checkpoints, log, and the model at its end')
  .option('--data <dir>', 'where the recipe’s data files are (default: beside the recipe)')
  .option('--init <model>', 'a model to continue: a folder, a .gguf file, or ORG/NAME from the local hub cache')
  .option('--resume', 'continue the run of this folder at its newest checkpoint')
  .option('--steps <n>', 'steps in all, in place of the recipe’s', whole)
  .option('--seed <n>', 'in place of the recipe’s', whole)
  .option('--report <file>', 'write the log as one HTML page')
  .option('--device <name>', deviceNames.join(' | '), among(deviceNames))
  .option('--isa <name>', `instruction set of the native device: ${isaNames.join(' | ')}`, among(isaNames))
  .option('--threads <n>', 'threads of the native device', whole)
  .action(async (recipe, options) => (await import('./train.js')).trainModel(recipe, options));

const tokenizer = program.command('tokenizer').description('make tokenizers');
withJson(tokenizer.command('train'))
  .description(
    'learn a vocabulary and write a tokenizer.json: byte-level BPE with a token for every digit, or WordPiece',
  )
  .argument('<files...>', 'text, .jsonl, and either of them in gzip; * in a file’s name stands for any characters')
  .option('--kind <name>', 'bpe | wordpiece (of BERT, with [MASK])', among(['bpe', 'wordpiece']), 'bpe')
  .option('--keep-case', 'of wordpiece: keep upper case and accents')
  .requiredOption('--vocab-size <n>', 'tokens in the end: special tokens, bytes or characters, merges', whole)
  .requiredOption('--out <file>', 'the tokenizer.json to write')
  .option(
    '--special <text>',
    'a special token (repeatable; they get the ids from 0; default: <|pad|> <|startoftext|> <|endoftext|>)',
    collect,
  )
  .option('--separator <text>', 'in text files, a line like this stands between documents and is not learned')
  .option('--field <name>', 'of .jsonl files, the field with the text (repeatable; default: text)', collect)
  .option('--threads <n>', 'threads that count words (default: all; the result is the same)', whole)
  .action(async (files, options) => (await import('./trainTokenizer.js')).trainTokenizer(files, options));

withJson(withModel(program.command('bench')))
  .description('measure speed and memory beside what the machine can do')
  .option('--prompt <list>', 'lengths of the prompts to read', ids, [512, 4096])
  .option('--generate <n>', 'tokens to decode', whole, 64)
  .option('--batch <list>', 'numbers of sequences to decode together', ids, [1, 4, 16])
  .option('--repeats <n>', 'how often a prompt is read; the median counts', whole, 3)
  .option('--profile <file>', 'say where the time goes, and write it as a trace for Perfetto')
  .action(async (model, options) => (await import('./bench.js')).bench(chosenModel(model, options.model), options));

withJson(program.command('pull'))
  .description('download a model from the hub into its local cache')
  .argument('<name>', 'ORG/NAME')
  .argument('[file]', 'one file of it, such as MODEL-Q8_0.gguf (default: the model)')
  .option('--revision <name>', 'branch, tag or commit (default: main)')
  .action(async (name, file, options) => (await import('./pull.js')).pull(name, file, options));

withJson(program.command('list'))
  .description('show which models are in the hub’s cache on this machine, how large, and where')
  .argument('[name]', 'only models whose names have this in them')
  .action(async (name, options) => (await import('./list.js')).list(name, options));

addAskCommands(program);
addMrklEvaluations(evaluation);
addEncoderCommands(program);
addPmiCommands(program.command('pmi').description('n-grams that belong together: count, score, mask'));
withJson(program.command('index'))
  .description(
    'index the text, Markdown, HTML and JSON lines of a folder for search and ask-docs, or what changed of them',
  )
  .argument('<folder>', 'the folder')
  .option('--index <dir>', 'where the index is kept (default: .jambalaya-index in the folder)')
  .option('--words <n>', 'words of a passage at most', whole, 200)
  .option('--field <name>', 'of JSON lines, the field with the text (repeatable; the first that a row has)', collect)
  .action(async (folder, options) => (await import('./indexDocuments.js')).indexDocuments(folder, options));

withJson(program.command('search'))
  .description('show the passages of an indexed folder that fit a query best (BM25)')
  .argument('<folder>', 'the folder, or an index')
  .argument('<query>', 'words or a question')
  .option('--index <dir>', 'where the index is kept (default: .jambalaya-index in the folder)')
  .option('--limit <n>', 'passages at most', whole, 5)
  .action(async (folder, query, options) => (await import('./search.js')).search(folder, query, options));

withJson(withLoading(program.command('ask-docs')))
  .description('answer a question from an indexed folder, with the passages that the answer rests on')
  .argument('<folder>', 'the folder, or an index')
  .argument('<question>', 'such as "How long does the rice simmer?"')
  .option('-m, --model <model>', `reads the passages: ${modelArgument}; without one the best are quoted`)
  .option('--index <dir>', 'where the index is kept (default: .jambalaya-index in the folder)')
  .option('--budget <n>', 'tokens of passages that the model reads at most', whole, 512)
  .option('--limit <n>', 'passages to choose from', whole, 20)
  .option('-n, --max-tokens <n>', 'tokens of the answer at most', whole, 64)
  .action(async (folder, question, options) => (await import('./askDocs.js')).askDocs(folder, question, options));

addCostCommands(program.command('cost').description('plan memory, FLOPs, time and money before paying'));

Output.endQuietlyWithoutReader();
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0 && json) {
      const message = error.message.replace(/^error: /, '');
      Output.errorJson({ code: 'usage', message, hint: 'add --help for the options' });
    }
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.exitCode = reportError(error, json);
  }
}
