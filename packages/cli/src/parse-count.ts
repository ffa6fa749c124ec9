// Reads a flag whose value is a number of things.

import { fail, type Result, succeed } from '@valetkey/core';
import { t } from './messages/messages.ts';

/** A whole number from 1 to `most`; fails with a sentence that names `flag`. */
export function parseCount(flag: string, text: string, most: number): Result<number, string> {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= most ? succeed(count) : fail(t.countWanted(flag, most));
}
