import { createInterface, emitKeypressEvents, type Interface } from 'node:readline';
import { loadModel } from '../runtime/index.js';
import { ChatSession } from './chatSession.js';
import { type ChatCard, chatCard, chosenModel } from './modelChoice.js';
import { type ModelOptions, modelOptions, type SamplingFlags, samplingOptions } from './options.js';
import { Output, reportError } from './output.js';

interface ChatOptions extends ModelOptions, SamplingFlags {
  readonly model?: string;
  readonly system?: string;
  readonly verbose?: boolean;
}

/** Asks a terminal to say where a paste begins and ends. */
const bracketedPaste = { on: '\x1b[?2004h', off: '\x1b[?2004l' };

/** Reads turns until the input ends or `/bye`; Ctrl-C clears the line, or stops an answer. */
export async function chat(positional: string | undefined, options: ChatOptions): Promise<void> {
  const name = chosenModel(positional, options.model);
  await using model = await loadModel(name, { cacheBytes: 256e6, ...modelOptions(options) });
  const card = chatCard(name);
  greet(card, model.facets.has('renderChat'));
  const { system, verbose = false } = options;
  const asked = samplingOptions(options);
  const sampling = { ...asked, temperature: asked.temperature ?? card?.temperature };
  const session = new ChatSession({ model, sampling, system, verbose });
  const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ', terminal });
  const turns = new TurnReader(lines, terminal);
  let answering: AbortController | undefined;
  lines.on('SIGINT', () => {
    if (answering !== undefined) answering.abort();
    else if (!turns.clear()) Output.note('\n/bye or Ctrl-D leaves');
    if (answering === undefined) lines.prompt();
  });
  lines.prompt();
  for await (const turn of turns) {
    if (turn.trim() !== '') {
      answering = new AbortController();
      try {
        const { signal } = answering;
        const goesOn = turn.startsWith('/')
          ? await session.command(turn.trim(), signal)
          : await session.say(turn, signal).then(() => true);
        if (!goesOn) break;
      } catch (error) {
        // What goes wrong with one turn leaves the conversation as it was.
        reportError(error, false);
      } finally {
        answering = undefined;
      }
    }
    lines.prompt();
  }
  turns.close();
}

function greet(card: ChatCard | undefined, hasTemplate: boolean): void {
  if (card !== undefined) {
    Output.note(`It ${card.can}.`);
    Output.note(`It cannot ${card.cannot}.`);
    if (card.prompts.length > 0) Output.note(`Try: ${card.prompts.slice(0, 3).join('  |  ')}`);
  }
  if (!hasTemplate) Output.note('The model has no chat template: it continues your text as it stands.');
  Output.note('/help lists the commands; Ctrl-D leaves.');
}

/** Turns out of lines. On a terminal, lines that come at once, or between the marks of a paste, are one turn. */
class TurnReader {
  private readonly ready: string[] = [];
  private pieces: string[] = [];
  private pasting = false;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly lines: Interface,
    private readonly terminal: boolean,
  ) {
    lines.on('line', (line) => this.take(line));
    lines.on('close', () => {
      this.flush();
      this.ended = true;
      this.wake?.();
    });
    if (!terminal) return;
    emitKeypressEvents(process.stdin);
    process.stdin.on('keypress', (_text, key: { name?: string } | undefined) => {
      if (key?.name === 'paste-start') this.pasting = true;
      if (key?.name === 'paste-end') this.pasting = false;
    });
    process.stderr.write(bracketedPaste.on);
  }

  /** Drops what was typed, and says whether that was anything. */
  clear(): boolean {
    const typed = this.pieces.length > 0 || this.lines.line !== '';
    this.pieces = [];
    this.pasting = false;
    if (this.lines.line !== '') this.lines.write(null, { ctrl: true, name: 'e' });
    if (this.lines.line !== '') this.lines.write(null, { ctrl: true, name: 'u' });
    if (typed) process.stderr.write('\n');
    return typed;
  }

  close(): void {
    if (this.terminal) process.stderr.write(bracketedPaste.off);
    this.lines.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (;;) {
      while (this.ready.length > 0) yield this.ready.shift()!;
      if (this.ended) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private take(line: string): void {
    if (!this.terminal) {
      this.ready.push(line);
      this.wake?.();
      return;
    }
    this.pieces.push(line);
    // Lines of one piece of input arrive without a turn of the event loop between them.
    if (!this.pasting) setImmediate(() => this.flush());
  }

  private flush(): void {
    if (this.pasting || this.pieces.length === 0) return;
    this.ready.push(this.pieces.join('\n'));
    this.pieces = [];
    this.wake?.();
  }
}
