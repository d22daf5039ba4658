/** `jambalaya cost …`: what a model will take, before it exists. */
import { type Command, Option } from 'commander';
import {
  checkpointings,
  expertExecutions,
  kvDTypes,
  servingAssumptions,
  trainingAssumptions,
  trainingPrecisions,
  weightForms,
} from '../cost/index.js';
import { costBudget } from './costBudget.js';
import { costCompare } from './costCompare.js';
import { costMemory } from './costMemory.js';
import {
  gigabytes,
  type HardwareFlags,
  hardwareOf,
  hardwareOptions,
  layoutOptions,
  number,
  numbers,
  range,
} from './costOptions.js';
import { type ReportFlags, writeCostReport } from './costReport.js';
import { costServe } from './costServe.js';
import { costTrain } from './costTrain.js';
import { deviceNames, isaNames } from './options.js';
import { Output } from './output.js';

/** Runs a command, and writes its page if one was asked for. */
const reported =
  <F extends ReportFlags & HardwareFlags & { readonly html?: string; readonly json?: boolean }>(
    name: string,
    run: (flags: F) => void,
  ) =>
  (flags: F): void => {
    run(flags);
    if (flags.html === undefined) return;
    writeCostReport(flags.html, name, flags, hardwareOf(flags));
    if (!flags.json) Output.line(`\nreport: ${flags.html}`);
  };

const configHelp = 'a config.json, or a folder with one';
const rangeOf = ({ low, high }: { readonly low: number; readonly high: number }) => `${low},${high}`;
const among = (flags: string, description: string, choices: readonly string[], otherwise?: string): Option => {
  const option = new Option(flags, description).choices(choices);
  return otherwise === undefined ? option : option.default(otherwise);
};

export function addCostCommands(cost: Command): void {
  const command = (name: string, description: string): Command =>
    cost
      .command(name)
      .description(description)
      .option('--json', 'print one JSON object; errors too')
      .option('--html <file>', 'write a page with plots, whose assumptions can be changed');
  const kv = () => among('--kv-dtype <name>', 'of keys and values', kvDTypes, 'bf16');
  const weights = () => among('--weights <form>', 'of the weights', weightForms, 'bf16');
  const price = ['--price <low,high>', 'dollars per hour and device (default: the table’s)', range] as const;
  const context = ['--context <tokens>', 'tokens of a sequence (default: 4096)', number] as const;
  const collect = (text: string, before: string[] = []): string[] => [...before, text];

  /** Options of every command about serving. */
  const serving = (of: Command): Command =>
    layoutOptions(hardwareOptions(of))
      .option('--count <n>', 'devices that share the model', number)
      .addOption(weights())
      .addOption(kv())
      .option('--batch <n>', 'sequences at once', number)
      .option('--prefill-chunk <tokens>', 'read prompts so many tokens at a time (default: whole)', number)
      .addOption(among('--experts <how>', 'how a mixture runs over a prompt', expertExecutions, 'one-by-one'))
      .option('--usable <share>', `share of the memory (default: ${servingAssumptions.usable})`, number)
      .option('--efficiency <low,high>', `of the bound (default: ${rangeOf(servingAssumptions.efficiency)})`, range)
      .option(...price);

  command('memory', 'parameters, and the bytes of weights, KV cache and states')
    .requiredOption('--config <file>', configHelp)
    .option(...context)
    .option('--batch <n>', 'sequences', number, 1)
    .addOption(weights())
    .addOption(kv())
    .action(reported('memory', costMemory));

  serving(command('serve', 'whether it fits, for how many, how fast at most, for how much; or on which machines'))
    .requiredOption('--config <file>', configHelp)
    .option(...context)
    .action(reported('serve', costServe));

  const assumed = trainingAssumptions;
  const carbon = assumed.carbonKilogramsPerKilowattHour;
  layoutOptions(command('train', 'FLOPs, memory, time, money and energy of a training run'))
    .requiredOption('--config <file>', configHelp)
    .requiredOption('--tokens <n>', 'tokens processed: sequence length × steps × batch size', number)
    .requiredOption('--hardware <id>', 'see `cost serve --help`')
    .option('--hardware-file <file>', 'a JSON table of hardware and prices, over the built-in one')
    .option('--count <n>', 'devices', number, 1)
    .option(...context)
    .option('--batch-tokens <n>', `tokens of an optimizer’s step (default: ${assumed.batchTokens})`, number)
    .option('--micro-batch <n>', 'sequences that a device works on at once (default: 1)', number)
    .option('--zero <stage>', '0 to 3: what is spread over data-parallel devices (default: 3)', number)
    .addOption(among('--checkpointing <how>', 'whether layers are computed again (default: full)', checkpointings))
    .addOption(
      among('--precision <name>', '16-bit with f32 optimizer, or all f32 (default: mixed)', trainingPrecisions),
    )
    .option('--utilisation <low,high>', `of the peak (default: ${rangeOf(assumed.utilisation)})`, range)
    .option('--restarts <low,high>', `work done again, a factor (default: ${rangeOf(assumed.restarts)})`, range)
    .option(...price)
    .option('--overhead <low,high>', `of buildings, a factor (default: ${rangeOf(assumed.overhead)})`, range)
    .option('--load <low,high>', `mean power over the limit (default: ${rangeOf(assumed.load)})`, range)
    .option('--carbon <low,high>', `kg CO2 per kWh (default: ${rangeOf(carbon)})`, range)
    .option('--network <bytes/s>', 'of a device, between data-parallel copies (default: its interconnect)', number)
    .option('--runs <n>', `runs of each configuration (default: ${assumed.runs})`, number)
    .option('--configurations <n>', `hyper-parameter configurations (default: ${assumed.configurations})`, number)
    .action(reported('train', costTrain));

  serving(command('compare', 'a model beside others, or its own Transformer, over context length'))
    .requiredOption('--config <file>', configHelp)
    .option('--with <file>', 'another config (repeatable; default: attention in every layer)', collect)
    .option('--contexts <list>', 'tokens, separated by commas', numbers)
    .action(reported('compare', costCompare));

  cost
    .command('measure')
    .description('prediction beside measurement: trains and runs a model of a config on this machine')
    .argument('<config>', configHelp)
    .option('--json', 'print one JSON object; errors too')
    .option('--context <tokens>', 'tokens of a sequence', number, 256)
    .option('--batch <n>', 'sequences at once', number, 1)
    .option('--repeats <n>', 'rounds; the median counts', number, 5)
    .addOption(among('--device <name>', 'what computes', deviceNames))
    .addOption(among('--isa <name>', 'instruction set of the native device', isaNames))
    .option('--threads <n>', 'threads of the native device', number)
    .action(async (config, flags) => (await import('./costMeasure.js')).costMeasure(config, flags));

  command('budget', 'backwards: what a sum of money trains, what context fits in a memory')
    .option('--config <file>', configHelp)
    .option('--dollars <n>', 'to spend on one training run', number)
    .option('--memory <size>', 'of one device, as in 24GB', gigabytes)
    .option('--hardware <id>', 'see `cost serve --help`', 'h100')
    .option('--hardware-file <file>', 'a JSON table of hardware and prices, over the built-in one')
    .option('--count <n>', 'devices', number, 1)
    .option(...context)
    .addOption(kv())
    .option('--prefill-chunk <tokens>', 'read prompts so many tokens at a time (default: whole)', number)
    .option('--utilisation <low,high>', `of the peak (default: ${rangeOf(assumed.utilisation)})`, range)
    .option(...price)
    .option('--tokens-per-parameter <n>', 'of the dense model', number, 20)
    .action(reported('budget', costBudget));
}
