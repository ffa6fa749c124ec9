// Words about provider keys, in Japanese.

import type { Translated } from '@valetkey/core';
import type { keys as english } from '../en/keys.ts';

/** Japanese. */
export const keys: Translated<typeof english> = {};
