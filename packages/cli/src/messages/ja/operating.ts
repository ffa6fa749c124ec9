// Words about starting a broker and looking after its data, in Japanese.

import type { Translated } from '@valetkey/core';
import type { operating as english } from '../en/operating.ts';

/** Japanese. */
export const operating: Translated<typeof english> = {};
