/** Where the reference finds the rows of paged keys and values. */
import { attentionKeyBlock } from '../../contract/index.js';
import { JambalayaError } from '../../errors/index.js';
import type { Values } from './operands.js';

export interface Pages {
  readonly pageTable: Values;
  readonly pageTokens: number;
  readonly maxPages: number;
  readonly pages: number;
}

function refuse(op: string, reason: string): never {
  throw new JambalayaError('device', { device: 'reference', reason: `${op}: ${reason}` });
}

/** The row of a pool of pages that holds a position of a segment. */
export function pageRow(op: string, pages: Pages, segment: number, position: number): number {
  const { pageTable, pageTokens, maxPages } = pages;
  if (pageTokens <= 0 || pageTokens % attentionKeyBlock !== 0) refuse(op, `pages of ${pageTokens} tokens`);
  if (position < 0 || position >= maxPages * pageTokens) refuse(op, `position ${position} is outside the page table`);
  const page = pageTable[segment * maxPages + Math.floor(position / pageTokens)]!;
  if (page < 0 || page >= pages.pages) refuse(op, `no page ${page}`);
  return page * pageTokens + (position % pageTokens);
}
