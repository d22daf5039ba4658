/** The commands of the assistant with exact experts, beside `main.ts`. */
import type { Command } from 'commander';

const withJson = (command: Command): Command => command.option('--json', 'print one JSON object; errors too');

export function addAskCommands(program: Command): void {
  withJson(program.command('ask'))
    .description('answer exactly, with the way that it went, or say what is unsure')
    .argument('<question>', 'such as "What is 15% of 2,340.50 euros in yen?"')
    .option('--now <instant>', 'the clock, such as 2026-03-31T10:00:00Z (default: now)')
    .option('--time-zone <name>', 'such as America/New_York (default: this machine’s)')
    .option('--locale <tag>', 'such as en-GB: decides about 3/4, dollars and gallons (default: en-US)')
    .option('--offline', 'nothing may use the network')
    .option('--quiet', 'the answer alone, without the way that it went')
    .action(async (question, options) => (await import('./ask.js')).ask(question, options));

  withJson(program.command('replay'))
    .description('ask the question of a trace again, at its clock: the same bits, or where they differ (exit code 1)')
    .argument('<trace>', 'a file with the output of `ask --json`, or its trace')
    .action(async (trace, options) => (await import('./ask.js')).replayTrace(trace, options));
}

export function addMrklEvaluations(evaluation: Command): void {
  withJson(evaluation.command('mrkl'))
    .description('questions with what must come out: right, wrong, abstained; exit code 1 if one is not right')
    .argument('<cases>', 'a .jsonl file: question, now, timeZone, locale, and value, unit, currency, expert or unsure')
    .option('--now <instant>', 'the clock of cases that have none')
    .option('--time-zone <name>', 'the zone of cases that have none')
    .option('--locale <tag>', 'the locale of cases that have none')
    .action(async (cases, options) => (await import('./evaluateMrkl.js')).evaluateMrkl(cases, options));
  withJson(evaluation.command('mrkl-router'))
    .description('how well questions are routed: coverage, right of what is decided, abstention, calibration')
    .requiredOption('--data <dir>', 'the folder with CLINC150’s val.jsonl.gz')
    .action(async (options) => (await import('./evaluateRouter.js')).evaluateRouter(options));

  withJson(evaluation.command('mrkl-calculator'))
    .description('the calculator study of the MRKL paper on AI21’s questions')
    .requiredOption('--data <dir>', 'the folder with exp1_test, exp2_dev, …')
    .action(async (options) => (await import('./evaluateCalculator.js')).evaluateCalculator(options));
}
