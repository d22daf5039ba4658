import { join } from 'node:path';
import { type PullResult, pullModel } from '../formats/index.js';
import { checkArchitecture } from '../models/index.js';
import { formatBytes, formatCount, interruptible, Output, ProgressLine } from './output.js';

interface PullFlags {
  readonly revision?: string;
  readonly json?: boolean;
}

export async function pull(name: string, file: string | undefined, { revision, json }: PullFlags): Promise<void> {
  const progress = new ProgressLine(json === true);
  let modelType: unknown;
  const result = await pullModel(name, {
    ...(revision === undefined ? {} : { revision }),
    ...(file === undefined ? {} : { file }),
    signal: interruptible(),
    onConfig: (config, configFile) => {
      checkArchitecture(config, `${name}: ${configFile}`);
      modelType = config.model_type;
    },
    onPlan: ({ files, bytes, presentBytes }) => {
      if (json) return;
      const here = presentBytes === 0 ? '' : `, ${formatBytes(presentBytes)} of them here already`;
      Output.note(`${name}: ${filesOf(files.length)}, ${formatBytes(bytes)}${here}`);
    },
    onProgress: ({ file: current, bytes, total, bytesPerSecond }) =>
      progress.update(
        current,
        bytes,
        total,
        `${formatBytes(bytes)} of ${formatBytes(total)}, ${formatBytes(bytesPerSecond)}/s`,
      ),
  }).finally(() => progress.end());
  const command = commandFor(name, result, { revision, file, modelType });
  if (json) {
    Output.json({ ...result, command: command ?? null });
    return;
  }
  const { path, gguf, files, downloadedBytes, reusedBytes } = result;
  Output.line(gguf === undefined ? path : join(path, gguf));
  Output.note(
    `${filesOf(files.length)}, ${formatBytes(downloadedBytes)} downloaded, ${formatBytes(reusedBytes)} were here already`,
  );
  if (command !== undefined) Output.note(`next: ${command}`);
}

const filesOf = (count: number) => `${formatCount(count)} ${count === 1 ? 'file' : 'files'}`;

interface Asked {
  readonly revision: string | undefined;
  readonly file: string | undefined;
  readonly modelType: unknown;
}

/** The command that talks to what was fetched; none for a file that is no model. */
function commandFor(
  name: string,
  { gguf, files }: PullResult,
  { revision, file, modelType }: Asked,
): string | undefined {
  if (file !== undefined && gguf === undefined) return undefined;
  const [repo, inName] = name.split('@');
  const at = revision ?? inName;
  const model = `${repo}${at === undefined || at === 'main' ? '' : `@${at}`}${file === undefined ? '' : `/${gguf}`}`;
  // An encoder continues nothing.
  if (modelType === 'bert') return `npx jambalaya embed ${model} "some text"`;
  const chats = gguf !== undefined || files.some((each) => /^chat_template\.|^tokenizer_config\.json$/.test(each));
  return chats ? `npx jambalaya chat ${model}` : `npx jambalaya complete ${model} "Once upon a time"`;
}
