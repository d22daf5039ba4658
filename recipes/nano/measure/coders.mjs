/** What general compressors make of the same text, cold and after they have read the training text. */
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** One thread each: with more, both cut the input into blocks that do not see each other. */
export const coders = [
  {
    name: 'xz -9',
    programs: ['xz'],
    version: ['--version'],
    run: (program, file, out) => [program, ['-9', '-T1', '-k', '-c', file], out],
  },
  {
    name: '7-Zip PPMd',
    programs: ['7z', '7zz', '7za'],
    version: ['i'],
    run: (program, file, out) => [
      program,
      ['a', '-m0=PPMd', '-mx=9', '-mmt=1', '-bso0', '-bsp0', out, file],
      undefined,
    ],
  },
];

/** The program that is there, and its first line of words about itself. */
export function findProgram({ programs, version }) {
  for (const program of programs) {
    const { stdout, status, error } = spawnSync(program, version, { encoding: 'utf8' });
    if (error === undefined && status === 0) return { program, version: stdout.trim().split('\n')[0].trim() };
  }
  return undefined;
}

/** Bytes of a file as a coder writes it. */
async function compressedSize(coder, program, file, folder) {
  const out = join(folder, 'compressed');
  rmSync(out, { force: true });
  rmSync(`${out}.7z`, { force: true });
  const [command, args, stdout] = coder.run(program, file, out);
  const child = spawn(command, args, { stdio: ['ignore', stdout === undefined ? 'ignore' : 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (stdout !== undefined) await pipeline(child.stdout, createWriteStream(out));
  const code = await ended;
  if (code !== 0) throw new Error(`expected ${command} to end with 0, got ${code}`);
  return statSync(stdout === undefined ? `${out}.7z` : out).size;
}

/**
 * Bytes of each text under each coder. Primed is the size of training text and text in one file, minus that of the
 * training text alone.
 *
 * @param {Record<string, string>} texts by name
 * @param {string | undefined} training a file of text that the model was trained on; cold alone without one
 * @param {(what: string) => void} [onStart]
 */
export async function codeTexts(texts, training, onStart = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coders-'));
  const file = join(folder, 'text');
  const result = {};
  try {
    for (const coder of coders) {
      const found = findProgram(coder);
      if (found === undefined) {
        result[coder.name] = { unavailable: `none of ${coder.programs.join(', ')} is installed` };
        continue;
      }
      const size = (path) => compressedSize(coder, found.program, path, folder);
      const entry = { version: found.version, texts: {} };
      result[coder.name] = entry;
      if (training !== undefined) {
        onStart(`${coder.name}: training text`);
        entry.training = await size(training);
      }
      for (const [name, text] of Object.entries(texts)) {
        onStart(`${coder.name}: ${name}`);
        writeFileSync(file, text);
        const bytes = statSync(file).size;
        const measured = { bytes, cold: await size(file) };
        if (training !== undefined) {
          const both = join(folder, 'both');
          await pipeline(createReadStream(training), createWriteStream(both));
          await pipeline(createReadStream(file), createWriteStream(both, { flags: 'a' }));
          measured.primed = (await size(both)) - entry.training;
        }
        entry.texts[name] = measured;
      }
    }
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
