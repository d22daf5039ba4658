/** `npm run bench -- NAME [options]`: runs `bench/NAME.mjs` on the built package. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [name, ...rest] = process.argv.slice(2);
const folder = fileURLToPath(new URL('../bench/', import.meta.url));
if (name === undefined || !existsSync(`${folder}${name}.mjs`)) {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.slice(0, -4));
  console.error(`npm run bench -- NAME, where NAME is ${names.join(' | ')}`);
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [`${folder}${name}.mjs`, ...rest], { stdio: 'inherit' }).status ?? 1);
