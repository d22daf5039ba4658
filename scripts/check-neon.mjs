/**
 * Kernel parity of NEON on a machine of another kind: cross-compiles the kernels and test/neon/parity.cpp for AArch64 and
 * replays every parity case on `scalar` and `neon` under user-mode emulation, against the reference device's results.
 *
 *     node scripts/check-neon.mjs [OP,OP…]
 *
 * Needs Debian's g++-aarch64-linux-gnu and qemu-user, and installs them with apt-get where they are missing and it may.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildReplay, compileKernels, recordCases, root } from './replay.mjs';

const compiler = 'aarch64-linux-gnu-g++';
const emulator = 'qemu-aarch64';
const found = (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
if (!found(compiler) || !found(emulator)) {
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  const packages = ['g++-aarch64-linux-gnu', 'qemu-user'];
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'inherit' });
}
const out = join(root, 'build', 'neon');
const cases = await recordCases(out, process.argv[2]?.split(','));
const isas = ['scalar', 'neon', 'neondot'];
const flags = ['-O3'];
const objects = await compileKernels({ out, compiler, isas, flags });
// Static, so that the emulator needs no libraries of that machine.
const program = await buildReplay({ out, compiler, isas, objects, flags, link: ['-static'] });
const { status, signal } = spawnSync(emulator, [program, cases], { stdio: 'inherit' });
if (signal !== null) console.error(`${emulator}: ${signal}`);
process.exit(status ?? 1);
