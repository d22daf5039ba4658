/**
 * Checks that the rooms of `src/` keep to their layers. There is no list of exceptions.
 *
 *     node scripts/check-layers.mjs [--root DIR]
 *
 *   rank      imports between rooms point strictly down; rooms of one rank do not know each other
 *   door      a room is entered through its `index.ts`, also by tests, benchmarks and examples
 *   host      `#ROOM/host` is used inside ROOM only; a `host.node.ts` or `host.browser.ts` is otherwise imported by its own kind
 *   node      `node:` modules are imported by files named `host.node.ts` or `….host.node.ts`, by the room `cli`, and by tests
 *   outside   code under `src/` imports nothing from outside it; only tests do
 *   cycle     no import cycles between files, imports of types included
 *   size      no source file over 600 lines; files that a script generates and that say so are not source
 *
 * One line per violation with the way to mend it; exit code 1 if there is any.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ranks = {
  errors: 0,
  contract: 0,
  devices: 1,
  formats: 1,
  tokenizers: 1,
  cost: 1,
  tensor: 2,
  grammar: 2,
  retrieval: 2,
  pmi: 2,
  nn: 3,
  models: 4,
  generation: 5,
  training: 5,
  quantization: 5,
  adapters: 6,
  runtime: 7,
  mrkl: 8,
  server: 9,
  cli: 10,
};
/** Folders beside `src/` whose files enter the rooms from above. */
const callers = ['web', 'test', 'bench', 'examples'];
const sizeLimit = 600;
const sizedFolders = ['src', 'test', 'scripts', 'kernels', 'bench', 'examples', 'shaders', 'web'];
const sizedFile = /\.(ts|tsx|mjs|js|h|cpp|wgsl)$/;

const rootOption = process.argv.indexOf('--root');
const root = rootOption > 0 ? resolve(process.argv[rootOption + 1]) : dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');

/** Files under a folder, as paths from the root with forward slashes. */
function filesUnder(folder, pattern) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .sort();
}

/** Comments that stand on lines of their own, blanked, so that code in a docstring is not taken for an import. */
function withoutComments(text) {
  const blank = (comment) => comment.replace(/[^\n]/g, ' ');
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, blank).replace(/^[ \t]*\/\/.*$/gm, blank);
}

/** Every import, re-export, `import()` and `import('…').Type`, with its line. */
function importsOf(text) {
  const code = withoutComments(text);
  const found = [];
  const add = (match) => {
    const at = match.index + match[0].length - match[1].length;
    found.push({ specifier: match[1], line: code.slice(0, at).split('\n').length });
  };
  for (const match of code.matchAll(/^(?:import|export)\b(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)) add(match);
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) add(match);
  return found;
}

const isTest = (file) => file.endsWith('.test.ts');
/** The room of a file; none for the files directly in `src/` and for those outside it. */
const roomOf = (file) => (/^src\/.*\//.test(file) ? file.split('/')[1] : undefined);
const hostKind = (file) => /[/.]host\.(node|browser)\.ts$/.exec(file)?.[1];
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0]);

const violations = [];
const report = (file, line, rule, what, mend) => violations.push(`${file}:${line}: ${rule}: ${what}; ${mend}`);

/** The files that an import leads to: one, or both twins of `#ROOM/host`. */
function targetsOf(file, specifier) {
  const host = /^#([^/]+)\/host$/.exec(specifier);
  if (host !== null) return [`src/${host[1]}/host.node.ts`, `src/${host[1]}/host.browser.ts`];
  if (!specifier.startsWith('.')) return [];
  const path = relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join('/');
  return [path.replace(/\.js$/, '.ts')];
}

