import { expect, test } from 'vitest';
import { readEvents } from './events.js';

const streamOf = (...pieces: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });

test('events come whole, wherever the bytes are cut', async () => {
  const bytes = new TextEncoder().encode('data: é1\n\n: a comment\n\ndata: 2\ndata: 3\r\n\r\ndata: [DONE]\n\n');
  for (let cut = 1; cut < bytes.length; cut++) {
    const found: string[] = [];
    for await (const data of readEvents(streamOf(bytes.slice(0, cut), bytes.slice(cut)))) found.push(data);
    expect(found).toEqual(['é1', '2\n3', '[DONE]']);
  }
});
