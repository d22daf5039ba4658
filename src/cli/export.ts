import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, type GgufWriteType, resolveModelPath } from '../formats/index.js';
import { copyFile, type ExportOptions, exportToGguf, exportToHuggingFace, openModel } from '../models/index.js';
import { exportDTypes, type exportForms } from './options.js';
import { formatBytes, formatCount, Output, ProgressLine } from './output.js';
import { checkOutputFile, checkOutputFolder, makeFolder } from './outputFolder.js';

const types = { f32: 'F32', f16: 'F16', bf16: 'BF16', q8_0: 'Q8_0' } as const satisfies Record<
  (typeof exportDTypes)[number],
  string
>;
type DTypeName = keyof typeof types;

interface ExportFlags {
  readonly to: (typeof exportForms)[number];
  readonly out: string;
  readonly dtype?: DTypeName;
  readonly json?: boolean;
}

/** What is told at the end. */
interface Summary {
  readonly type: GgufWriteType;
  readonly tensors: number;
  readonly bytes: number;
  /** Lines for a person; a program finds the same in the fields. */
  readonly notes?: readonly string[];
  readonly [field: string]: unknown;
}

export async function exportModel(name: string, { to, out, dtype, json = false }: ExportFlags): Promise<void> {
  const input = await resolveModelPath(name);
  const progress = new ProgressLine(json);
  const type = dtype && types[dtype];
  const onTensor = (tensor: string, done: number, total: number) => progress.update('exporting', done, total, tensor);
  const checkpoint = await openModel(input);
  let summary: Summary;
  try {
    summary = await (to === 'hf' ? toFolder : toGguf)(checkpoint, input, out, { type, onTensor });
  } finally {
    await checkpoint.close();
    progress.end();
  }
  const { type: written, notes = [], ...fields } = summary;
  const dtypeName = exportDTypes.find((key) => types[key] === written);
  if (json) {
    Output.json({ out, to, dtype: dtypeName, ...fields });
    return;
  }
  for (const note of notes) Output.note(note);
  Output.line(`${out}: ${formatCount(fields.tensors)} tensors, ${dtypeName}, ${formatBytes(fields.bytes)}`);
}

async function toFolder(
  checkpoint: Checkpoint,
  input: string,
  out: string,
  { type, onTensor }: ExportOptions<GgufWriteType>,
): Promise<Summary> {
  if (type === 'Q8_0') {
    throw new JambalayaError(
      'usage',
      { argument: 'dtype', expected: 'f32, f16 or bf16 for a Hugging Face folder', found: 'q8_0' },
      { hint: 'For int8 weights in a folder: npx jambalaya quantize' },
    );
  }
  await checkOutputFolder(input, out);
  return { ...(await exportToHuggingFace(checkpoint, out, { type, onTensor })) };
}

/** Other tokenizers than byte-level BPE are put beside the file, which cannot hold them. */
async function toGguf(
  checkpoint: Checkpoint,
  input: string,
  out: string,
  options: ExportOptions<GgufWriteType>,
): Promise<Summary> {
  await checkOutputFile(input, out);
  await makeFolder(dirname(out));
  const { tokenizer, ...report } = await exportToGguf(checkpoint, out, options);
  const count = report.keptF16.length;
  const notes = count > 0 ? [`${count} tensors stay F16: Q8_0’s blocks of 32 do not divide their rows`] : [];
  if (typeof tokenizer === 'string') return { ...report, notes, tokenizer };
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja']) {
    if (await checkpoint.folder.has(file)) await putBeside(checkpoint, file, out);
  }
  const { reason } = tokenizer;
  notes.push(`a GGUF cannot hold this tokenizer (${reason}): tokenizer.json lies beside it, and has to`);
  return { ...report, notes, tokenizer: 'beside', tokenizerReason: reason };
}

/** Copies a file of the tokenizer into the folder of `out`, unless that of another model is there. */
async function putBeside(checkpoint: Checkpoint, file: string, out: string): Promise<void> {
  const path = join(dirname(out), file);
  const there = await readFile(path).catch(() => undefined);
  if (there === undefined) return copyFile(checkpoint, file, path);
  const source = await checkpoint.folder.open(file);
  const same = there.equals(await source.read(0, source.size));
  await source.close();
  if (same) return;
  throw new JambalayaError(
    'file',
    { file: path, operation: 'write', reason: 'that of another model is there' },
    { hint: `${out} is written; it needs this model’s ${file} beside it: give it a folder of its own` },
  );
}
