// What a grant allows and what it withholds, told apart. The lines themselves are core's.

/** The line about delegation is the last but one, before the end, in every language. */
const DELEGATION = -2;

/** The lines about a part of a grant, in their order: what it may do, and what it may not. */
export const splitLines = (lines: readonly string[], delegationDepth: number) => ({
  may: delegationDepth > 0 ? lines : lines.toSpliced(DELEGATION, 1),
  mayNot: delegationDepth > 0 ? [] : lines.slice(DELEGATION, DELEGATION + 1),
});
