// Words about grants that are made, edited and delegated, in Japanese.

import type { Translated } from '@valetkey/core';
import type { grants as english } from '../en/grants.ts';

/** Japanese. */
export const grants: Translated<typeof english> = {};
