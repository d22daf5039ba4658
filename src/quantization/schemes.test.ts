import { expect, it } from 'vitest';
import { type MatrixScheme, quantizer } from './schemes.js';

it('names the schemes that there are where one is asked for that there is not', () => {
  const wrong = (name: string) => () => quantizer(name as MatrixScheme);
  expect(wrong('f32')).toThrow('expected one of file, experts-int8, int8, bf16, got f32');
  expect(wrong('toString')).toThrow(expect.objectContaining({ code: 'usage', fields: expect.anything() }));
});
