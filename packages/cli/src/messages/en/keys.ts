// Words about provider keys.

/** English. */
export const keys = {};
