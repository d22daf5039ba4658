import { describe, expect, it } from 'vitest';
import { Admission } from './admission.js';

const never = new AbortController().signal;

describe('Admission', () => {
  it('lets so many run, then queues in order, then refuses', async () => {
    const admission = new Admission(2, 2);
    const [first, second] = [await admission.enter(never), await admission.enter(never)];
    const order: number[] = [];
    const waiting = [3, 4].map((number) =>
      admission.enter(never).then((release) => {
        order.push(number);
        return release;
      }),
    );
    expect([admission.running, admission.queued]).toEqual([2, 2]);
    await expect(admission.enter(never)).rejects.toMatchObject({
      status: 429,
      detail: { headers: { 'retry-after': '1' } },
    });
    first();
    first();
    const third = await waiting[0]!;
    expect(order).toEqual([3]);
    second();
    const fourth = await waiting[1]!;
    expect(order).toEqual([3, 4]);
    third();
    fourth();
    expect([admission.running, admission.queued]).toEqual([0, 0]);
  });

  it('forgets who leaves the queue, and nobody else', async () => {
    const admission = new Admission(1, 5);
    const release = await admission.enter(never);
    const leaving = new AbortController();
    const gone = admission.enter(leaving.signal);
    const next = admission.enter(never);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ status: 499 });
    expect(admission.queued).toBe(1);
    release();
    (await next)();
    expect(admission.running).toBe(0);
    await expect(admission.enter(leaving.signal)).rejects.toMatchObject({ status: 499 });
  });
});
