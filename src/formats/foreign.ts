/** Files that are something else than their name says. The frequent cases are told as what they are. */
import { JambalayaError } from '../errors/index.js';
import type { ByteSource } from './source.js';

/** Bytes at the beginning of a file that {@link foreignContent} looks at. */
export const foreignHeadBytes = 512;

const pullAgain =
  'The download saved a web page, such as an error or a login: fetch the file itself, as npx jambalaya pull ORG/NAME does.';

/** What the beginning of a file gives away, in words for `found`, and what to do. */
export function foreignContent(head: Uint8Array): { readonly found: string; readonly hint: string } | undefined {
  const text = new TextDecoder('latin1').decode(head.subarray(0, foreignHeadBytes));
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    const size = /^size (\d+)$/m.exec(text)?.[1];
    return {
      found: `a Git LFS pointer${size === undefined ? '' : ` to ${size} bytes`} instead of the file`,
      hint: 'Run git lfs pull in that folder, or fetch the model with npx jambalaya pull ORG/NAME.',
    };
  }
  if (/^\s*<(!doctype\s+html|html|head|body)\b/i.test(text)) return { found: 'a web page (HTML)', hint: pullAgain };
  if (/^[^<]{0,3}\s*<\?xml\b/i.test(text)) return { found: 'an XML document', hint: pullAgain };
  if (text.startsWith('GGUF')) return { found: 'a GGUF file', hint: 'Give its name the ending .gguf.' };
  const isPickle = head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5;
  if (text.startsWith('PK\x03\x04') || isPickle) {
    return {
      found: 'a file that PyTorch pickled, or a zip archive',
      hint: 'Such files can run code and are not read: take the safetensors or GGUF form of the model.',
    };
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return { found: 'a gzip file', hint: 'Unpack it first.' };
  return undefined;
}

/** Throws a `format` error where a file is one of {@link foreignContent}. */
export async function expectNotForeign(source: ByteSource, expected: string): Promise<void> {
  const head = await source.read(0, Math.min(foreignHeadBytes, source.size));
  const foreign = foreignContent(head);
  if (foreign === undefined) return;
  const { found, hint } = foreign;
  throw new JambalayaError('format', { file: source.name, expected, found }, { hint });
}
