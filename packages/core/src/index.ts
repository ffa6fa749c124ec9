// The public face of the rules: the only module other packages import.

export * from './errors.ts';
export * from './pricing/rate-card.ts';
export * from './pricing/usage.ts';
export * from './result.ts';
