// The words every resource shares on the wire: USD as exact decimal strings, times as RFC 3339 in UTC, pages, errors.

import { ERRORS, type ErrorCode, usdDecimal } from '@valetkey/core';
import { z } from 'zod';
import { isStorableText } from '../store/storable-text.ts';

/** An exact amount of US dollars. */
export const usdText = z
  .string()
  .regex(/^-?\d+(\.\d{1,9})?$/)
  .describe('US dollars, exact, at most 9 decimals')
  .meta({ example: '1.25' });

/** A moment. */
export const timeText = z.iso.datetime().describe('RFC 3339, UTC');

/** One page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    next: z.string().nullable().describe('Cursor for `before`; null on the last page'),
  });

/** A list that has no second page. */
export const onePage = <Item>(data: Item[]): { data: Item[]; next: null } => ({ data, next: null });

/** Every error. */
const errorBody = z
  .object({
    error: z.object({
      code: z
        .enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]])
        .describe('Stable; see /docs/errors/<code>'),
      message: z.string().describe('For people'),
      fields: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      request_id: z.string(),
    }),
  })
  .meta({ id: 'Error' });

/** What every call may answer besides its own. */
export const errorResponses = { '4xx': errorBody, '5xx': errorBody };

/** The answer of calls that say nothing. */
export const noContent = z.null().describe('Done');

/** Addresses with one id. */
export const idParams = z.strictObject({
  id: z.string().min(1).max(500).refine(isStorableText, 'must not hold a NUL'),
});

/** Calls that take no body take an empty one, too. */
export const noBody = z.strictObject({}).nullish();

/** Nanos as they stand on the wire. */
export const toUsd = usdDecimal;

/** Epoch milliseconds as they stand on the wire. */
export const toTime = (atMs: number): string => new Date(atMs).toISOString();

/** As {@link toTime}, for what may not have happened. */
export const toTimeOrNull = (atMs: number | null): string | null => (atMs === null ? null : toTime(atMs));
