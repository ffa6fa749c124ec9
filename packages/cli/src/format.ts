// How values of the API look in a table: short for people, exact for programs. MUST NOT round what a program reads.

import { formatUsd, usdNanos } from '@valetkey/core';
import type { GrantLimit, Page } from './api-types.ts';
import { en } from './messages/en.ts';
import { type Messages, t } from './messages/messages.ts';
import type { Cell, Tone } from './terminal.ts';

/** Plain text; a quiet dash where there is none. */
export const words = (text: string | number | null | undefined): Cell =>
  text === null || text === undefined || text === ''
    ? { text: '-', plain: '', tone: 'quiet' }
    : { text: String(text) };

/** Our own words: a person reads them in the language of the terminal, a program in English. */
export const said = (say: (words: Messages) => string): Cell => ({ text: say(t), plain: say(en) });

/** An amount of the API (exact decimal USD). */
export const money = (usd: string | null | undefined): Cell =>
  usd ? { text: formatUsd(usdNanos(usd)), plain: usd } : words(usd);

/** A moment of the API (RFC 3339), to the minute in UTC for people. */
export function moment(at: string | null | undefined): Cell {
  return at ? { text: `${at.slice(0, 16).replace('T', ' ')}Z`, plain: at } : words(null);
}

/** That calls have left the journal, as a sentence. */
export const removedWords = ({ before, seq }: NonNullable<Page<unknown>['removed']>): string =>
  t.callsRemoved(moment(before).text, seq);

const TONES: Readonly<Record<string, Tone>> = {
  active: 'good',
  settled: 'good',
  suspended: 'warning',
  admitted: 'warning',
  ceiling: 'warning',
  released: 'quiet',
  revoked: 'bad',
  refused: 'bad',
  expired: 'quiet',
};

/** A status, in its colour. */
export function status(value: string): Cell {
  const tone = TONES[value];
  return { text: wordFor(t.statuses, value), plain: value, ...(tone && { tone }) };
}

/** The reader's word for a word of the API; a server that is newer than this command line may have others. */
export const wordFor = (table: Readonly<Record<string, string>>, value: string): string =>
  Object.hasOwn(table, value) ? table[value]! : value;

/** What is left of a limit, such as `$3.20 of $5.00 a month`. */
export function remaining(limit: GrantLimit): Cell {
  const amount = (value: string | number) =>
    limit.unit === 'usd'
      ? money(String(value)).text
      : (t.limits[limit.unit]?.(Number(value)) ?? `${value} ${limit.unit}`);
  return {
    text: t.limits.left(amount(limit.remaining), amount(limit.amount), wordFor(t.limits.per, limit.per)),
    plain: `${limit.remaining}/${limit.amount} ${limit.unit}/${limit.per}`,
  };
}
