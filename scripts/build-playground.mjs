/**
 * Builds the playground that `jambalaya serve` shows at `/`: one page, one program, one style sheet.
 *
 *     node scripts/build-playground.mjs        (writes dist/playground/)
 */
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'dist', 'playground');
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: { playground: 'web/playground/main.tsx' },
  outdir: out,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  charset: 'utf8',
  logLevel: 'error',
});
for (const file of ['index.html', 'playground.css'])
  copyFileSync(join(root, 'web', 'playground', file), join(out, file));
console.log(`playground: ${(statSync(join(out, 'playground.js')).size / 1000).toFixed(1)} kB`);
