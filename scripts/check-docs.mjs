/**
 * Runs the examples of the documents and follows their links.
 *
 *     node scripts/check-docs.mjs [--root DIR] [--links]        (--links: links only)
 *
 * In README.md, CONTRIBUTING.md and docs/, a fenced block marked `run` is run from the repository's root and has to exit
 * with 0: ```ts run and ```js run as a module that may import `jambalaya` (the built package), of ```sh run the lines
 * that start with `npx jambalaya` or `node`. Blocks that write do so under build/; build/examples/ is empty
 * at the start. Relative links must lead to a file,
 * and their anchors to a heading.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformSync } from 'esbuild';

const { values: options } = parseArgs({ options: { root: { type: 'string' }, links: { type: 'boolean' } } });
const root = options.root === undefined ? dirname(dirname(fileURLToPath(import.meta.url))) : resolve(options.root);
const deadlineMs = 300_000;
const failures = [];

function documents() {
  const docs = join(root, 'docs');
  const nested = existsSync(docs) ? readdirSync(docs, { recursive: true }) : [];
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...nested.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
  ]
    .filter((name) => existsSync(join(root, name)))
    .sort();
}

/** The document as its fenced blocks, and as its text with those blocks blanked. */
function parse(text) {
  const blocks = [];
  const prose = [];
  let open;
  text.split('\n').forEach((line, i) => {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(line);
    if (open === undefined && fence !== null) {
      open = { fence: fence[1], info: fence[2].trim().split(/\s+/), line: i + 1, lines: [] };
      blocks.push(open);
    } else if (open && fence?.[1].startsWith(open.fence) && fence[2] === '') {
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line);
    }
    prose.push(open === undefined && fence === null ? line : '');
  });
  return { blocks, prose: prose.join('\n') };
}

function run(where, command, args) {
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: deadlineMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0)
    failures.push(`${where}: exit ${status ?? signal}: ${command} ${args.join(' ')}\n${stdout}${stderr}`);
}

function runBlock(document, { info: [language], line, lines }) {
  const where = `${document}:${line}`;
  if (language === 'sh') {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const commands = lines.join('\n').replaceAll('\\\n', ' ').split('\n');
    for (const command of commands.filter((text) => /^(npx jambalaya|node) /.test(text))) {
      run(where, 'bash', ['-euo', 'pipefail', '-c', command.replace(/^npx jambalaya/, `node ${bin.jambalaya}`)]);
    }
    return;
  }
  const file = join(root, 'build', 'docs', `${document.replace(/\W/g, '_')}_${line}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  try {
    const { code } = transformSync(lines.join('\n'), { loader: language, format: 'esm', target: 'es2022' });
    writeFileSync(file, code);
  } catch (error) {
    failures.push(`${where}: ${error.message}`);
    return;
  }
  run(where, process.execPath, [relative(root, file)]);
}

/** The anchors that a heading gets where Markdown is shown with links to headings. */
function anchorsOf(file) {
  const anchors = new Set();
  for (const [, heading] of parse(readFileSync(file, 'utf8')).prose.matchAll(/^#+\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function checkLink(where, document, link) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return;
  const [path, anchor] = link.split('#');
  const target = path === '' ? join(root, document) : resolve(root, dirname(document), decodeURIComponent(path));
  if (!existsSync(target)) {
    failures.push(`${where}: the link ${link} leads nowhere`);
  } else if (anchor !== undefined && statSync(target).isFile() && !anchorsOf(target).has(anchor)) {
    failures.push(`${where}: ${relative(root, target)} has no heading #${anchor}`);
  }
}

// What an example refuses to find is not there.
if (!options.links) rmSync(join(root, 'build', 'examples'), { recursive: true, force: true });
const languages = ['ts', 'js', 'sh'];
let ran = 0;
let links = 0;
for (const document of documents()) {
  const { blocks, prose } = parse(readFileSync(join(root, document), 'utf8'));
  prose.split('\n').forEach((line, i) => {
    // Code between backticks is no link.
    const text = line.replace(/`[^`]*`/g, '');
    for (const match of text.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/g)) {
      links++;
      checkLink(`${document}:${i + 1}`, document, match[1] ?? match[2]);
    }
  });
  for (const block of options.links ? [] : blocks) {
    const [language, ...marks] = block.info;
    if (!marks.includes('run')) continue;
    if (!languages.includes(language)) {
      failures.push(`${document}:${block.line}: blocks of ${language} cannot be run, only of ${languages.join(', ')}`);
      continue;
    }
    ran++;
    runBlock(document, block);
  }
}
for (const failure of failures) console.error(failure);
console.log(`docs: ${ran} examples run, ${links} links followed, ${failures.length} failures`);
process.exit(failures.length > 0 ? 1 : 0);
