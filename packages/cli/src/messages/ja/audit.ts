// Words about the journal as evidence, in Japanese.

import type { Translated } from '@valetkey/core';
import type { audit as english } from '../en/audit.ts';

/** Japanese. */
export const audit: Translated<typeof english> = {};
