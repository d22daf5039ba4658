export type DateExpression = { readonly kind: 'today' };
export type Duration = { readonly days: number };
export type TimeExpression = { readonly kind: 'now' };
