/** Server-sent events, as far as OpenAI-compatible servers use them: one `data:` field each. */

/** Characters of one event at most. */
const longestEvent = 2 ** 24;

/** The data of each event until `[DONE]` or the end. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    buffer += decoder.decode(bytes, { stream: true });
    if (buffer.length > longestEvent) throw new Error(`an event of more than ${longestEvent} characters`);
    const events = buffer.split(/\r?\n\r?\n/);
    buffer = events.pop()!;
    for (const event of events) {
      const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
      const data = lines.map((line) => line.slice('data:'.length).replace(/^ /, '')).join('\n');
      if (data === '[DONE]') return;
      if (data !== '') yield data;
    }
  }
}
