// OKAP as it is written down and as its Python SDK speaks it: the published text, the text before it, and what `okap` 0.1 sends to another
// address. All three are read into one request, and each is answered in its own words.

import { fail, formatAccess, type ModelAccess, type Result, succeed } from '@valetkey/core';
import { z } from 'zod';
import { POLL_INTERVAL_SECONDS } from '../access-requests/poll-pace.ts';
import { readDetailEntries } from './details.ts';
import type { ProgramAnswer } from './program-calls.ts';
import type { ProgramWords } from './program-client.ts';

/** Who has to be answered how: the text as published, the one before it, the Python SDK. */
export type OkapDialect = 'published' | 'older' | 'sdk';

/** What an OKAP program sent. */
export interface OkapRequest {
  readonly dialect: OkapDialect;
  /** What it asks for; null for a call that only goes on with a request. */
  readonly wanted: { readonly program: ProgramWords; readonly asked: readonly ModelAccess[] } | null;
  /** The secret of the request that it goes on with. */
  readonly requestId: string | null;
  /** The owner it is meant for. */
  readonly address: string | null;
}

/** A request that nobody decided on yet, for the program that asked. */
export interface OkapPending {
  readonly requestId: string;
  readonly userCode: string;
  readonly consentUri: string;
  /** Where the Python SDK goes on: `vault_url` with the secret in it. */
  readonly vaultUrl: string;
  readonly expiresInSeconds: number;
}

/** What was allowed. */
export interface OkapGranted {
  readonly token: string;
  readonly parts: readonly ModelAccess[];
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
  readonly baseUrlOf: (provider: string) => string;
}

/** Why nothing was; `code` is one of the SDK's where it has one. */
export interface OkapRefused {
  readonly status: number;
  readonly code: 'user_denied' | 'invalid_request' | 'too_many_requests';
  readonly detail: string;
}

const text = z.string().max(500).nullish();
const count = z.number().nullish();
const ACCESS = {
  provider: z.string(),
  models: z.array(z.string()).nullish(),
  capabilities: z.array(z.string()).nullish(),
  limits: z
    .strictObject({
      monthly_spend: count,
      daily_spend: count,
      requests_per_minute: count,
      requests_per_day: count,
      tokens_per_request: count,
    })
    .nullish(),
  expires: text,
  reason: text,
};
const OKAP = z.literal('1.0');
const client = z.strictObject({ name: z.string().min(1).max(200), url: text, callback: text });
/** Ours: who goes on with a request, and whom it is meant for. */
const OURS = { request_id: text, login_hint: text };
const published = z.strictObject({
  okap: OKAP,
  authorization_details: z.array(z.strictObject({ type: z.string(), ...ACCESS })),
  client,
  ...OURS,
});
const older = z.strictObject({ okap: OKAP, request: z.strictObject(ACCESS), client, ...OURS });
const goesOn = z.strictObject({ okap: OKAP, request_id: z.string() });
const sdk = z.strictObject({ okap: OKAP, ...ACCESS, app_name: text, app_url: text, redirect_uri: text });

type Access = z.infer<z.ZodObject<typeof ACCESS>>;

/** Kinds of models in OKAP and AIPassport; here each is what it is used for. */
const SAME_AS_CHAT = new Set(['code', 'vision']);

/** Their capabilities in our words. */
export const usesOf = (capabilities: readonly string[]): readonly string[] => [
  ...new Set(capabilities.map((each) => (SAME_AS_CHAT.has(each) ? 'chat' : each))),
];

/** One of OKAP's objects in our words. Empty lists ask for everything there, and nothing is not a limit. */
const toEntry = ({ provider, models, capabilities, limits, expires, reason }: Access) => {
  const uses = usesOf(capabilities ?? []);
  const numbers = Object.entries(limits ?? {}).filter(([, value]) => typeof value === 'number');
  return {
    type: 'ai_model_access',
    provider,
    ...(models?.length && { models }),
    ...(uses.length > 0 && { capabilities: uses }),
    ...(numbers.length > 0 && { limits: Object.fromEntries(numbers) }),
    // A day without a time ends when it begins, which is never later than it was meant.
    ...(expires && { expires: /^\d{4}-\d{2}-\d{2}$/.test(expires) ? `${expires}T00:00:00Z` : expires }),
    ...(reason && { reason }),
  };
};

/** A body that no program of this dialect sends. */
const MISSHAPEN = 422;

const parse = <T>(schema: z.ZodType<T>, input: unknown): Result<T, OkapRefused> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return succeed(parsed.data);
  const [issue] = parsed.error.issues;
  const detail = `${issue?.path.join('.') || 'the body'}: ${issue?.message}`;
  return fail({ status: MISSHAPEN, code: 'invalid_request', detail });
};

