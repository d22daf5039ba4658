/**
 * Writes `kernels/contract.h` from the op table in `src/contract/ops.ts`.
 *
 *     node scripts/generate-contract.mjs [--check]
 *
 * Reads the compiled table (`dist/contract`), so run `npm run build:ts` first. `--check` fails if the file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { ops, dtypeCodes, matmulModes, ...constants } = await import('../dist/contract/index.js');
const file = fileURLToPath(new URL('../kernels/contract.h', import.meta.url));

const pascal = (name) => name[0].toUpperCase() + name.slice(1);
const lines = [
  '// Generated from src/contract/ops.ts by scripts/generate-contract.mjs. Do not edit.',
  '#pragma once',
  '#include "engine/reader.h"',
  '',
  'namespace jambalaya::JAMBALAYA_ISA {',
  '',
  `enum DType : i32 { ${Object.entries(dtypeCodes)
    .map(([name, code]) => `${name.toUpperCase()} = ${code}`)
    .join(', ')} };`,
  `enum MatmulMode : i32 { ${Object.entries(matmulModes)
    .map(([name, code]) => `${name.toUpperCase()} = ${code}`)
    .join(', ')} };`,
];
for (const [name, value] of Object.entries(constants)) {
  if (typeof value === 'number') lines.push(`constexpr i32 ${name} = ${value};`);
}
for (const [name, schema] of Object.entries(ops)) {
  const tensors = Object.keys(schema.tensors);
  const lists = Object.keys(schema.lists);
  const reads = [
    ...tensors.map((t) => `${t} = r.ref();`),
    ...schema.ints.map((i) => `${i} = r.integer();`),
    ...schema.floats.map((f) => `${f} = r.real();`),
    ...lists.map((l) => `${l} = r.list();`),
  ];
  lines.push('', `struct ${pascal(name)}Args {`, `  static constexpr i32 opcode = ${schema.opcode};`);
  if (tensors.length > 0) lines.push(`  Ref ${tensors.join(', ')};`);
  if (schema.ints.length > 0) lines.push(`  i32 ${schema.ints.join(', ')};`);
  if (schema.floats.length > 0) lines.push(`  f32 ${schema.floats.join(', ')};`);
  if (lists.length > 0) lines.push(`  RefList ${lists.join(', ')};`);
  lines.push(`  explicit ${pascal(name)}Args(Reader& r) {`, ...reads.map((line) => `    ${line}`), '  }', '};');
}
lines.push('', '/** One line per op: X(function, arguments). */', '#define JAMBALAYA_OPS(X) \\');
const names = Object.keys(ops);
names.forEach((name, i) => {
  lines.push(`  X(${name}, ${pascal(name)}Args)${i + 1 < names.length ? ' \\' : ''}`);
});
lines.push('', '}  // namespace jambalaya::JAMBALAYA_ISA', '');

const text = lines.join('\n');
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('kernels/contract.h is stale: run `npm run build:ts && node scripts/generate-contract.mjs`');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
