// A call on the wire, and which calls may be asked for.

import { z } from 'zod';
import { isStorableText } from '../../store/storable-text.ts';
import { timeText, usdText } from '../wire.ts';

/** How a call stands. */
export const callStatus = z
  .enum(['admitted', 'settled', 'ceiling', 'released', 'refused'])
  .describe(
    '`admitted` still runs; `ceiling` was posted at its hold because its usage is unknown; `released` cost nothing',
  );

/** A call through the gate. */
export const call = z
  .object({
    id: z.string(),
    at: timeText,
    grant_id: z.string(),
    grant_name: z.string(),
    grant_path: z.array(z.string()).describe('Ids from the grant that the owner gave to the one that called'),
    client_name: z.string().nullable(),
    device: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .describe('The device that it came from, as it is called now; null without a proof of one'),
    provider: z.string(),
    operation: z.string(),
    model: z.string().nullable(),
    status: callStatus,
    http_status: z.int().nullable(),
    held_usd: usdText,
    cost_usd: usdText.nullable().describe('Null until it is known'),
    tokens: z.object({ input: z.int(), output: z.int(), cached: z.int() }).nullable(),
    duration_ms: z.number().nullable(),
    stream: z.boolean(),
    refusal: z.string().nullable().describe('The error code of a refused call'),
    request_id: z.string(),
    trace_id: z.string().nullable().describe('Of the `traceparent` that the request came with'),
    unconfirmed: z.boolean().describe('True while its cost is its ceiling and nobody has corrected it'),
    corrected: z.boolean().describe('Whether `cost_usd` is the figure that its owner gave'),
    anomalies: z.array(z.string()),
  })
  .meta({ id: 'Call' });

/** What the owner says a call cost. */
export const correctionBody = z.strictObject({
  cost_usd: z
    .union([z.number(), z.string()])
    .transform(String)
    .refine((text) => /^\d{1,7}(\.\d{1,9})?$/.test(text), {
      error: 'must be US dollars with at most 9 decimals, such as 0.0042',
    })
    .describe('What the provider charged, in US dollars'),
});

/** A correction that was made. */
export const correctedCall = z
  .object({ id: z.string(), cost_usd: usdText, was_usd: usdText })
  .meta({ id: 'CorrectedCall' });

/** What proves a call to others. */
export const callReceipt = z
  .object({ receipt: z.string().describe('A compact JWS; see docs/reference/receipts.md') })
  .meta({ id: 'CallReceipt' });

/** Which page of calls. */
const callPage = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next` of a page before')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** What else than the grant's own calls. */
const include = z
  .enum(['descendants'])
  .optional()
  .describe('`descendants`: also the calls of all that was delegated from the grant');

const day = z.iso.date('must be a UTC day such as 2026-11-23').optional();
const name = z.string().min(1).max(200).refine(isStorableText, 'must not hold a NUL').optional();

/** Which calls, of whomever. */
const matching = z.strictObject({
  status: z
    .enum([...callStatus.options, 'counted'])
    .optional()
    .describe(
      '`counted`: those that limits and sums of spending count, so neither refused nor never forwarded',
    ),
  provider: name,
  model: name.describe('As it was asked for, in full'),
  provider_key_id: name.describe('Calls that drew on that key; a refused call drew on none'),
  from: day.describe('The first UTC day; a call belongs to the day on which it was admitted or refused'),
  to: day.describe('The last UTC day'),
});

/** No filter asks for a period that ends before it begins. */
const inOrder = <Filter extends z.ZodType<{ from?: string | undefined; to?: string | undefined }>>(
  filter: Filter,
): Filter =>
  filter.refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'must not be before `from`',
  });

const ofOwner = matching.extend({ grant_id: name, include });

/** Which calls of one grant, and which page. */
export const grantCallFilter = inOrder(matching.extend({ ...callPage.shape, include }));

/** Which calls, and which page. */
export const callFilter = inOrder(ofOwner.extend(callPage.shape));

/** Which calls, and in which format their file is. */
export const exportFilter = inOrder(
  ofOwner.extend({
    format: z
      .enum(['csv', 'json'])
      .default('csv')
      .describe(
        '`json`: an array of calls as the list has them; `csv`: for spreadsheets, no cell is a formula',
      ),
  }),
);

/** One call as answered. */
export type Call = z.infer<typeof call>;

/** The filter as asked. */
export type CallFilter = z.infer<typeof callFilter>;
