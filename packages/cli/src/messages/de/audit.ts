// Words about the journal as evidence, in German.

import type { Translated } from '@valetkey/core';
import type { audit as english } from '../en/audit.ts';

/** German. */
export const audit: Translated<typeof english> = {};
