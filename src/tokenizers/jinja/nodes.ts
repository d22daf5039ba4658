/**
 * The tree that the library's parser makes, typed as far as templates are carried out here.
 */
import type { Token } from './token.js';

export interface Name {
  readonly type: 'Identifier';
  readonly value: string;
}

export interface KeywordArgument {
  readonly type: 'KeywordArgumentExpression';
  readonly key: Name;
  readonly value: Expression;
}

export interface Call {
  readonly type: 'CallExpression';
  readonly callee: Expression;
  readonly args: readonly Argument[];
}

export interface Binary {
  readonly type: 'BinaryExpression';
  readonly operator: Token;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Items {
  readonly type: 'ArrayLiteral' | 'TupleLiteral';
  readonly value: readonly Expression[];
}

export interface Select {
  readonly type: 'SelectExpression';
  readonly lhs: Expression;
  readonly test: Expression;
}

export interface Slice {
  readonly type: 'SliceExpression';
  readonly start: Expression | undefined;
  readonly stop: Expression | undefined;
  readonly step: Expression | undefined;
}

export interface Filtered {
  readonly type: 'FilterExpression';
  readonly operand: Expression;
  readonly filter: Name | Call;
}

export interface Member {
  readonly type: 'MemberExpression';
  readonly object: Expression;
  readonly property: Expression | Slice;
  readonly computed: boolean;
}

export type Expression =
  | Name
  | Call
  | Binary
  | Items
  | Select
  | Filtered
  | Member
  | { readonly type: 'IntegerLiteral' | 'FloatLiteral'; readonly value: number }
  | { readonly type: 'StringLiteral'; readonly value: string }
  | { readonly type: 'ObjectLiteral'; readonly value: ReadonlyMap<Expression, Expression> }
  | { readonly type: 'UnaryExpression'; readonly operator: Token; readonly argument: Expression }
  | {
      readonly type: 'Ternary';
      readonly condition: Expression;
      readonly trueExpr: Expression;
      readonly falseExpr: Expression;
    };

export type Argument =
  | Expression
  | KeywordArgument
  | { readonly type: 'SpreadExpression'; readonly argument: Expression }
  | { readonly type: 'KeywordSpreadExpression'; readonly argument: Expression };

export type Parameter = Name | KeywordArgument;

export interface For {
  readonly type: 'For';
  readonly loopvar: Name | Items;
  readonly iterable: Expression;
  readonly body: readonly Statement[];
  readonly defaultBlock: readonly Statement[];
}

export interface Macro {
  readonly type: 'Macro';
  readonly name: Name;
  readonly args: readonly Parameter[];
  readonly body: readonly Statement[];
}

export interface CallBlock {
  readonly type: 'CallStatement';
  readonly call: Call;
  readonly callerArgs: readonly Parameter[] | null;
  readonly body: readonly Statement[];
}

export interface SetStatement {
  readonly type: 'Set';
  readonly assignee: Expression;
  readonly value: Expression | null;
  readonly body: readonly Statement[];
}

export type Statement =
  | Expression
  | For
  | Macro
  | CallBlock
  | SetStatement
  | {
      readonly type: 'If';
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly alternate: readonly Statement[];
    }
  | { readonly type: 'FilterStatement'; readonly filter: Name | Call; readonly body: readonly Statement[] }
  | { readonly type: 'Break' | 'Continue' | 'Comment' };

export interface Program {
  readonly type: 'Program';
  readonly body: readonly Statement[];
}
