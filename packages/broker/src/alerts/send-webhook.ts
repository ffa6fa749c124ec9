// Posts a message to an address that an owner typed, signed as Standard Webhooks says (standardwebhooks.com, version 1). MUST NOT reach a
// private network, follow a redirect or show what the receiver answered.

import { createHmac } from 'node:crypto';
import { isIP, type LookupFunction } from 'node:net';
import { fail, type Result, succeed } from '@valetkey/core';
import { Agent, fetch } from 'undici';
import { guardedLookup, isPublicAddress } from '../outgoing/public-address.ts';
import type { SendOutcome } from './contract.ts';
import type { Message } from './message.ts';
import { messages } from './messages.ts';

/** What a webhook needs. */
export interface WebhookTarget {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
}

/** Sends; `isGone` where the receiver says that it is not there any more. Never rejects. */
export type SendWebhook = (
  target: WebhookTarget,
  message: Message,
  nowMs: number,
) => Promise<SendOutcome & { readonly isGone: boolean }>;

/** How long an attempt may take in all. */
const WEBHOOK_DEADLINE_MS = 10_000;

const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const MOST_CHARACTERS = 2_000;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether the broker itself stands on its owner’s own machine: then a program there may be told, too. */
export const isOwnMachine = (issuer: string): boolean => LOOPBACK.has(new URL(issuer).hostname);

/** A new signing secret. */
export const newWebhookSecret = (randomBytes: (size: number) => Uint8Array): string =>
  SECRET_PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString('base64');

const ADDRESS = 'must be an https address without a user name, such as https://example.com/hooks/valetkey';

/** The address as it is kept. Where its name leads to is looked at when it is sent to. */
export const parseWebhookUrl = (text: string, allowsLoopback: boolean): Result<string, string> => {
  const url = text.length <= MOST_CHARACTERS ? URL.parse(text) : null;
  if (url?.username !== '' || url.password !== '') return fail(ADDRESS);
  if (allowsLoopback && LOOPBACK.has(url.hostname) && /^https?:$/.test(url.protocol))
    return succeed(url.href);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPublic = isIP(host) === 0 ? !/(^|\.)localhost\.?$/.test(host) : isPublicAddress(host);
  if (url.protocol !== 'https:') return fail(ADDRESS);
  return isPublic ? succeed(url.href) : fail('must not be an address of a private network');
};

/** The headers that a receiver verifies the body by. */
const signedHeaders = (secret: string, id: string, nowMs: number, body: string) => {
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'Valetkey',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
};

/**
 * What went wrong, without an address and without anything from the receiver. A name that is not there is not told apart from one that leads
 * into a private network: whoever may type addresses here need not learn which names that network has.
 */
const problemOf = (error: unknown): string => {
  const { name, cause } = error as Error & {
    cause?: { code?: string; message?: string; syscall?: string };
  };
  if (name === 'TimeoutError') return messages.sent.silent(WEBHOOK_DEADLINE_MS / 1000);
  if (cause?.message === 'unexpected redirect') return messages.sent.redirected;
  return messages.sent.unreachable(cause?.syscall === 'getaddrinfo' ? null : (cause?.code ?? null));
};

/** A sender. `allowsLoopback` MUST only be true for a broker on its owner’s own machine. */
export const createSendWebhook = (
  allowsLoopback: boolean,
  guard: LookupFunction = guardedLookup,
): SendWebhook => {
  const timeout = WEBHOOK_DEADLINE_MS;
  const guarded = new Agent({ connect: { lookup: guard, timeout }, connections: 4 });
  const local = new Agent({ connect: { timeout }, connections: 4 });
  return async ({ url, secret }, { id, type, timestamp, data }, nowMs) => {
    // Once more: what is allowed here may have changed since it was typed.
    const allowed = parseWebhookUrl(url, allowsLoopback);
    if (!allowed.ok) return { ok: false, isGone: false, message: messages.sent.notPublic };
    const body = JSON.stringify({ type, timestamp, data });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: signedHeaders(secret, id, nowMs, body),
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
        dispatcher: LOOPBACK.has(new URL(url).hostname) ? local : guarded,
      });
      await response.body?.cancel();
      const message = messages.sent.answered(response.status);
      return { ok: response.ok, isGone: response.status === 410, message };
    } catch (error) {
      return { ok: false, isGone: false, message: problemOf(error) };
    }
  };
};
