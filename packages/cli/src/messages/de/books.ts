// Words about usage, logs, calls and prices, in German.

import type { Translated } from '@valetkey/core';
import type { books as english } from '../en/books.ts';

/** German. */
export const books: Translated<typeof english> = {};
