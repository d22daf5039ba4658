import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { JambalayaError } from '../errors/index.js';
import { withDeadline as withoutDeadline } from './host.browser.js';
import { withDeadline } from './host.node.js';

const forever = () => {
  for (;;);
};

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

const timeout = (what: string) => ({ name: 'JambalayaError', code: 'timeout', fields: { what, milliseconds: 50 } });

describe('withDeadline', () => {
  it('returns what the work returns, in both twins', () => {
    expect(withDeadline(1000, 'adding', () => 1 + 1)).toBe(2);
    expect(withoutDeadline(1000, 'adding', () => 1 + 1)).toBe(2);
    expect(withDeadline(1000, 'nothing', () => undefined)).toBe(undefined);
  });

  it('lets errors of the work through as they are', () => {
    const error = new JambalayaError('aborted', { what: 'work' });
    expect(
      thrown(() =>
        withDeadline(1000, 'work', () => {
          throw error;
        }),
      ),
    ).toBe(error);
    expect(
      thrown(() =>
        withDeadline(1000, 'work', () => {
          throw undefined;
        }),
      ),
    ).toBe(undefined);
  });

  it('stops a loop', () => {
    expect(thrown(() => withDeadline(50, 'a loop', forever))).toMatchObject(timeout('a loop'));
  });

  it('stops a regular expression that backtracks without end', () => {
    // 2^60 ways to split the text; the pattern is made at run time so that nothing optimizes it away.
    const pattern = new RegExp(['^(a', '+)', '+$'].join(''));
    const work = () => pattern.test(`${'a'.repeat(60)}b`);
    expect(thrown(() => withDeadline(50, 'a match', work))).toMatchObject(timeout('a match'));
  });

  it('works again after it stopped something, and when nested', () => {
    thrown(() => withDeadline(50, 'a loop', forever));
    expect(withDeadline(1000, 'outer', () => 1 + withDeadline(1000, 'inner', () => 1))).toBe(2);
  });

  it('stops the inner or the outer work, whichever is late', () => {
    const inner = () => thrown(() => withDeadline(50, 'inner', forever));
    expect(withDeadline(10_000, 'outer', inner)).toMatchObject(timeout('inner'));
    const outer = () => withDeadline(50, 'outer', () => withDeadline(10_000, 'inner', forever));
    expect(thrown(outer)).toMatchObject(timeout('outer'));
    expect(withDeadline(1000, 'adding', () => 2)).toBe(2);
  });

  it.skipIf(process.platform === 'win32')('runs work again that was late because its process was stopped', async () => {
    const host = fileURLToPath(new URL('../../dist/tokenizers/host.node.js', import.meta.url));
    const program = `
      const { withDeadline } = await import(${JSON.stringify(host)});
      let runs = 0;
      const work = () => {
        runs += 1;
        if (runs > 1) return runs;
        process.stdout.write('working');
        for (;;);
      };
      process.exitCode = withDeadline(2000, 'work', work);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    await setTimeout(2500);
    child.kill('SIGCONT');
    expect(await ended).toEqual([2, null]);
  });

  it('ends work whose process only ever gets a little of a core', () => {
    // Waiting takes no CPU time, as a process that is held back takes none: no attempt is late by its own doing.
    const flag = new Int32Array(new SharedArrayBuffer(4));
    let attempts = 0;
    const work = () => {
      attempts++;
      for (;;) Atomics.wait(flag, 0, 0, 5);
    };
    expect(thrown(() => withDeadline(50, 'work', work))).toMatchObject(timeout('work'));
    expect(attempts).toBeLessThanOrEqual(6);
  });

  it('refuses a deadline that is none', () => {
    for (const milliseconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(thrown(() => withDeadline(milliseconds, 'work', () => 1))).toMatchObject({ code: 'usage' });
    }
  });
});
