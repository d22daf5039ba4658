import { pullModel } from '../formats/index.js';
import { formatBytes, interruptible, Output, ProgressLine } from './output.js';

export async function pull(name: string, { revision, json }: { revision?: string; json?: boolean }): Promise<void> {
  const progress = new ProgressLine(json === true);
  const result = await pullModel(name, {
    ...(revision === undefined ? {} : { revision }),
    signal: interruptible(),
    onProgress: ({ file, bytes, total, bytesPerSecond }) =>
      progress.update(
        file,
        bytes,
        total,
        `${formatBytes(bytes)} of ${formatBytes(total)}, ${formatBytes(bytesPerSecond)}/s`,
      ),
  });
  progress.end();
  if (json) Output.json(result);
  else {
    Output.line(result.path);
    Output.note(
      `${result.files.length} files, ${formatBytes(result.downloadedBytes)} downloaded, ${formatBytes(result.reusedBytes)} were here already`,
    );
  }
}
