/** Server-sent events to a reader who may be slow, or gone. */
import { ApiError, apiErrorOf } from './apiError.js';

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Proxies that collect before they hand on would undo the stream.
  'x-accel-buffering': 'no',
};

/**
 * One event for each item, then `[DONE]`. An error becomes an event, since the status has been sent. Items that wait for a
 * slow reader are bounded by `unreadBytes`; beyond that, and when the reader leaves, the items are returned from.
 */
export function eventStream(events: AsyncGenerator<unknown, void>, unreadBytes: number): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      // Not awaited: the stream has to be handed on before its first event.
      start(controller) {
        void write(controller);
      },
      cancel: async () => {
        await events.return();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: unreadBytes }),
  );
  return new Response(body, { headers });

  async function write(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const send = (data: string) => controller.enqueue(encoder.encode(`data: ${data}\n\n`));
    try {
      for await (const event of events) {
        send(JSON.stringify(event));
        if ((controller.desiredSize ?? 0) <= 0)
          throw new ApiError(408, 'the client does not read', { code: 'slow_reader' });
      }
      send('[DONE]');
      controller.close();
    } catch (error) {
      try {
        send(JSON.stringify(apiErrorOf(error).body));
        controller.close();
      } catch {
        // The reader is gone.
      }
    }
  }
}
