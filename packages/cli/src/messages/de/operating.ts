// Words about starting a broker and looking after its data, in German.

import type { Translated } from '@valetkey/core';
import type { operating as english } from '../en/operating.ts';

/** German. */
export const operating: Translated<typeof english> = {};
