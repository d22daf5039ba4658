import { type DeviceName, opNames, ops } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';

/** Texts of `Status` in `kernels/engine/context.h`, by number. */
const reasons = [
  'ok',
  'malformed command',
  'unknown op',
  'an operand is missing or was freed',
  'an operand has the wrong dtype',
  'an operand is shorter than the sizes say',
  'an output lies in a mapped file',
  'a size is negative, inconsistent or over the limit',
  'an index points outside its table',
];

/** The error for a submission that stopped; `failure` is status, word, opcode, handle. */
export function submissionError(device: DeviceName, failure: Int32Array): JambalayaError<'device'> {
  const [status, word, opcode, handle] = failure;
  const op = opNames.find((name) => ops[name].opcode === opcode) ?? `opcode ${opcode}`;
  const buffer = handle === 0 ? '' : ` (buffer ${handle})`;
  return new JambalayaError('device', {
    device,
    reason: `${op}: ${reasons[status!] ?? `status ${status}`}${buffer}, at word ${word}`,
  });
}
