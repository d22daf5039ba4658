import { type DocumentPiece, documentsOf, expandFiles, textsOf } from '../training/index.js';

export interface TextFlags {
  readonly separator?: string | undefined;
  readonly field: string;
}

/** The texts of files as `pmi count` reads them: rows of JSON lines, and lines or what stands between separators. */
export async function* textsOfFiles(names: readonly string[], { separator, field }: TextFlags): AsyncGenerator<string> {
  for (const file of await expandFiles(names)) {
    const isJsonLines = /\.(jsonl|ndjson)(\.gz)?$/i.test(file);
    const parts = (document: DocumentPiece) =>
      textsOf(document).flatMap((text) => (isJsonLines || separator !== undefined ? [text] : text.split('\n')));
    for await (const document of documentsOf(file, { separator, fields: { text: field } })) {
      for (const text of parts(document)) if (text.trim() !== '') yield text;
    }
  }
}
