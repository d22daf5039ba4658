/** Books in lines: the same words, in one form from beginning to end. */
import { expect, it } from 'vitest';
import { wrappedTexts } from '../../recipes/nano/wrapped.mjs';

const paragraph = `"Where's the old man's 'boat'?" asked she—and he -- who else? -- said ("nowhere").`;
const text = `CHAPTER I\n\n${Array.from({ length: 5 }, () => paragraph).join(' ')}\n\nA line\nof verse`;
const texts = Array.from({ length: 60 }, () => text);
const wrapped = [...wrappedTexts(texts, 1)].map((made) => made.text);

it('are lines of at most 60 to 80 characters with the words of the text in their order', () => {
  const widths = wrapped.map((made) => Math.max(...made.split(/\r?\n/).map(({ length }) => length)));
  expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  expect(Math.min(...widths)).toBeGreaterThan(45);
  expect(new Set(widths).size).toBeGreaterThan(8);
  const words = (of: string) => of.replace(/[“”]/g, '"').replace(/[‘’]/g, "'").replaceAll('—', '--').split(/\s+/);
  for (const made of wrapped) expect(words(made)).toEqual(words(text));
});

it('keep paragraphs and verse, and have one kind of ends of lines', () => {
  const ends = wrapped.map((made) => [...new Set(made.match(/\r?\n/g))]);
  expect(ends.every(({ length }) => length === 1)).toBe(true);
  const crlf = ends.filter(([end]) => end === '\r\n').length / ends.length;
  expect(crlf).toBeGreaterThan(0.1);
  expect(crlf).toBeLessThan(0.4);
  for (const made of wrapped) {
    const paragraphs = made.replaceAll('\r\n', '\n').split('\n\n');
    expect(paragraphs).toHaveLength(3);
    expect(paragraphs[0]).toBe('CHAPTER I');
    expect(paragraphs[2]).toBe('A line\nof verse');
  }
});

it('have quotation marks and dashes of one kind, which open and close where they should', () => {
  const whole = wrapped.map((made) => made.split(/\s+/).join(' '));
  const straight = whole.filter((made) => made.includes('"'));
  expect(straight.length).toBeGreaterThan(15);
  expect(straight.length).toBeLessThan(45);
  for (const made of straight) expect(made).not.toMatch(/[“”‘’]/);
  for (const made of whole.filter((one) => !straight.includes(one))) {
    expect(made).toContain('“Where’s the old man’s ‘boat’?” asked');
    expect(made).toContain('(“nowhere”)');
    expect(made).not.toMatch(/["']/);
  }
  for (const made of whole) expect(made.includes('--') && made.includes('—')).toBe(false);
});
