import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadProcess } from '../../../test/support/processes.js';
import { expectUnlocked, lock } from '../index.js';

let root = '';
let path = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jambalaya-lock-'));
  path = join(root, '.lock');
});
afterEach(() => rm(root, { recursive: true }));

const take = () => lock(path, 'the place');

/** What the lock of this process says, with other fields. */
async function leave(change: object): Promise<void> {
  const held = await take();
  const content = JSON.parse(await readFile(path, 'utf8')) as object;
  await held.release();
  await writeFile(path, JSON.stringify({ ...content, ...change }));
}

describe('lock', () => {
  it('is taken once, and again after it is released', async () => {
    const held = await take();
    for (const refused of [take, () => expectUnlocked(path, 'the place')]) {
      await expect(refused()).rejects.toMatchObject({
        code: 'file',
        message: `the place: cannot write: process ${process.pid} is writing there`,
        hint: expect.stringContaining(path),
      });
    }
    await held.release();
    await held.release();
    await expectUnlocked(path, 'the place');
    await (await take()).release();
    expect(await readdir(root)).toEqual([]);
  });

  it('lets one of many in', async () => {
    await leave({ pid: deadProcess() });
    const results = await Promise.allSettled(Array.from({ length: 20 }, take));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['of a process that is gone', () => ({ pid: deadProcess() })],
    ['of an earlier process of the same number', () => ({ started: '1' })],
  ])('passes over a lock %s', async (_, change) => {
    await leave(change());
    await expectUnlocked(path, 'the place');
    await (await take()).release();
  });

  it.each(['', 'x', '[]', '{"pid":-1}'])('passes over a damaged lock: %j', async (content) => {
    await writeFile(path, content);
    await expectUnlocked(path, 'the place');
    await (await take()).release();
  });

  it('passes over the lock of a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log("up")'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout!, 'data');
    await leave({ pid: child.pid, started: null });
    await expect(take()).rejects.toMatchObject({ code: 'file' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await take()).release();
  });

  it('passes over the lock of a process that has ended and that nobody waited for', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux tells such processes from others');
    // The shell becomes a program that knows nothing of its child.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [text] = (await once(parent.stdout!, 'data')) as [Buffer];
      const pid = Number(text.toString());
      await vi.waitFor(async () => expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /), 10_000);
      await leave({ pid, started: null });
      await (await take()).release();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('keeps away from the lock of another machine, which cannot be asked', async () => {
    await leave({ host: '00000000', pid: deadProcess() });
    await expect(take()).rejects.toMatchObject({ code: 'file' });
  });

  it('does not remove a lock that another one holds by now', async () => {
    const held = await take();
    await writeFile(path, 'of somebody else');
    await held.release();
    expect(await readFile(path, 'utf8')).toBe('of somebody else');
  });

  it('names the place when there is no folder for it', async () => {
    await expect(lock(join(root, 'none', '.lock'), 'x')).rejects.toMatchObject({ code: 'file' });
  });
});
