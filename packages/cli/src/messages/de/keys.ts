// Words about provider keys, in German.

import type { Translated } from '@valetkey/core';
import type { keys as english } from '../en/keys.ts';

/** German. */
export const keys: Translated<typeof english> = {};
