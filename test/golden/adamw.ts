/** AdamW on the host, as the golden scripts use it: held here until training has a room of its own. */
import type { Parameters } from '../../src/nn/index.js';

const beta1 = 0.9;
const beta2 = 0.95;
const eps = 1e-6;
const decay = 0.1;
const learningRate = 1e-3;
const undecayed = (name: string) => /(bias|A_log|\.D)$/.test(name) || name.includes('layernorm');

export class AdamW {
  private steps = 0;
  private readonly moments = new Map<string, { first: Float64Array; second: Float64Array }>();

  constructor(private readonly parameters: Parameters) {
    for (const [name, { size }] of parameters) {
      this.moments.set(name, { first: new Float64Array(size), second: new Float64Array(size) });
    }
  }

  /** One step with gradients in the parameters' order, clipped to global norm 1; returns the norm before clipping. */
  async step(gradients: readonly ArrayLike<number>[]): Promise<number> {
    this.steps++;
    let squares = 0;
    for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) squares += gradient[i]! ** 2;
    const norm = Math.sqrt(squares);
    const clip = Math.min(1, 1 / (norm + 1e-6));
    for (const [at, [name, parameter]] of [...this.parameters].entries()) {
      const values = Float64Array.from((await parameter.read()) as Float32Array);
      const { first, second } = this.moments.get(name)!;
      for (let i = 0; i < values.length; i++) {
        const g = gradients[at]![i]! * clip;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        if (!undecayed(name)) values[i]! *= 1 - learningRate * decay;
        const corrected = Math.sqrt(second[i]! / (1 - beta2 ** this.steps)) + eps;
        values[i]! -= (learningRate * (first[i]! / (1 - beta1 ** this.steps))) / corrected;
      }
      parameter.write(values);
    }
    return norm;
  }
}
