/**
 * Writes docs/architecture/ops.md from the cases that the ops are tested with.
 *
 *     node scripts/generate-op-table.mjs [--check]        (--check fails if the file is stale)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(root, 'docs', 'architecture', 'ops.md');
const bundle = join(root, 'build', 'docs', 'cases.mjs');

await build({
  absWorkingDir: root,
  stdin: {
    contents: `export { opNames, ops, dtypes } from './src/contract/index.js';
      export { cases as parity } from './test/parity/cases.js';
      export { cases as gradients } from './test/gradcheck/cases.js';`,
    resolveDir: root,
    loader: 'ts',
  },
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['jambalaya-source'],
  logLevel: 'error',
});
const { opNames, ops, dtypes, parity, gradients } = await import(pathToFileURL(bundle).href);

/** Operands of an op by the dtypes that its cases give them, in the order of its schema. */
function operandsByDType(op) {
  const found = Object.fromEntries(dtypes.map((dtype) => [dtype, new Set()]));
  for (const { inputs, outputs } of parity[op]) {
    for (const [name, value] of [...Object.entries(inputs), ...Object.entries(outputs)]) {
      for (const { dtype } of [value].flat()) found[dtype].add(name);
    }
  }
  const order = [...Object.keys(ops[op].tensors), ...Object.keys(ops[op].lists)];
  return dtypes.map((dtype) => order.filter((name) => found[dtype].has(name)).join(', '));
}

const gradientOf = (op) => (typeof gradients[op] === 'string' ? `none: it ${gradients[op]}` : 'checked');
const rows = opNames.map((op) => [ops[op].opcode, `\`${op}\``, ...operandsByDType(op), gradientOf(op)]);
const table = (cells) => `| ${cells.join(' | ')} |`;
const text = `<!-- Generated from the test cases by scripts/generate-op-table.mjs. Do not edit. -->

# Ops

Every op of \`src/contract/ops.ts\`, with the operands that its parity cases (\`test/parity/cases/\`) give each dtype. All cases
run on \`native\` (every instruction set of the machine) and on \`wasm\`, against \`reference\`, which is the specification; those
of \`neon\` also run under emulation. Float operands of the reference are held in float64. A gradient is checked against central
differences in float64 on the reference, and each device's gradient against that one (\`test/gradcheck/\`).

${table(['code', 'op', ...dtypes, 'gradient'])}
${table(['---:', '---', ...dtypes.map(() => '---'), '---'])}
${rows.map(table).join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/architecture/ops.md is stale: run `node scripts/generate-op-table.mjs`');
  process.exit(1);
} else {
  console.log('docs/architecture/ops.md is what the test cases give');
}
