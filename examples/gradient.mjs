// Tensors with gradients: a line through three points, found by gradient descent.
import assert from 'node:assert/strict';
import { openDevice } from 'jambalaya';
import { add, matmul, meanAll, mul, scope, Tape, Tensor } from 'jambalaya/tensor';

const device = await openDevice();
const x = Tensor.from(device, [3, 2], [0, 1, 1, 1, 2, 1]);
const minusY = Tensor.from(device, [3, 1], [-1, -3, -5]);
let line = [0, 0];
for (let step = 0; step < 200; step++) {
  const weight = Tensor.from(device, [1, 2], line);
  weight.requiresGrad = true;
  const tape = new Tape();
  const [gradient] = scope(() => {
    const loss = tape.run(() => {
      const error = add(matmul(x, weight), minusY);
      return meanAll(mul(error, error));
    });
    return tape.gradients(loss, [weight]);
  });
  const slope = await gradient.read();
  line = line.map((value, i) => value - 0.1 * slope[i]);
  for (const each of [tape, gradient, weight]) each.dispose();
}
console.log(`y = ${line[0].toFixed(2)} x + ${line[1].toFixed(2)}`);
assert.ok(Math.abs(line[0] - 2) < 0.05 && Math.abs(line[1] - 1) < 0.05);
device.dispose();
