// Words about programs that are run or set up with a token.

/** English. */
export const programs = {};
