// Words about usage, logs, calls and prices, in Japanese.

import type { Translated } from '@valetkey/core';
import type { books as english } from '../en/books.ts';

/** Japanese. */
export const books: Translated<typeof english> = {};
