/** `--html FILE` of the cost commands: one page that needs nothing else, and computes its numbers itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Hardware, hardwareTableDate } from '../cost/index.js';
import { JambalayaError } from '../errors/index.js';
import { readJsonFile } from './costConfig.js';
import { version } from './version.js';

/** Options of a cost command as they were given; `web/cost` has a view of each command that reads them by these names. */
export interface ReportFlags {
  readonly config?: string;
  /** Configs of other models, to compare with. */
  readonly with?: readonly string[];
}

/**
 * Writes the page of a command with its options, its configs and the hardware table that it used.
 *
 * @throws `file` if the page cannot be written, `unavailable` if the package was built without it
 */
export function writeCostReport(
  file: string,
  command: string,
  flags: ReportFlags,
  hardware: readonly Hardware[],
): void {
  const configs = [...(flags.config === undefined ? [] : [flags.config]), ...(flags.with ?? [])];
  const report = {
    command,
    models: configs.map(readModel),
    date: new Date().toISOString().slice(0, 10),
    version,
    hardware,
    hardwareDate: hardwareTableDate,
    options: flags,
  };
  // A JSON text within a script element must not end that element.
  const json = JSON.stringify(report).replaceAll('<', '\\u003c');
  const page = readPage().replace('"REPORT"', () => json);
  try {
    writeFileSync(file, page);
  } catch (error) {
    const { message } = error as Error;
    throw new JambalayaError('file', { file, operation: 'write', reason: message }, { cause: error });
  }
}

/** A config with what people know its model by: a folder's name says more than `config.json`. */
function readModel(path: string) {
  const { name: file, json: config } = readJsonFile(path);
  const stem = basename(file, '.json');
  return { name: stem === 'config' ? basename(dirname(resolve(file))) : stem, file: basename(file), config };
}

function readPage(): string {
  // Beside the compiled rooms; code that runs from its sources finds the built one too.
  for (const path of ['../cost-page.html', '../../dist/cost-page.html']) {
    try {
      return readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
    } catch {
      // The other place, then.
    }
  }
  throw new JambalayaError(
    'unavailable',
    { what: 'the page of a cost report', reason: 'this build has none' },
    { hint: 'npm run build makes it' },
  );
}
