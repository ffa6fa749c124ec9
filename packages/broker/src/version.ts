// The release, as answers, pages and the API show it.

/** Semantic version of this release. */
export const VERSION = '0.1.0';
