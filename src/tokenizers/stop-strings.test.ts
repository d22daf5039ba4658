import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJambalayaError } from '../errors/index.js';
import { StopStrings } from './stop-strings.js';

/** Pushes the pieces and puts together what comes out. */
function run(stops: string[], pieces: readonly string[]): { text: string; stopped: string | undefined } {
  const filter = new StopStrings(stops);
  let text = '';
  let stopped: string | undefined;
  for (const piece of pieces) {
    const result = filter.push(piece);
    text += result.text;
    stopped = result.stopped;
  }
  return { text: text + filter.flush(), stopped };
}

/** The rule in its plainest form: look after every character. */
function expected(stops: string[], whole: string): { text: string; stopped: string | undefined } {
  for (let end = 1; end <= whole.length; end++) {
    const ending = stops.filter((stop) => whole.slice(0, end).endsWith(stop));
    ending.sort((a, b) => b.length - a.length);
    const [stop] = ending;
    if (stop !== undefined) return { text: whole.slice(0, end - stop.length), stopped: stop };
  }
  return { text: whole, stopped: undefined };
}

describe('StopStrings', () => {
  it('ends the text before a stop string that comes in pieces', () => {
    const filter = new StopStrings(['</end>']);
    expect(filter.push('one <')).toEqual({ text: 'one ' });
    expect(filter.push('b> two </e')).toEqual({ text: '<b> two ' });
    expect(filter.push('nd> three')).toEqual({ text: '', stopped: '</end>' });
    expect(filter.push('four')).toEqual({ text: '', stopped: '</end>' });
    expect(filter.flush()).toBe('');
  });

  it('gives the held text back when the text ends by itself', () => {
    expect(run(['abc'], ['xab'])).toEqual({ text: 'xab', stopped: undefined });
    expect(run([], ['x', 'y'])).toEqual({ text: 'xy', stopped: undefined });
  });

  it('stops at what is complete first, and at the longer of two that end together', () => {
    expect(run(['abcd', 'bc'], ['abcd'])).toEqual({ text: 'a', stopped: 'bc' });
    expect(run(['c', 'abc'], ['abc'])).toEqual({ text: '', stopped: 'abc' });
  });

  it('does the same however the text is cut', () => {
    const unit = fc.constantFrom('a', 'b', 'c');
    const stops = fc.array(fc.string({ unit, minLength: 1, maxLength: 4 }), { maxLength: 3 });
    const pieces = fc.array(fc.string({ unit, maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(stops, pieces, (stop, parts) => {
        expect(run(stop, parts)).toEqual(expected(stop, parts.join('')));
      }),
      { numRuns: 5000 },
    );
  });

  it('holds back nothing that cannot become a stop string', () => {
    const filter = new StopStrings(['\n\n']);
    expect(filter.push('line\n')).toEqual({ text: 'line' });
    expect(filter.push('next')).toEqual({ text: '\nnext' });
  });

  it('refuses an empty stop string', () => {
    const make = () => new StopStrings(['a', '']);
    expect(make).toThrow();
    try {
      make();
    } catch (error) {
      expect(isJambalayaError(error, 'usage')).toBe(true);
    }
  });
});
