/** The peer's process, installed where nobody else depends on it, and spoken to. */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export const peerPackage = 'node-llama-cpp';
const entryIn = (folder) => join(folder, 'node_modules', peerPackage, 'dist', 'index.js');

/** The package's entry under `folder`, installed there if it is not yet; or why there is none. */
export function installPeer(folder, say) {
  if (!existsSync(entryIn(folder))) {
    say(`installing ${peerPackage} into ${folder}`);
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', peerPackage];
    const { status, stderr, error } = spawnSync('npm', args, { encoding: 'utf8' });
    if (status !== 0) {
      const reason = error?.message ?? stderr.split('\n').find((line) => /npm error/.test(line)) ?? `exit ${status}`;
      return { reason: `npm could not install ${peerPackage}: ${reason}` };
    }
  }
  return { entry: entryIn(folder) };
}

/** Starts it; `about` is what it says of itself. */
export async function startPeer(script, entry, threads) {
  const child = fork(script, [entry, String(threads)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const pending = new Map();
  let next = 1;
  const started = new Promise((resolve, reject) => pending.set(0, { resolve, reject }));
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = pending.get(id);
    pending.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${peerPackage}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of pending.values()) reject(new Error(`${peerPackage} ended: ${signal ?? `exit ${code}`}`));
  });
  const call = (method, params) =>
    new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject });
      child.send({ id: next++, method, params });
    });
  return { about: await started, call, end: () => child.disconnect() };
}
