/**
 * Quantization: what becomes int8 and how, at load (`quantizer`) and to disk (`quantizeCheckpoint`). The layer that runs
 * on the result is `QuantizedLinear` in `nn`; the products are in the kernels.
 */
export {
  type QuantizationReport,
  type QuantizeOptions,
  quantizeCheckpoint,
  type TensorReport,
} from './quantizeCheckpoint.js';
export { expertsInt8, type MatrixScheme, type QuantizationScheme, quantizer } from './schemes.js';
