// Every path of the product on one screen: which room answers what. Nothing but the gate is reachable below a provider's name.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { CHECKPOINT_KEYS_PATH, RECEIPT_KEYS_PATH } from './audit/serve-keys.ts';
import { commonHeaders } from './gateway/answer.ts';
import { inLanguageOf } from './language.ts';
import { isHealthPath } from './listen.ts';
import { isOauthPath, OAUTH_PATHS } from './oauth/paths.ts';
import { EVERY_ANSWER } from './pages/security-headers.ts';
import { pathOf } from './request-path.ts';

/** Answers a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The rooms behind the paths. */
export interface Rooms {
  readonly providerNames: ReadonlySet<string>;
  readonly gate: Handler;
  readonly oauth: Handler;
  readonly consent: Handler;
  /** Sign-in pages, `/api/auth/*`, assets; false if the address is none of its own. */
  readonly accounts: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  readonly api: Handler;
  /** Pages about error codes and programs. */
  readonly documents: Handler;
  readonly dashboard: Handler;
  /** The public keys of checkpoints and of receipts. */
  readonly checkpointKeys: Handler;
  readonly receiptKeys: Handler;
  readonly health: Handler;
  /** Answers in place of a room that broke. */
  readonly onFault: (error: unknown, response: ServerResponse) => void;
}

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

const PREFLIGHT = {
  'access-control-max-age': '86400',
  'cache-control': 'public, max-age=86400',
};

/** A browser asks what a page may send; it carries no credential yet. */
const answerPreflight = (request: IncomingMessage, response: ServerResponse, methods: string): void => {
  const wanted = request.headers['access-control-request-headers'];
  const allowed =
    typeof wanted === 'string' && /^[A-Za-z0-9, _-]{1,2000}$/.test(wanted)
      ? wanted
      : 'authorization, content-type';
  response
    .writeHead(204, {
      ...commonHeaders('preflight'),
      ...PREFLIGHT,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': allowed,
    })
    .end();
};

/** Browsers ask first, and some programs look whether the base URL answers; neither carries a credential, so neither passes the gate. */
const answerProbe = (request: IncomingMessage, response: ServerResponse): boolean => {
  if (request.method === 'HEAD') {
    response.writeHead(200, commonHeaders('probe')).end();
    return true;
  }
  if (request.method !== 'OPTIONS') return false;
  answerPreflight(request, response, 'GET, POST, OPTIONS');
  return true;
};

/** The product's request handler. */
export const createRoutes =
  (rooms: Rooms): Handler =>
  (request, response) => {
    const path = pathOf(request);
    const first = path.split('/', 2)[1] ?? '';
    // AIPassport's one way to a provider is a name for ours.
    if (path === '/proxy/chat') request.url = '/v1/chat/completions';
    const isGates = path === '/proxy/chat' || first === 'v1' || rooms.providerNames.has(first);
    if (isGates && !isOauthPath(path))
      return answerProbe(request, response) ? undefined : rooms.gate(request, response);
    for (const [name, value] of Object.entries(EVERY_ANSWER)) response.setHeader(name, value);
    if (isHealthPath(path)) return rooms.health(request, response);
    if (path.startsWith(OAUTH_PATHS.grants) && request.method === 'OPTIONS')
      return answerPreflight(request, response, 'GET, POST, DELETE, OPTIONS');
    if (path === OAUTH_PATHS.keys && request.method === 'OPTIONS')
      return answerPreflight(request, response, 'POST, OPTIONS');
    if (path === CHECKPOINT_KEYS_PATH) return rooms.checkpointKeys(request, response);
    if (path === RECEIPT_KEYS_PATH) return rooms.receiptKeys(request, response);
    inLanguageOf(request, () => roomForPeople(path, rooms)(request, response));
  };

/** The rooms that people see: they are answered in their language. */
const roomForPeople = (path: string, rooms: Rooms): Handler => {
  if (isOauthPath(path)) return rooms.oauth;
  if (isBelow(path, '/consent')) return rooms.consent;
  if (isBelow(path, '/api/v1') || path === '/openapi.json') return rooms.api;
  if (isBelow(path, '/docs/errors') || isBelow(path, '/docs/connect')) return rooms.documents;
  return (request, response) => {
    rooms.accounts(request, response).then(
      (answered) => answered || rooms.dashboard(request, response),
      (error: unknown) => rooms.onFault(error, response),
    );
  };
};
