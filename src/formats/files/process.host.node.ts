/** Which process a file belongs to, and whether that one still runs: of locks, and of files that are being written. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A process, told apart from a later one of the same number by the time it started at. */
export interface ProcessMark {
  readonly host: string;
  readonly pid: number;
  /** In the kernel's ticks; null where the system does not tell. */
  readonly started: string | null;
}

/** Of this host; a name may be longer than a file's name allows. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

export async function thisProcess(): Promise<ProcessMark> {
  return { host, pid: process.pid, started: (await statusOf(process.pid))?.started ?? null };
}

/** False only for a process that is certainly gone; one of another host cannot be asked. */
export async function mayRun(mark: ProcessMark): Promise<boolean> {
  if (mark.host !== host) return true;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const status = await statusOf(mark.pid);
  if (status === undefined) return true;
  return !status.isDead && (mark.started === null || mark.started === status.started);
}

/** What Linux says of a process. A zombie has ended, though its number is not free yet. */
async function statusOf(pid: number): Promise<{ started: string; isDead: boolean } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The second field is the program's name in parentheses, which may hold anything.
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const started = fields[18];
  return started === undefined ? undefined : { started, isDead: 'ZX'.includes(state) };
}

/**
 * A name beside `path`, which nobody else takes, for what is not finished and will be renamed. What processes that are gone
 * left under such names is cleared away.
 */
export async function newPartial(path: string): Promise<string> {
  const folder = dirname(path);
  const base = basename(path);
  for (const name of await readdir(folder).catch(() => [])) {
    if (await isAbandoned(name, base)) await rm(join(folder, name), { recursive: true, force: true });
  }
  return join(folder, `.${base}.${host}-${process.pid}-${randomBytes(6).toString('hex')}.partial`);
}

async function isAbandoned(name: string, base: string): Promise<boolean> {
  if (!name.startsWith(`.${base}.`)) return false;
  const [, owner, pid] = /^([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{12}\.partial$/.exec(name.slice(base.length + 2)) ?? [];
  return owner !== undefined && !(await mayRun({ host: owner, pid: Number(pid), started: null }));
}
