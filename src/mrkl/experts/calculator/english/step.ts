/** An expression as a call of the calculator; what other experts give in it becomes `$1`, `$2`. */
import { type PlanInput, Step } from '../../../plan.js';
import { type Expression, toText } from '../expression.js';
import type { Form } from '../forms.js';

/** Steps that stand in expressions, by the name of the reference. Names are made when the call is made. */
const asked = new WeakMap<object, Step>();

/** The result of another expert as an atom of an expression. */
export function given(step: Step): Expression {
  const expression: Expression = { kind: 'given', name: '$' };
  asked.set(expression, step);
  return expression;
}

/** The step that an expression consists of, if it is nothing else. */
export const onlyStep = (expression: Expression): Step | undefined => asked.get(expression);

export function calculatorStep(expression: Expression, form?: Form, assumptions: readonly string[] = []): Step {
  const steps: Record<string, PlanInput> = {};
  const named = name(expression, steps);
  return new Step(
    'calculator',
    {
      expression: toText(named),
      ...(Object.keys(steps).length > 0 && { given: steps }),
      ...(form !== undefined && { form }),
    },
    assumptions,
  );
}

function name(expression: Expression, steps: Record<string, PlanInput>): Expression {
  switch (expression.kind) {
    case 'given': {
      const step = asked.get(expression);
      if (step === undefined) return expression;
      const key = `$${Object.keys(steps).length + 1}`;
      steps[key] = step;
      return { kind: 'given', name: key };
    }
    case 'binary':
      return { ...expression, left: name(expression.left, steps), right: name(expression.right, steps) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map((argument) => name(argument, steps)) };
    case 'number':
    case 'constant':
      return expression;
    default:
      return { ...expression, of: name(expression.of, steps) };
  }
}
