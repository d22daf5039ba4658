import { describe, expect, it } from 'vitest';
import * as browser from './host.browser.js';
import type * as node from './host.node.js';

// The compiler holds the twins to the same names and types.
const twin: typeof node = browser;

describe('the browser twin', () => {
  it.each(Object.keys(twin))('%s says what serves instead', async (name) => {
    const call = twin[name as keyof typeof twin] as (path: string) => Promise<unknown>;
    await expect(call('x')).rejects.toMatchObject({ code: 'unavailable', hint: expect.any(String) });
  });
});
