// Words about grants that are made, edited and delegated, in German.

import type { Translated } from '@valetkey/core';
import type { grants as english } from '../en/grants.ts';

/** German. */
export const grants: Translated<typeof english> = {};