function checkImport(file, { specifier, line }) {
  const room = roomOf(file);
  const inside = file.startsWith('src/');
  if (inside && isBuiltin(specifier)) {
    if (hostKind(file) !== 'node' && room !== 'cli' && !isTest(file)) {
      const mend = `move what needs it into ${room === undefined ? 'a room' : `src/${room}`}'s host.node.ts and import it from #${room ?? 'ROOM'}/host`;
      report(file, line, 'node', `imports ${specifier}`, mend);
    }
    return;
  }
  const host = /^#([^/]+)\/host$/.exec(specifier);
  if (host !== null && host[1] !== room) {
    report(file, line, 'host', `imports ${specifier} from outside that room`, `import src/${host[1]}/index.ts`);
    return;
  }
  if (!specifier.startsWith('.')) return;
  const [target] = targetsOf(file, specifier);
  if (!target.startsWith('src/')) {
    if (inside && !isTest(file)) report(file, line, 'outside', `imports ${target}`, 'move what it needs into src/');
    return;
  }
  const targetRoom = roomOf(target);
  if (room !== undefined && targetRoom === room) {
    const kind = hostKind(target);
    if (kind !== undefined && kind !== hostKind(file) && !isTest(file)) {
      report(file, line, 'host', `imports ${target}`, `import #${room}/host, so that the browser gets its own twin`);
    }
    return;
  }
  if (targetRoom === undefined) {
    if (!file.startsWith('src/')) return;
    report(file, line, 'rank', `imports ${target}, which stands above all rooms`, 'import the room that has it');
    return;
  }
  if (room !== undefined && ranks[room] <= ranks[targetRoom]) {
    const what = `${room} (rank ${ranks[room]}) imports ${targetRoom} (rank ${ranks[targetRoom]})`;
    report(file, line, 'rank', what, 'move the shared part into a room below both, or the caller into a room above');
  }
  if (target !== `src/${targetRoom}/index.ts`) {
    report(
      file,
      line,
      'door',
      `imports ${target}`,
      `import src/${targetRoom}/index.ts, and export there what is meant for others`,
    );
  }
}

/** Cycles: one line per strongly connected component, with a shortest way round it. */
function checkCycles(edges) {
  let counter = 0;
  const order = new Map();
  const low = new Map();
  const stack = [];
  const visit = (file) => {
    order.set(file, counter);
    low.set(file, counter++);
    stack.push(file);
    for (const { target } of edges.get(file)) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file), low.get(target)));
    }
    if (low.get(file) !== order.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length === 1 && !edges.get(file).some(({ target }) => target === file)) return;
    const way = wayRound(component.sort()[0], new Set(component));
    const line = edges.get(way[0]).find(({ target }) => target === way[1]).line;
    report(way[0], line, 'cycle', way.join(' -> '), 'move what both need into a file that imports neither');
  };
  const wayRound = (start, inside) => {
    const queue = [[start]];
    const seen = new Set();
    for (;;) {
      const way = queue.shift();
      for (const { target } of edges.get(way[way.length - 1])) {
        if (target === start) return [...way, start];
        if (!inside.has(target) || seen.has(target)) continue;
        seen.add(target);
        queue.push([...way, target]);
      }
    }
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
}

const files = filesUnder('src', /\.ts$/);
const edges = new Map(files.map((file) => [file, []]));
for (const file of files) {
  const room = roomOf(file);
  if (room !== undefined && ranks[room] === undefined) {
    report(file, 1, 'rank', `src/${room} is no room`, `move the file into one of ${Object.keys(ranks).join(', ')}`);
    continue;
  }
  for (const found of importsOf(readFileSync(join(root, file), 'utf8'))) {
    checkImport(file, found);
    for (const target of targetsOf(file, found.specifier)) {
      if (edges.has(target)) edges.get(file).push({ target, line: found.line });
    }
  }
}
for (const file of callers.flatMap((folder) => filesUnder(folder, /\.ts$/))) {
  for (const found of importsOf(readFileSync(join(root, file), 'utf8'))) checkImport(file, found);
}
checkCycles(edges);

const sizes = [];
for (const file of sizedFolders.flatMap((folder) => filesUnder(folder, sizedFile))) {
  const text = readFileSync(join(root, file), 'utf8');
  if (/^\/\/ Generated from /.test(text)) continue;
  const lines = text.split('\n').length - 1;
  sizes.push(lines);
  if (lines > sizeLimit)
    report(file, sizeLimit + 1, 'size', `${lines} lines`, `split it: a file has at most ${sizeLimit}`);
}
sizes.sort((a, b) => a - b);

if (!existsSync(source))
  report('src', 1, 'rank', 'there is no such folder', 'run this in the repository, or give --root');
for (const line of violations) console.error(line);
const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
console.log(
  `layers: ${files.length} files in src, ${violations.length} violations; ${sizes.length} sized files, median ${median} lines, largest ${sizes.at(-1) ?? 0}`,
);
process.exit(violations.length > 0 ? 1 : 0);
