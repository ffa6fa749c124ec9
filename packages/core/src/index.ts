// The public face of the rules: the only module other packages import.

export * from './access/access-from-scope.ts';
export * from './access/check-within.ts';
export * from './access/describe-access.ts';
export * from './access/format-access.ts';
export * from './access/match-model.ts';
export * from './access/member-reader.ts';
export * from './access/model-access.ts';
export * from './access/narrow-access.ts';
export * from './access/parse-access.ts';
export * from './access/parse-tpx.ts';
export { REASON_RULE } from './access/text-rules.ts';
export * from './access/widen-access.ts';
export * from './access/wire-members.ts';
export * from './budget/limit.ts';
export * from './budget/money.ts';
export * from './budget/window.ts';
export * from './delegation/actor-chain.ts';
export * from './delegation/chain-access.ts';
export * from './delegation/child-access.ts';
export * from './errors.ts';
export * from './pricing/bound.ts';
export * from './pricing/cost.ts';
export * from './pricing/parse-rate.ts';
export * from './pricing/rate-card.ts';
export * from './pricing/usage.ts';
export * from './result.ts';
