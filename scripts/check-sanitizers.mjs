/**
 * The kernels and the addon under the address and undefined-behaviour sanitizers.
 *
 *     node scripts/check-sanitizers.mjs
 *
 * The recorded parity cases are replayed on every instruction set of this machine, each operand between pages that
 * cannot be touched (test/neon/parity.cpp); then the parity tests run in Node with the
 * sanitized addon. Any report ends the run. JAMBALAYA_PARITY_OPS limits both to some ops. Needs g++ and its libasan.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildReplay, recordCases, root } from './replay.mjs';

const compiler = process.env.CXX ?? 'g++';
const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer', '-g', '-O1'];
const out = join(root, 'build', 'sanitize');
function step(title, command, args, env = {}) {
  const start = performance.now();
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) {
    console.error(`sanitizers: ${title} failed (${signal ?? `exit ${status}`})`);
    process.exit(1);
  }
  console.log(`sanitizers: ${title} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

step('the build of the addon', process.execPath, ['scripts/build-native.mjs', '--out', out], {
  CXX: compiler,
  JAMBALAYA_CXXFLAGS: sanitize.join(' '),
  JAMBALAYA_LDFLAGS: sanitize[0],
  JAMBALAYA_REQUIRE_NATIVE: '1',
});
const cases = await recordCases(out, process.env.JAMBALAYA_PARITY_OPS?.split(','));
const kernels = readdirSync(out).filter((name) => /^isa_\w+\.o$/.test(name));
const isas = kernels.map((name) => name.slice('isa_'.length, -'.o'.length));
const objects = kernels.map((name) => join(out, name));
step('the replay of the parity cases', await buildReplay({ out, compiler, isas, objects, flags: sanitize }), [cases]);

// Node itself is built without the sanitizer, whose runtime has to be loaded before anything else.
const runtime = execFileSync(compiler, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
const sanitized = {
  LD_PRELOAD: runtime,
  // Node keeps what it has allocated until it ends; what the addon leaks is counted by the tests through its memory().
  ASAN_OPTIONS: 'detect_leaks=0',
  UBSAN_OPTIONS: 'print_stacktrace=1',
  JAMBALAYA_ADDON: join(out, 'jambalaya.node'),
};
// Without an addon the parity tests have no native device to run, and would be silent.
const loads = 'if (require(process.env.JAMBALAYA_ADDON).isas().length === 0) process.exit(1)';
step('the loading of the addon', process.execPath, ['-e', loads], sanitized);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
step('the parity tests', process.execPath, [vitest, 'run', 'test/parity', '-t', 'native'], sanitized);
