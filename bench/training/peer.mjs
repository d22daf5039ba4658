/** The Python program beside this file, asked one thing at a time. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Why `python` cannot serve, or undefined. */
function missing(python) {
  const { error, status, stderr } = spawnSync(python, ['-c', 'import torch, transformers'], { encoding: 'utf8' });
  if (error !== undefined) return `${python}: ${error.message}`;
  if (status === 0) return undefined;
  return `${python}: ${stderr.trim().split('\n').at(-1) ?? `exit ${status}`}`;
}

/** `{call, about, end}`, or `{reason}`: Python, PyTorch or Transformers is not there. */
export async function startPeer(script, python, threads) {
  const reason = missing(python);
  if (reason !== undefined) return { reason };
  const child = spawn(python, [script, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended with exit status ${child.exitCode}`);
    const { result, error } = JSON.parse(value);
    if (error !== undefined) throw new Error(`${python}: ${error}`);
    return result;
  };
  const about = await next();
  const call = (method, parameters) => {
    child.stdin.write(`${JSON.stringify({ method, ...parameters })}\n`);
    return next();
  };
  return { about, call, end: () => child.stdin.end() };
}
