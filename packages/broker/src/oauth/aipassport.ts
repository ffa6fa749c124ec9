// The words of AIPassport's reference broker for programs that know them: ask, and fetch a token once the owner has allowed it. What anybody
// could do there, nobody can here: an owner decides on the page, and who fetches the token holds the id that only the asker was told.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type ModelAccess, type Result, succeed } from '@valetkey/core';
import { z } from 'zod';
import type { Ambient } from '../clock.ts';
import { networkOf, type PeerOf } from '../peer-address.ts';
import { readDetailEntries } from './details.ts';
import { usesOf } from './okap-messages.ts';
import { DEVICE_PATH, OAUTH_PATHS } from './paths.ts';
import { type ProgramAnswer, readProgramCall, sendProgramAnswer } from './program-calls.ts';
import type { WaitingRequests } from './waiting-requests.ts';

/** What the endpoints stand on. */
export interface AipassportDeps {
  readonly issuer: string;
  readonly waiting: WaitingRequests;
  readonly peerOf: PeerOf;
  readonly ambient: Pick<Ambient, 'now'>;
}

const count = z.number().int().optional();
const scopeSchema = z.strictObject({
  provider: z.string(),
  models: z.array(z.string()),
  capabilities: z.array(z.string()),
  maxBudgetCents: count,
  maxRequests: count,
  rateLimit: count,
});
const requestSchema = z.strictObject({
  appName: z.string().trim().min(1).max(200),
  appUrl: z.url({ protocol: /^https?$/ }).max(500),
  scope: scopeSchema,
  reason: z.string().min(1),
});
const tokenSchema = z.strictObject({ grantId: z.string() });

const refuse = (status: number, error: string, more: object = {}): ProgramAnswer => ({
  status,
  body: { error, ...more },
});

/** The handlers by path. */
export const createAipassport = (deps: AipassportDeps) => {
  const answering =
    (answer: (body: unknown, request: IncomingMessage, deps: AipassportDeps) => Promise<ProgramAnswer>) =>
    async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const read = await readProgramCall(request);
      const said = read.ok
        ? await answer(read.value, request, deps)
        : refuse(read.error.status, read.error.detail);
      sendProgramAnswer(response, said);
    };
  return {
    [OAUTH_PATHS.grantRequests]: answering(askForGrant),
    [OAUTH_PATHS.programTokens]: answering(giveToken),
  };
};

type Scope = z.infer<typeof scopeSchema>;

/** A scope in our words. Empty lists ask for everything there. */
function readScope(
  { provider, models, capabilities, maxBudgetCents, maxRequests, rateLimit }: Scope,
  reason: string,
): Result<readonly ModelAccess[], string> {
  const uses = usesOf(capabilities);
  const limits = {
    ...(maxBudgetCents !== undefined && { total_spend: maxBudgetCents / 100 }),
    ...(maxRequests !== undefined && { max_requests: maxRequests }),
    ...(rateLimit !== undefined && { requests_per_minute: rateLimit }),
  };
  const entry = {
    type: 'ai_model_access',
    provider,
    ...(models.length > 0 && { models }),
    ...(uses.length > 0 && { capabilities: uses }),
    ...(Object.keys(limits).length > 0 && { limits }),
    reason,
  };
  const asked = readDetailEntries([entry]);
  return asked.ok ? succeed(asked.value) : fail(asked.error.description);
}

/** `POST /grant-requests`: `grant.id` is what the token is fetched with, and MUST NOT be told to anybody else. */
async function askForGrant(
  body: unknown,
  request: IncomingMessage,
  { issuer, waiting, peerOf, ambient }: AipassportDeps,
): Promise<ProgramAnswer> {
  const sent = requestSchema.safeParse(body);
  if (!sent.success) return refuse(400, 'Validation failed', { details: sent.error.issues.map(describe) });
  const { appName, appUrl, scope, reason } = sent.data;
  const asked = readScope(scope, reason);
  if (!asked.ok) return refuse(400, asked.error);
  const program = { name: appName, url: appUrl };
  const made = await waiting.add({ program, asked: asked.value, address: null }, networkOf(peerOf(request)));
  if (made === null) return refuse(429, 'Too many requests wait or were made: try again in an hour.');
  const createdAt = new Date(ambient.now()).toISOString();
  const said = { appName, appUrl, scope };
  return {
    status: 201,
    body: {
      grantRequest: { id: made.uid, ...said, reason, createdAt },
      grant: {
        id: made.secret,
        requestId: made.uid,
        ...said,
        status: 'pending',
        createdAt,
        expiresAt: new Date(made.endsAtMs).toISOString(),
        usageCount: 0,
        usageBudgetCents: 0,
        version: '1',
        consentUrl: `${issuer}${DEVICE_PATH}?user_code=${made.userCode}`,
        userCode: made.userCode,
      },
    },
  };
}

const describe = ({ path, message }: z.core.$ZodIssue): string => `${path.join('.') || 'body'}: ${message}`;

/** `POST /tokens`: once. `grantId` in the answer is the grant's own, which opens nothing by itself. */
async function giveToken(
  body: unknown,
  _request: IncomingMessage,
  { waiting, ambient }: AipassportDeps,
): Promise<ProgramAnswer> {
  const sent = tokenSchema.safeParse(body);
  const found = sent.success ? await waiting.find(sent.data.grantId) : null;
  if (found === null) return refuse(404, 'Grant not found');
  const standing = await waiting.standing(found);
  if (standing.status !== 'allowed') return refuse(400, `Grant is '${standing.status}', must be 'approved'`);
  const given = await waiting.give(found, standing.grantId, 'vk');
  if (!given) return refuse(404, 'Grant not found');
  const { token, live } = given;
  const { id: grantId, expiresAtMs } = live.grant;
  return {
    status: 201,
    body: {
      token,
      grantId,
      issuedAt: new Date(ambient.now()).toISOString(),
      expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    },
  };
}
