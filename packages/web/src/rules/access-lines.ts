// What a grant allows and what it withholds, told apart. The lines themselves are core's.

import { describeAccess, unrestrictedAccess } from '@valetkey/core';

const NO_DELEGATION = describeAccess({ ...unrestrictedAccess(''), delegationMaxDepth: 0 }).delegation;

/** The lines about a part of a grant, in their order: what it may do, and what it may not. */
export const splitLines = (lines: readonly string[]) => ({
  may: lines.filter((line) => line !== NO_DELEGATION),
  mayNot: lines.filter((line) => line === NO_DELEGATION),
});
