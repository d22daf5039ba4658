/**
 * Builds the page of `jambalaya cost … --html`: the page's program with the planner's library and uPlot inlined, so that the
 * one file needs nothing else. The command puts its report into the place that is left for it.
 *
 *     node scripts/build-cost-page.mjs        (writes dist/cost-page.html)
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (...path) => readFileSync(join(root, ...path), 'utf8');

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['web/cost/page.ts'],
  bundle: true,
  format: 'iife',
  platform: 'browser',
  conditions: ['jambalaya-source', 'browser'],
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  write: false,
  logLevel: 'error',
});
const [{ text: program }] = outputFiles;
if (program.includes('</script')) throw new Error('the program would end its own script element');
const style = `${read('node_modules', 'uplot', 'dist', 'uPlot.min.css')}\n${read('web', 'cost', 'style.css')}`;
// Functions, because a replacement text would have its dollar signs read as patterns.
const page = read('web', 'cost', 'page.html')
  .replace('/*STYLE*/', () => style)
  .replace('/*PROGRAM*/', () => program);
mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(join(root, 'dist', 'cost-page.html'), page);
console.log(`cost page: ${(page.length / 1000).toFixed(1)} kB`);
