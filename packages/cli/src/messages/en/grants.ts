// Words about grants that are made, edited and delegated.

/** English. */
export const grants = {};
