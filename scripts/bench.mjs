/** `npm run bench -- NAME [options]`: runs `bench/NAME.mjs` on the built package. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const [name, ...rest] = process.argv.slice(2);
const root = fileURLToPath(new URL('../', import.meta.url));
if (name === undefined || !existsSync(`${root}bench/${name}.mjs`)) {
  const names = readdirSync(`${root}bench`)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.slice(0, -4));
  console.error(`npm run bench -- NAME, where NAME is ${names.join(' | ')}`);
  process.exit(2);
}
// Node 20 does not know `using` yet.
const outfile = `${root}build/bench/${name}.mjs`;
buildSync({
  entryPoints: [`${root}bench/${name}.mjs`],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
});
process.exit(spawnSync(process.execPath, [outfile, ...rest], { stdio: 'inherit' }).status ?? 1);
