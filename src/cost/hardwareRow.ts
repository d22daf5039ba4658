/** One row of the hardware table: what the arithmetic of seconds, dollars and energy knows about a device. */

/** A number format whose arithmetic has a peak of its own. */
export type PeakDType = 'f32' | 'tf32' | 'bf16' | 'f16' | 'int8' | 'fp8';

/** A range of which one end is as possible as the other: prices are never one number. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** One device that can be rented or bought. Conventions on every figure stand in `hardwareData.ts`. */
export interface Hardware {
  /** As given to `--hardware`: lower case, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'gpu' | 'tpu' | 'cpu';
  /** Of first delivery. */
  readonly year: number;
  readonly memoryBytes: number;
  readonly memoryBytesPerSecond: number;
  /** Dense peaks; a multiply-add is 2. A dtype that is missing has no fast units: see `peakFor`. */
  readonly peakFlopsPerSecond: Readonly<Partial<Record<PeakDType, number>>>;
  /** NVIDIA devices only; ExpertsInt8 wants 8.0. */
  readonly computeCapability?: number;
  /** One direction, all links of a device together. */
  readonly interconnectBytesPerSecond: number;
  readonly powerWatts: number;
  readonly dollarsPerHour: Range;
  /** The vendor's document, or that the row is an assumption. */
  readonly source: string;
  /** What in this row does not stand in the source. */
  readonly assumptions?: readonly string[];
}
