// Words about programs that are run or set up with a token, in German.

import type { Translated } from '@valetkey/core';
import type { programs as english } from '../en/programs.ts';

/** German. */
export const programs: Translated<typeof english> = {};
