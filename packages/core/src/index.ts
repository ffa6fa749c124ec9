// The public face of the rules: the only module other packages import.

export * from './access/model-access.ts';
export * from './budget/limit.ts';
export * from './errors.ts';
export * from './pricing/bound.ts';
export * from './pricing/cost.ts';
export * from './pricing/parse-rate.ts';
export * from './pricing/rate-card.ts';
export * from './pricing/usage.ts';
export * from './result.ts';
