// Words about the journal as evidence.

/** English. */
export const audit = {};
