// Words about programs that are run or set up with a token, in Japanese.

import type { Translated } from '@valetkey/core';
import type { programs as english } from '../en/programs.ts';

/** Japanese. */
export const programs: Translated<typeof english> = {};
