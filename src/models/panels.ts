/** Int8 matrices in panels inside a checkpoint: its metadata says which they are, and what shape they stand for. */
import { panelColumns } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, isJsonObject, type JsonValue } from '../formats/index.js';
import { panelShape } from '../tensor/index.js';

/** A matrix (Σ rows, columns) whose parts lie in panels one after another (see `packPanels` in the op table). */
export interface PanelLayout {
  readonly rows: readonly number[];
  readonly columns: number;
}

const key = 'jambalaya.panels';

/** What a checkpoint's metadata says of its matrices in panels, by name. */
export const panelMetadata = (layouts: Readonly<Record<string, PanelLayout>>): Record<string, string> =>
  Object.keys(layouts).length === 0 ? {} : { [key]: JSON.stringify(layouts) };

/** Shape of the stored tensor. */
export const storedShape = ({ rows, columns }: PanelLayout): readonly [number, number] => [
  rows.reduce((total, count) => total + panelShape(count, columns)[0], 0),
  panelShape(0, columns)[1],
];

/**
 * The matrices in panels of a checkpoint.
 *
 * @throws `format` for metadata that describe none
 */
export function panelLayouts({ metadata, tensors, folder }: Checkpoint): ReadonlyMap<string, PanelLayout> {
  const text = metadata[key];
  if (text === undefined) return new Map();
  const refuse = (found: string) => {
    throw new JambalayaError('format', {
      file: folder.name,
      expected: `metadata "${key}": {NAME: {"rows": [...], "columns": n}} that fits the tensors`,
      found,
    });
  };
  let layouts: JsonValue;
  try {
    layouts = JSON.parse(text) as JsonValue;
  } catch {
    return refuse('no JSON');
  }
  if (!isJsonObject(layouts)) return refuse('no object');
  const size = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const result = new Map<string, PanelLayout>();
  for (const [name, value] of Object.entries(layouts)) {
    const { rows, columns } = isJsonObject(value) ? value : {};
    if (!Array.isArray(rows) || !rows.every(size) || !size(columns)) return refuse(`another description of ${name}`);
    const layout = { rows: rows as number[], columns };
    const entry = tensors.get(name);
    if (entry?.shape.join() !== storedShape(layout).join()) return refuse(`other sizes for ${name}`);
    if (entry.dtype !== 'I8') return refuse(`${name} as ${entry.dtype}`);
    result.set(name, layout);
  }
  return result;
}

/** The int8 rows (Σ rows, columns) that stored panels stand for. */
export function rowsOfPanels(panels: Int8Array, { rows, columns }: PanelLayout): Int8Array {
  const inner = panelShape(0, columns)[1];
  const result = new Int8Array(rows.reduce((total, count) => total + count, 0) * columns);
  let to = 0;
  let first = 0;
  for (const count of rows) {
    for (let r = 0; r < count; r++, to += columns) {
      const from = first + Math.floor(r / panelColumns) * panelColumns * inner + (r % panelColumns) * 4;
      for (let c = 0; c < columns; c++) {
        result[to + c] = panels[from + Math.floor(c / 4) * 4 * panelColumns + (c % 4)]!;
      }
    }
    first += panelShape(count, columns)[0] * inner;
  }
  return result;
}
