/** The command line as a process of its own: what it prints, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly onStart?: (process: ChildProcess) => void;
  /** Called with the running process and what it has printed so far, whenever it prints. */
  readonly onOutput?: (process: ChildProcess, stdout: string) => void;
}

export interface CliResult {
  /** The exit code, or the signal that ended the process. */
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without what would change a result: our own variables, those of the hub, and flags for Node. */
export function plainEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(JAMBALAYA_|HF_|HUGGING|NODE_OPTIONS)/.test(name));
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A process that does not end by itself is ended, sooner than its test. */
const longestMilliseconds = 100_000;

/** Runs a Node program from the root of the repository to its end. */
export function runNode(
  args: readonly string[],
  { env, input, onStart, onOutput }: CliOptions = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...plainEnvironment(), ...env },
      timeout: longestMilliseconds,
    });
    onStart?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.(child, stdout);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal!, stdout, stderr }));
    child.stdin.end(input ?? '');
  });
}

export const jambalaya = (args: readonly string[], options?: CliOptions): Promise<CliResult> =>
  runNode([main, ...args], options);

/** Runs a command with `--json` that is to succeed: one object on stdout, nothing on stderr. */
export async function jambalayaJson<T>(args: readonly string[], options?: CliOptions): Promise<T> {
  const result = await jambalaya([...args, '--json'], options);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(result.stdout) as T;
}

export interface CliError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Runs a command with `--json` that is to fail: one object on stderr and nothing else, nothing on stdout. */
export async function jambalayaError(
  args: readonly string[],
  exitCode: number,
  options?: CliOptions,
): Promise<CliError> {
  const result = await jambalaya([...args, '--json'], options);
  expect(result).toMatchObject({ code: exitCode, stdout: '' });
  expect(result.stderr).toMatch(/^\{.*\}\n$/);
  const error = JSON.parse(result.stderr) as CliError;
  expect(Object.keys(error).sort()).toEqual(['code', 'hint', 'message']);
  expect(error.message).not.toMatch(/\n\s+at /);
  return error;
}
