/** A conversation: turns, what a command does to them, and one answer at a time. */
import { writeFile } from 'node:fs/promises';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import type { GenerateRequest, GenerationPart, LanguageModel } from '../runtime/index.js';
import { formatSeconds, Output } from './output.js';

export type Turn = {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
};

type Finish = Extract<GenerationPart, { type: 'finish' }>;

export const help = `/system TEXT   says how to answer, and begins anew; without a text says what stands
/retry         answers the last turn again
/clear         begins anew
/save FILE     writes the conversation as JSON
/bye           leaves (Ctrl-D, too)
Ctrl-C clears the line, then stops an answer. Pasted lines are one turn.`;

export interface ChatSessionOptions {
  readonly model: LanguageModel;
  readonly sampling: Omit<GenerateRequest, 'prompt'>;
  readonly system: string | undefined;
  readonly verbose: boolean;
}

export class ChatSession {
  private turns: Turn[];
  private readonly hasTemplate: boolean;

  constructor(private readonly options: ChatSessionOptions) {
    this.hasTemplate = options.model.facets.has('renderChat');
    this.turns = system(options.system);
  }

  /** What a line that begins with a slash does; false to leave. */
  async command(line: string, signal: AbortSignal): Promise<boolean> {
    const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(line) ?? [];
    switch (name) {
      case 'bye':
      case 'exit':
      case 'quit':
        return false;
      case 'help':
        Output.note(help);
        return true;
      case 'clear':
        this.turns = this.turns.filter(({ role }) => role === 'system');
        Output.note('a new conversation');
        return true;
      case 'system':
        if (rest === '') Output.note(this.turns.find(({ role }) => role === 'system')?.content ?? 'no system message');
        else {
          this.turns = system(rest);
          Output.note('a new conversation, with this system message');
        }
        return true;
      case 'retry':
        await this.retry(signal);
        return true;
      case 'save':
        await this.save(rest);
        return true;
      default:
        Output.note(`there is no /${name}; /help lists what there is`);
        return true;
    }
  }

  /** Answers a turn; if that fails, the turn has not been said. */
  async say(content: string, signal: AbortSignal): Promise<void> {
    const before = this.turns;
    this.turns = [...before, { role: 'user', content }];
    try {
      const answer = await this.answer(signal);
      this.turns = [...this.turns, { role: 'assistant', content: answer }];
    } catch (error) {
      this.turns = before;
      throw error;
    }
  }

  private async retry(signal: AbortSignal): Promise<void> {
    const last = this.turns.findLastIndex(({ role }) => role === 'user');
    if (last < 0) {
      Output.note('nothing was said yet');
      return;
    }
    const { content } = this.turns[last]!;
    const whole = this.turns;
    this.turns = this.turns.slice(0, last);
    try {
      await this.say(content, signal);
    } catch (error) {
      this.turns = whole;
      throw error;
    }
  }

  private async save(file: string): Promise<void> {
    if (file === '') {
      Output.note('/save FILE');
      return;
    }
    try {
      await writeFile(file, `${JSON.stringify({ messages: this.turns }, null, 2)}\n`, { flag: 'wx' });
    } catch (cause) {
      throw new JambalayaError('file', { file, operation: 'write', reason: (cause as Error).message }, { cause });
    }
    Output.note(`${this.turns.length} messages in ${file}`);
  }

  private async answer(signal: AbortSignal): Promise<string> {
    const { model, sampling, verbose } = this.options;
    const { turns, hasTemplate } = this;
    const prompt = hasTemplate ? { messages: turns } : turns.map(({ content }) => content).join('');
    let text = '';
    let finish: Finish | undefined;
    try {
      for await (const part of model.generate({ ...sampling, prompt }, { signal })) {
        if (part.type === 'finish') finish = part;
        if (part.type === 'toolCall') text += this.show(`[calls ${part.name}(${part.arguments})]`, text);
        if (part.type === 'token' || part.type === 'text') text += this.show(part.text, text);
      }
    } catch (error) {
      if (!isJambalayaError(error, 'aborted')) {
        if (text !== '') Output.line();
        throw error;
      }
    }
    Output.line();
    if (finish === undefined) Output.note('(stopped)');
    if (finish?.reason === 'length')
      Output.note(`(cut after ${finish.usage.completionTokens} tokens; -n gives it more)`);
    if (finish !== undefined && verbose) Output.note(report(finish));
    // Templates put white space around what is said themselves.
    return hasTemplate ? text.trim() : text;
  }

  /** Shows a piece, without the white space that an answer to a template begins with. */
  private show(piece: string, before: string): string {
    const shown = this.hasTemplate && before === '' ? piece.trimStart() : piece;
    Output.text(shown);
    return shown;
  }
}

const system = (content: string | undefined): Turn[] => (content === undefined ? [] : [{ role: 'system', content }]);

function report({ usage: { promptTokens, cachedTokens, completionTokens, seconds } }: Finish): string {
  const rate = seconds.decode > 0 ? (completionTokens / seconds.decode).toFixed(0) : '–';
  const prompt = `${promptTokens - cachedTokens} of ${promptTokens} tokens read in ${formatSeconds(seconds.prefill)}`;
  return `(${prompt}; ${completionTokens} answered at ${rate} tokens/s)`;
}
