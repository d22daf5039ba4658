/** The types of an op's two rules, derived from its schema: what comes out, and how gradients go back in. */
import { type DType, dtypes, type OpName, type Schema } from '../contract/index.js';
import type { Shape } from './shape.js';
import type { Tensor } from './tensor.js';

type KeysWith<T, D> = { [P in keyof T]: T[P] extends D ? P : never }[keyof T];
type Tensors<N extends OpName> = Schema<N>['tensors'];
/** An op declared without lists has the constraint's index signature; it has none. */
type Lists<N extends OpName> = string extends keyof Schema<N>['lists'] ? unknown : Schema<N>['lists'];
/** An op declared without floats has the constraint's `string[]`; it has none. */
type NamesOf<A> = A extends readonly (infer P extends string)[] ? (string extends P ? never : P) : never;

/** Tensors that go in. */
export type Inputs<N extends OpName> = {
  [P in KeysWith<Tensors<N>, 'in' | 'inout'>]: Tensor;
} & { [P in KeysWith<Tensors<N>, 'in?' | 'inout?'>]?: Tensor | undefined } & {
  [P in KeysWith<Lists<N>, 'in'>]: readonly Tensor[];
} & { [P in KeysWith<Lists<N>, 'in?'>]?: readonly Tensor[] | undefined };

/** Tensors that come out; optional ones only when they are asked for. */
export type Outputs<N extends OpName> = { [P in KeysWith<Tensors<N>, 'out'>]: Tensor } & {
  [P in OptionalOutput<N>]?: Tensor;
} & { [P in KeysWith<Lists<N>, 'out'>]: readonly Tensor[] };

export type OptionalOutput<N extends OpName> = KeysWith<Tensors<N>, 'out?'>;
export type Numbers<N extends OpName> = {
  [P in NamesOf<Schema<N>['ints']> | NamesOf<Schema<N>['floats']>]: number;
};

export interface OutputSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What an op makes of its inputs: every output's shape and every number of the command. Throws `shape` errors. */
export type ShapeRule<N extends OpName> = (
  inputs: Inputs<N>,
  attributes: Partial<Numbers<N>>,
) => {
  readonly outputs: {
    readonly [P in KeysWith<Tensors<N>, 'out' | 'out?'>]: OutputSpec;
  } & { readonly [P in KeysWith<Lists<N>, 'out'>]: readonly OutputSpec[] };
  readonly numbers: Numbers<N>;
};

type InputName<N extends OpName> = keyof Inputs<N>;
type OutputName<N extends OpName> = keyof Outputs<N>;
export type Saved<N extends OpName, S> = Pick<Inputs<N> & Outputs<N>, S & (InputName<N> | OutputName<N>)>;

type PerTensor<N extends OpName, T> = {
  readonly [P in InputName<N>]?: Inputs<N>[P] extends readonly Tensor[] | undefined ? readonly T[] : T;
};

/** What a backward rule is told beside the saved tensors. */
export interface BackwardContext<N extends OpName> {
  readonly numbers: Numbers<N>;
  /** Shapes of the inputs that were given; of a list, of every entry. */
  readonly shapes: PerTensor<N, Shape>;
  /** Likewise their element types. */
  readonly dtypes: PerTensor<N, DType>;
  /** Which inputs gradients are wanted for; of a list, which entries. */
  readonly needs: PerTensor<N, boolean>;
}

/** Gradients of the inputs; an input or an entry of a list may be left out when it has none or is not needed. */
export type InputGradients<N extends OpName> = {
  [P in InputName<N>]?: Inputs<N>[P] extends readonly Tensor[] | undefined
    ? readonly (Tensor | undefined)[] | undefined
    : Tensor | undefined;
};

export interface BackwardRule<N extends OpName, S extends InputName<N> | OutputName<N> = InputName<N> | OutputName<N>> {
  /** The operands that the tape has to keep for it. */
  readonly saves: readonly S[];
  /** Operands of `saves` that are only kept when one of these inputs needs a gradient. */
  readonly savedFor: { readonly [P in S]?: readonly InputName<N>[] };
  gradients(
    saved: Saved<N, S>,
    /** Gradients of the outputs; an output that nothing depends on has none. At least one is there. */
    dOutputs: { readonly [P in OutputName<N>]?: Tensor },
    context: BackwardContext<N>,
  ): InputGradients<N>;
}

/** A backward rule with `saves` checked against the operands that it uses. */
export function backwardRule<N extends OpName>() {
  return <const S extends InputName<N> | OutputName<N>>(
    saves: readonly S[],
    gradients: BackwardRule<N, S>['gradients'],
    savedFor: BackwardRule<N, S>['savedFor'] = {},
  ): BackwardRule<N> => ({ saves, savedFor, gradients }) as unknown as BackwardRule<N>;
}

/** Both rules of an op; `backward` is null where nothing can be differentiated. */
export interface OpRules<N extends OpName> {
  readonly shape: ShapeRule<N>;
  readonly backward: BackwardRule<N> | null;
  /** Element types of the inputs that are not f32. */
  readonly dtypes?: { readonly [P in InputName<N>]?: readonly DType[] };
  /** What to do instead, if these inputs are a use of the op that has no gradient. */
  readonly undifferentiable?: (inputs: Inputs<N>) => string | undefined;
}

export const f32 = (shape: Shape): OutputSpec => ({ shape, dtype: 'f32' });
export const i32 = (shape: Shape): OutputSpec => ({ shape, dtype: 'i32' });

export const floats: readonly DType[] = ['f32', 'bf16', 'f16'];
/** Element types of a weight; int8 ones come with a scale per row. */
export const weights: readonly DType[] = ['f32', 'bf16', 'f16', 'i8'];
/** Rows that are multiplied with a weight: f32, or bf16 where the weight is bf16 too. */
export const multiplied: readonly DType[] = ['f32', 'bf16'];
export const anyDType: readonly DType[] = dtypes;
export const indexDType: readonly DType[] = ['i32'];
