/** Learning rates over a run: a warm-up, then one of three shapes. */

export const scheduleShapes = ['cosine', 'linear', 'stable-decay', 'constant'] as const;
export type ScheduleShape = (typeof scheduleShapes)[number];

export interface Schedule {
  readonly shape: ScheduleShape;
  /** Steps in which the rate rises from 0; below 1 a share of all steps. */
  readonly warmup: number;
  /** Of `stable-decay`: steps at the end in which the rate falls; below 1 a share of all steps. */
  readonly decay: number;
  /** The last rate, as a share of the largest. */
  readonly final: number;
}

const stepsOf = (amount: number, total: number) => (amount < 1 ? Math.round(amount * total) : amount);

/**
 * The share of the largest rate that step `step` (0 to total − 1) takes. After the warm-up, in which step s takes
 * (s + 1) / warmup, the share falls to `final`, which the step after the last would reach: over all steps that are left, as a half
 * cosine or a line, or over the last `decay` steps, as a line (warm-up, stable, decay).
 */
export function rateShare({ shape, warmup, decay, final }: Schedule, step: number, total: number): number {
  const rising = stepsOf(warmup, total);
  if (step < rising) return (step + 1) / rising;
  if (shape === 'constant') return 1;
  const falling = shape === 'stable-decay' ? Math.min(stepsOf(decay, total), total - rising) : total - rising;
  const into = step - (total - falling);
  if (into < 0) return 1;
  const done = Math.min(1, (into + 1) / (falling + 1));
  const left = shape === 'cosine' ? (1 + Math.cos(Math.PI * done)) / 2 : 1 - done;
  return final + (1 - final) * left;
}
