// The house maximum: the most that can be granted on a page for any period, whatever was asked. An owner's own tools go beyond it by name.

import { NANOS_PER_USD } from '@valetkey/core';

/** In nanos. */
export const HOUSE_MAX_NANOS = 1_000 * NANOS_PER_USD;
