/** `npm start`: completes a sample prompt with the model that ships, and says what to try next. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const model = 'models/nano';
const prompt = 'Once upon a time there was a king who';
const flags = ['--max-tokens', '80', '--temperature', '0.6', '--seed', '7'];

console.log(`$ npx jambalaya complete ${model} ${JSON.stringify(prompt)} ${flags.join(' ')}\n`);
process.stdout.write(prompt);
const run = spawnSync(process.execPath, ['dist/cli/main.js', 'complete', model, prompt, ...flags], {
  cwd: root,
  stdio: 'inherit',
});
if (run.status !== 0) process.exit(run.status ?? 1);
console.log(`
Try next:
  npx jambalaya chat ${model}                                talk to it (it repeats and looks up, and knows little)
  npx jambalaya inspect ${model}                             layers, parameters, memory by context length
  npx jambalaya eval lm ${model} --text models/char-shakespeare/heldout.txt
  npx jambalaya train recipes/shakespeare.json --out build/run         train another, in minutes
  JAMBALAYA_DEVICE=wasm npm start                                           the same without native code`);
