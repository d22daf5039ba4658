/**
 * The tree installs and completes a prompt on a machine without a C++ compiler.
 *
 *     node scripts/check-no-compiler.mjs
 *
 * Copies the tracked files to a temporary folder, runs `npm ci` there with a PATH that holds Node, npm and what a shell
 * needs, and then a completion, which has to run on the WASM device.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const temporary = mkdtempSync(join(tmpdir(), 'jambalaya-no-compiler-'));
const tree = join(temporary, 'tree');
const bin = join(temporary, 'bin');
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));

function fail(reason, output = '') {
  console.error(`no compiler: ${reason}\n${output}`);
  process.exit(1);
}

for (const file of execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean)) {
  if (existsSync(join(root, file))) cpSync(join(root, file), join(tree, file));
}
mkdirSync(bin);
for (const tool of ['npm', 'sh', 'env', 'uname', 'dirname', 'basename', 'cat', 'mkdir', 'rm', 'sed']) {
  const path = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
  symlinkSync(realpathSync(path), join(bin, tool));
}
symlinkSync(process.execPath, join(bin, 'node'));

const ours = (name) => name === 'CXX' || name === 'CC' || /^JAMBALAYA_|^npm_/.test(name);
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours(name))),
  PATH: bin,
};
/** Runs a command in the copy; its output, or the end of this check. */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(join(bin, command), args, { cwd: tree, env, encoding: 'utf8' });
  if (status !== 0) fail(`${command} ${args.join(' ')} ended with ${status}`, `${stdout}${stderr}`);
  return { stdout, stderr };
}

for (const compiler of ['c++', 'g++', 'gcc', 'clang', 'clang++', 'cc']) {
  if (spawnSync(compiler, ['--version'], { env }).error === undefined) fail(`${compiler} is still on the path`);
}
const install = run('npm', ['ci', '--prefer-offline']);
const output = install.stdout + install.stderr;
if (!/no C\+\+ compiler found.*WASM device will serve/.test(output))
  fail('the install did not say that there is no compiler', output);
if (!existsSync(join(tree, 'dist', 'cli', 'main.js'))) fail('the install built no dist/cli/main.js', output);
const args = ['complete', 'models/char-shakespeare', 'ROMEO:', '--max-tokens', '8', '--temperature', '0', '--json'];
const { stdout } = run('node', ['dist/cli/main.js', ...args]);
const { device, isa, completionTokens, text } = JSON.parse(stdout);
if (device !== 'wasm' || isa !== 'simd128') fail(`the completion ran on ${device} ${isa}, not on wasm simd128`, stdout);
if (completionTokens !== 8) fail(`the completion has ${completionTokens} tokens, not 8`, stdout);
console.log(`no compiler: installed, and completed ROMEO: with ${JSON.stringify(text)} on ${device} ${isa}`);
