/** `jambalaya cost …`: what a model will take, before it exists. */
import { type Command, InvalidArgumentError } from 'commander';
import { kvDTypes, weightForms } from '../cost/index.js';
import { costMemory } from './costMemory.js';
import { type ReportFlags, writeCostReport } from './costReport.js';
import { Output } from './output.js';

/** A number as people write it: 4096, 300e9. What it may be is checked where it is used. */
const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
};
/** Runs a command, and writes its page if one was asked for. */
const reported =
  <F extends ReportFlags & { readonly html?: string; readonly json?: boolean }>(
    name: string,
    run: (flags: F) => void,
  ) =>
  (flags: F): void => {
    run(flags);
    if (flags.html === undefined) return;
    writeCostReport(flags.html, name, flags);
    if (!flags.json) Output.line(`\nreport: ${flags.html}`);
  };

const configHelp = 'a config.json, or a folder with one';

export function addCostCommands(cost: Command): void {
  const command = (name: string, description: string): Command =>
    cost
      .command(name)
      .description(description)
      .option('--json', 'print one JSON object; errors too')
      .option('--html <file>', 'write a page with plots, whose assumptions can be changed');
  const kvOption = ['--kv-dtype <name>', `dtype of keys and values: ${kvDTypes.join(' | ')}`, 'bf16'] as const;
  const weightsOption = ['--weights <form>', `${weightForms.join(' | ')}`, 'bf16'] as const;

  command('memory', 'parameters, and the bytes of weights, KV cache and states')
    .requiredOption('--config <file>', configHelp)
    .option('--context <tokens>', 'tokens of a sequence (default: 4096)', number)
    .option('--batch <n>', 'sequences', number, 1)
    .option(...weightsOption)
    .option(...kvOption)
    .action(reported('memory', costMemory));
}
