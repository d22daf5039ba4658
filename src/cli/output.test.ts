import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JambalayaError } from '../errors/index.js';
import { formatBytes, formatCount, formatSeconds, formatTable, Output, ProgressLine, reportError } from './output.js';

let stdout = '';
let stderr = '';

beforeEach(() => {
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  vi.stubEnv('JAMBALAYA_DEBUG', undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [3_979_296, '3.98 MB'],
    [5e12, '5.00 TB'],
    [5e15, '5000.0 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.04, '0.0 s'],
    [9.96, '10.0 s'],
    [42.4, '42 s'],
    [59.7, '1 min 0 s'],
    [61, '1 min 1 s'],
    [119.8, '2 min 0 s'],
    [3600 * 5 + 120, '5 h 2 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it('counts have thousands apart', () => {
    expect(formatCount(1_958_344)).toBe('1,958,344');
  });
});

describe('formatTable', () => {
  it('aligns columns, numbers to the right, and leaves no spaces at the end of a line', () => {
    const rows = [
      ['layer', 'mixer', 'bytes'],
      ['0', 'mamba', '12'],
      ['10', 'attention', '7'],
    ];
    expect(formatTable(rows, [0, 2])).toBe(
      ['layer  mixer      bytes', '    0  mamba         12', '   10  attention      7'].join('\n'),
    );
    expect(
      formatTable([
        ['a', 'long'],
        ['b', 'x'],
      ]),
    ).toBe('a  long\nb  x');
  });

  it('of no rows is empty', () => {
    expect(formatTable([])).toBe('');
  });
});

describe('reportError', () => {
  const usage = new JambalayaError('usage', { argument: 'x', expected: 'a', found: 'b' }, { hint: 'try a' });

  it('tells message and hint on stderr, and wrong use is 2', () => {
    expect(reportError(usage, false)).toBe(2);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'error: x: expected a, got b\nhint: try a\n' });
  });

  it('tells one object with --json, and any other error is 1', () => {
    expect(reportError(new JambalayaError('aborted', { what: 'it' }), true)).toBe(1);
    expect(JSON.parse(stderr)).toEqual({ code: 'aborted', message: 'it was stopped', hint: null });
    stderr = '';
    expect(reportError(new Error('a defect'), true)).toBe(1);
    expect(JSON.parse(stderr)).toEqual({ code: 'internal', message: 'a defect', hint: null });
  });

  it('shows a stack trace with JAMBALAYA_DEBUG', () => {
    vi.stubEnv('JAMBALAYA_DEBUG', '1');
    reportError(new Error('a defect'), false);
    expect(stderr).toMatch(/^error: a defect\nError: a defect\n\s+at /);
  });
});

describe('ProgressLine', () => {
  it('writes a plain line now and then, and the last one, where there is no terminal', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const progress = new ProgressLine(false);
    progress.update('reading', 1, 100);
    expect(stderr).toBe('');
    vi.advanceTimersByTime(6000);
    progress.update('reading', 50, 100, 'half');
    progress.update('reading', 51, 100);
    progress.update('reading', 100, 100);
    progress.end();
    expect(stderr).toBe('reading: 50 %, half, 6.0 s left\nreading: 100 %\n');
  });

  it('says nothing when it is to be quiet', () => {
    const progress = new ProgressLine(true);
    progress.update('reading', 1, 1);
    progress.end();
    expect(stderr).toBe('');
  });
});

describe('Output', () => {
  it('prints one JSON object a line', () => {
    Output.json({ text: 'a\nb' });
    expect(stdout).toBe('{"text":"a\\nb"}\n');
  });
});