const readWanted = (
  name: string | null | undefined,
  url: string | null | undefined,
  entries: readonly object[],
): Result<NonNullable<OkapRequest['wanted']>, OkapRefused> => {
  const asked = readDetailEntries(entries);
  if (!asked.ok) return fail({ status: 400, code: 'invalid_request', detail: asked.error.description });
  return succeed({ program: { name: name?.trim() || 'A program', url: url ?? null }, asked: asked.value });
};

const NOT_GOING_ON = { requestId: null, address: null };

/** Reads what came to `/okap/request`. */
export function readSdkRequest(input: unknown): Result<OkapRequest, OkapRefused> {
  const sent = parse(sdk, input);
  if (!sent.ok) return sent;
  const { app_name: name, app_url: url } = sent.value;
  const wanted = readWanted(name, url, [toEntry(sent.value)]);
  return wanted.ok ? succeed({ dialect: 'sdk', wanted: wanted.value, ...NOT_GOING_ON }) : wanted;
}

/** Reads what came to `/okap/authorize`. */
export function readOkapRequest(input: unknown): Result<OkapRequest, OkapRefused> {
  const members = new Set(Object.keys(Object(input)));
  if (members.has('request_id') && members.size === 2) {
    const sent = parse(goesOn, input);
    if (!sent.ok) return sent;
    return succeed({ dialect: 'published', wanted: null, requestId: sent.value.request_id, address: null });
  }
  const isOlder = members.has('request');
  const sent = isOlder ? parse(older, input) : parse(published, input);
  if (!sent.ok) return sent;
  const details = 'request' in sent.value ? [sent.value.request] : sent.value.authorization_details;
  const { name, url } = sent.value.client;
  const wanted = readWanted(
    name,
    url,
    details.map((each) => ({ ...toEntry(each), ...('type' in each && { type: each.type }) })),
  );
  if (!wanted.ok) return wanted;
  const { request_id: requestId = null, login_hint: address = null } = sent.value;
  return succeed({ dialect: isOlder ? 'older' : 'published', wanted: wanted.value, requestId, address });
}

const waitingWords = ({ consentUri, userCode }: OkapPending): string =>
  `The owner has not decided yet. Open ${consentUri} (code ${userCode}) and decide`;

/** Says that the owner has not decided. */
export const answerPending = (dialect: OkapDialect, pending: OkapPending): ProgramAnswer =>
  dialect === 'sdk'
    ? sdkAnswer(202, {
        error: `${waitingWords(pending)}, then ask again with vault_url ${pending.vaultUrl}`,
        error_code: 'pending',
      })
    : {
        status: 202,
        body: {
          okap: '1.0',
          status: 'pending',
          reason: `${waitingWords(pending)}, then ask again with this request_id.`,
          request_id: pending.requestId,
          user_code: pending.userCode,
          consent_uri: pending.consentUri,
          interval: POLL_INTERVAL_SECONDS,
          expires_in: pending.expiresInSeconds,
        },
      };

/** Says why nothing was allowed. The SDK reads what stands behind a 2xx alone: a request that it could mend has to come with one. */
export const answerRefused = (dialect: OkapDialect, { status, code, detail }: OkapRefused): ProgramAnswer =>
  dialect === 'sdk'
    ? sdkAnswer(status === 400 ? 200 : status, { error: detail, error_code: code })
    : { status, body: { okap: '1.0', status: 'denied', reason: detail, error: code } };

const sdkAnswer = (status: number, refused: { readonly error: string; readonly error_code: string }) => ({
  status,
  body: { okap: '1.0', approved: false, token: null, ...refused },
});

/** Hands over the token and what it is worth. */
export function answerGranted(dialect: OkapDialect, granted: OkapGranted): ProgramAnswer {
  const { token, parts, expiresAtMs, createdAtMs, baseUrlOf } = granted;
  const [first] = parts;
  if (first === undefined) throw new Error('a grant without a part was given');
  const { provider, models = [], capabilities = [], limits = {} } = formatAccess(first);
  const expires = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  if (dialect === 'sdk') {
    const created_at = new Date(createdAtMs).toISOString();
    const given = { token, base_url: baseUrlOf(provider), provider, models, capabilities, limits };
    return {
      status: 200,
      body: {
        okap: '1.0',
        approved: true,
        token: { ...given, expires_at: expires, created_at },
        error: null,
        error_code: null,
      },
    };
  }
  const details = parts.map((part) => ({
    ...formatAccess(part),
    base_url: baseUrlOf(part.provider),
    ...(expires !== null && { expires }),
  }));
  const body = { okap: '1.0', status: 'granted', token };
  if (dialect === 'published') return { status: 200, body: { ...body, authorization_details: details } };
  return {
    status: 200,
    body: { ...body, base_url: baseUrlOf(provider), ...(expires !== null && { expires }), limits },
  };
}
