/**
 * Quantization: what becomes int8 and how, at load (`expertsInt8`) and to disk (`quantizeCheckpoint`). The layer that runs
 * on the result is `QuantizedLinear` in `nn`; the products are in the kernels.
 */
export { expertsInt8 } from './expertsInt8.js';
export {
  type QuantizationReport,
  type QuantizeOptions,
  quantizeCheckpoint,
  type TensorReport,
} from './quantizeCheckpoint.js';
