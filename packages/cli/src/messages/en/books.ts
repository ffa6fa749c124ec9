// Words about usage, logs, calls and prices.

/** English. */
export const books = {};
