/** What a person sees: the command line on a pseudo-terminal, at several widths. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { main, plainEnvironment, root } from '../support/cli.js';
import { nano, TemporaryFolder } from '../support/folders.js';

const hasScript = spawnSync('script', ['--version']).status === 0;
const reason = hasScript ? '' : ' (skipped: this system has no script(1) of util-linux)';

const controlSequence = String.fromCharCode(27);
/** The prompt with the cursor behind it. */
const prompt = new RegExp(`> (${controlSequence}\\[\\d+G)?$`);

/** What a terminal of this width shows, and its keyboard. */
class Terminal {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(columns: number, args: readonly string[]) {
    const quoted = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
    const command = `stty cols ${columns} rows 24 2>/dev/null; exec ${quoted}`;
    const env = { ...plainEnvironment(), TERM: 'xterm', CI: undefined };
    this.child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: root, env });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Waits until the output from `from` on has something. */
  async sees(what: string | RegExp, from = 0): Promise<void> {
    for (let tries = 0; tries < 2000; tries++) {
      const shown = this.output.slice(from);
      if (typeof what === 'string' ? shown.includes(what) : what.test(shown)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`no ${what} in ${JSON.stringify(this.output.slice(from))}`);
  }

  /** Types a turn and waits for the prompt after its answer. */
  async turn(text: string): Promise<string> {
    const from = this.output.length;
    this.type(text);
    await this.sees(new RegExp(`\\n[^\\n]*${prompt.source}`), from);
    return plain(this.output.slice(from));
  }

  async code(): Promise<number | null> {
    return this.ended;
  }
}

/** Without what moves the cursor or changes modes. */
const plain = (text: string) =>
  text.replace(new RegExp(`${controlSequence}\\[[?\\d;]*[A-Za-z]`, 'g'), '').replaceAll('\r', '');
const chatArguments = ['chat', nano, '-t', '0', '-n', '24'];

describe.skipIf(!hasScript)(`chat on a terminal${reason}`, () => {
  it.each([40, 80, 120])('greets, answers, and obeys its commands at %i columns', async (columns) => {
    using folder = new TemporaryFolder();
    const terminal = new Terminal(columns, chatArguments);
    await terminal.sees(prompt);
    expect(plain(terminal.output)).toMatch(/It repeats.*\nIt cannot.*\nTry: Repeat: blue/s);
    expect(await terminal.turn('Repeat: blue green\r')).toContain('\nblue green\n');
    expect(await terminal.turn('/help\r')).toContain('/retry');
    expect(await terminal.turn('/retry\r')).toContain('\nblue green\n');
    expect(await terminal.turn('/nonsense\r')).toContain('there is no /nonsense');
    expect(await terminal.turn('/system Be kind.\r')).toContain('a new conversation');
    expect(await terminal.turn('/system\r')).toContain('Be kind.');
    await terminal.turn('Repeat: blue\r');
    const file = folder.file('talk.json');
    await terminal.turn(`/save ${file}\r`);
    const { messages } = JSON.parse(readFileSync(file, 'utf8')) as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(await terminal.turn(`/save ${file}\r`)).toContain('error: ');
    expect(await terminal.turn('/clear\r')).toContain('a new conversation');
    terminal.type('/bye\r');
    expect(await terminal.code()).toBe(0);
  });

  it('takes pasted lines as one turn, with the marks of a paste and without', async () => {
    using folder = new TemporaryFolder();
    const terminal = new Terminal(80, chatArguments);
    await terminal.sees(prompt);
    expect(terminal.output).toContain('\x1b[?2004h');
    await terminal.turn('\x1b[200~Repeat: blue\rgreen\x1b[201~\r');
    await terminal.turn('Repeat: one\rtwo\r');
    const file = folder.file('talk.json');
    await terminal.turn(`/save ${file}\r`);
    const { messages } = JSON.parse(readFileSync(file, 'utf8')) as { messages: { role: string; content: string }[] };
    const said = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
    expect(said).toEqual(['Repeat: blue\ngreen', 'Repeat: one\ntwo']);
    terminal.type('\x04');
    expect(await terminal.code()).toBe(0);
    expect(terminal.output).toContain('\x1b[?2004l');
  });

  it('clears the line on Ctrl-C, then stops an answer, and says where an answer was cut', async () => {
    const terminal = new Terminal(80, ['chat', nano, '-n', '6', '-t', '0', '--verbose']);
    await terminal.sees(prompt);
    terminal.type('Repeat: wrong');
    await terminal.sees('wrong');
    const from = terminal.output.length;
    terminal.type('\x03');
    await terminal.sees(prompt, from);
    const answer = await terminal.turn('Repeat: one two three four five six seven eight nine ten\r');
    expect(answer).not.toContain('wrong');
    expect(answer).toContain('(cut after 6 tokens; -n gives it more)');
    expect(answer).toMatch(/\d+ of \d+ tokens read in .*; 6 answered at \d+ tokens\/s/);
    terminal.type('\x04');
    expect(await terminal.code()).toBe(0);
  });
});

describe.skipIf(!hasScript)(`complete on a terminal${reason}`, () => {
  it('does not take its own answer away, and its progress fits the width', async () => {
    const text = 'Repeat: blue green red. '.repeat(60);
    const terminal = new Terminal(40, ['complete', nano, text, '-t', '0', '-n', '8']);
    expect(await terminal.code()).toBe(0);
    const lines = terminal.output.split(/\r?\n/);
    // After the answer's first letters nothing clears a line.
    const last = terminal.output.lastIndexOf('\x1b[2K');
    const shown = plain(terminal.output.slice(last + 4)).trim();
    expect(shown).not.toBe('');
    expect(shown).toMatch(/tokens on native|tokens on wasm/);
    const drawn = lines.flatMap((line) => line.split('\r')).filter((line) => line.includes('reading the prompt'));
    for (const line of drawn) expect(plain(line).length).toBeLessThan(40);
  });

  it('begins an error on a line of its own', async () => {
    const terminal = new Terminal(80, ['complete', nano, 'x', '-t', '-3']);
    expect(await terminal.code()).toBe(2);
    expect(plain(terminal.output)).toMatch(/(^|\n)error: temperature/);
    expect(existsSync(main)).toBe(true);
  });
});
