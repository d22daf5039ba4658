import { describe, expect, it } from 'vitest';
import { htmlParts } from './documents/html.js';
import { jsonLineParts, usualFields } from './documents/jsonLines.js';
import { markdownParts, textParts } from './documents/text.js';
import type { DocumentPart } from './passage.js';
import { cutText, type Piece, utf8Bytes, wordsIn } from './split.js';

async function* linesOf(text: string): AsyncGenerator<Piece> {
  let begin = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const end = begin + utf8Bytes(line);
    yield { text: line, begin, end, line: i + 1 };
    begin = end + 1;
  }
}

async function all(parts: AsyncIterable<DocumentPart> | Iterable<DocumentPart>): Promise<DocumentPart[]> {
  const found: DocumentPart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

const slice = (text: string, { begin, end }: DocumentPart) =>
  new TextDecoder().decode(new TextEncoder().encode(text).subarray(begin, end));

describe('text', () => {
  const text = 'Ünö two\nthree\n\n\nfour five\n\nsix seven eight nine ten eleven. Twelve thirteen\n\nlast';

  it('joins paragraphs as long as they fit, and knows where they stand', async () => {
    const parts = await all(textParts(linesOf(text), 5));
    expect(parts.map((part) => part.text)).toEqual([
      'Ünö two\nthree\n\nfour five',
      'six seven eight nine ten',
      'eleven. Twelve thirteen\n\nlast',
    ]);
    expect(parts.map(({ line }) => line)).toEqual([1, 7, 7]);
    expect(parts.map((part) => slice(text, part))).toEqual([
      'Ünö two\nthree\n\n\nfour five',
      'six seven eight nine ten ',
      'eleven. Twelve thirteen\n\nlast',
    ]);
  });

  it('loses no word, whatever the size', async () => {
    const words = text.split(/\s+/);
    for (const most of [1, 2, 3, 7, 100]) {
      const parts = await all(textParts(linesOf(text), most));
      expect(parts.flatMap((part) => part.text.trim().split(/\s+/))).toEqual(words);
      expect(Math.max(...parts.map((part) => wordsIn(part.text)))).toBeLessThanOrEqual(most);
    }
  });

  it('cuts long lines at the ends of sentences', () => {
    expect([...cutText('One two. Three four five six. Seven eight nine.', 4)]).toEqual([
      'One two. ',
      'Three four five six. ',
      'Seven eight nine.',
    ]);
  });
});

describe('Markdown', () => {
  it('takes headings as titles, and code for text', async () => {
    const text = '# A\n\nIntro.\n\n## B ##\nOne.\n\n```sh\n# no heading\n\nls\n```\n## C\n### D\nTwo.\n# E\nThree.';
    const parts = await all(markdownParts(linesOf(text), 50));
    expect(parts.map((part) => [part.title, part.text])).toEqual([
      ['A', 'Intro.'],
      ['A › B', 'One.\n\n```sh\n# no heading\nls\n```'],
      ['A › C › D', 'Two.'],
      ['E', 'Three.'],
    ]);
    for (const part of parts) expect(slice(text, part).replace(/\n+/g, '\n')).toBe(part.text.replace(/\n+/g, '\n'));
  });
});

describe('HTML', () => {
  const html = `<!DOCTYPE html><html><head><title>T &amp; U</title><style>p { color: red }</style></head>
<body><!-- <p>none</p> --><p>Ünö <b>two</b> &lt;three&gt; &#x263A;&#65;&nope;</p>
<script>if (a < b) document.write("<p>not this</p>")</script>
<h2>Part <i>one</i></h2><ul><li>first<li>second</ul>
<h2></h2><p title="a > b">third</p>rest</body></html>`;

  it('takes the text of blocks, with headings as titles', async () => {
    const parts = await all(htmlParts(html, 3));
    expect(parts.map(({ title, text }) => [title, text])).toEqual([
      ['T & U', 'Ünö two <three>'],
      ['T & U', '☺A&nope;'],
      ['T & U › Part one', 'first\n\nsecond\n\nthird'],
      ['T & U › Part one', 'rest'],
    ]);
    expect(parts.map(({ line }) => line)).toEqual([2, 2, 4, 5]);
    expect(slice(html, parts[2]!)).toMatch(/^first<li>second[\s\S]*third$/);
    expect(slice(html, parts[3]!)).toBe('rest');
  });

  it.each(['<', '<p', '<script>', '<!--', '</', '<p attr="', '&#xffffff;&#0;', '<h1>'])('ends at %j', async (text) => {
    expect((await all(htmlParts(`a ${text}`, 9))).map((part) => part.text.slice(0, 1))).toEqual(['a']);
  });
});

describe('JSON lines', () => {
  it('makes a passage of a row, several of a long one, and tells of those without text', async () => {
    const skipped: [number, string][] = [];
    const lines = [
      '{"id": 7, "title": "T", "text": "one two"}',
      '',
      '{"contents": "three four five"}',
      'nonsense',
      '[1]',
      '{"other": "x"}',
      '{"text": " "}',
    ].join('\n');
    const parts = await all(
      jsonLineParts(linesOf(lines), 2, usualFields, (line, reason) => skipped.push([line, reason])),
    );
    expect(parts).toEqual([
      { begin: 0, end: 42, line: 1, title: 'T', id: '7', text: 'one two' },
      { begin: 44, end: 75, line: 3, text: 'three four' },
      { begin: 44, end: 75, line: 3, text: 'five' },
    ]);
    expect(skipped.map(([line]) => line)).toEqual([4, 5, 6, 7]);
    expect(skipped[0]![1]).toBe('it is no JSON');
  });
});
