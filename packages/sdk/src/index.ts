// What apps and agents import: their own grant, children of it. MUST NOT depend on another package.

/** The path of the grant that a token belongs to, below the broker's address. */
export const OWN_GRANT_PATH = '/grants/self';
