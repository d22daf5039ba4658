/**
 * Bundles the browser entry and fails on a Node module in it, naming the chain of imports that leads there.
 *
 *     node scripts/check-browser-bundle.mjs [ENTRY]        (src/browser.ts)
 *
 * Prints the size of the bundle, minified and gzipped.
 */
import { builtinModules } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = resolve(process.argv[2] ?? resolve(root, 'src', 'browser.ts'));

/** Node modules that something imports: who, and what. Kept out of the bundle, so that all of them are found at once. */
const nodeImports = [];
const findNodeModules = {
  name: 'find-node-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path, importer }) => {
      if (!path.startsWith('node:') && !builtinModules.includes(path)) return undefined;
      nodeImports.push({ path, importer: relative(root, importer) });
      return { path, external: true };
    });
  },
};

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [entry],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  conditions: ['jambalaya-source', 'browser'],
  target: 'es2022',
  minify: true,
  metafile: true,
  write: false,
  logLevel: 'error',
  plugins: [findNodeModules],
});

/** The shortest way from the entry to a file, as the bundle's own list of imports has it. */
function chainTo(file) {
  const queue = [[relative(root, entry)]];
  const seen = new Set();
  for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
    const last = chain[chain.length - 1];
    if (last === file) return chain;
    for (const { path } of metafile.inputs[last]?.imports ?? []) {
      if (!seen.has(path)) queue.push([...chain, path]);
      seen.add(path);
    }
  }
  return [file];
}

if (nodeImports.length > 0) {
  for (const { path, importer } of nodeImports) {
    console.error(`browser bundle: ${path}: ${[...chainTo(importer), path].join(' -> ')}`);
  }
  console.error('move what needs it into host.node.ts, with a twin in host.browser.ts');
  process.exit(1);
}
const [{ contents }] = outputFiles;
const files = Object.keys(metafile.inputs).length;
console.log(
  `browser bundle: ${files} files, no Node module, ${(contents.length / 1000).toFixed(1)} kB minified, ${(gzipSync(contents).length / 1000).toFixed(1)} kB gzipped`,
);
