// What the authorization server says while the database can not be used: 503 `temporarily_unavailable` (RFC 6749 section 4.1.2.1 has the
// code) with the time after which to try again, where the library would say 500 `server_error`.

import type { ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { isOutage, OUTAGE_MESSAGE, OUTAGE_RETRY_SECONDS } from '../store/outage.ts';
import { sendJson } from './send-json.ts';

const STATUS = 503;
const HEADERS = { 'retry-after': String(OUTAGE_RETRY_SECONDS), 'cache-control': 'no-store' };

/** The error as programs read it. */
export const OUTAGE_BODY = { error: 'temporarily_unavailable', error_description: OUTAGE_MESSAGE } as const;

/** As much of the library's context as an answer needs. */
interface AnswerContext {
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

/** A page, which is there already, keeps its text. */
const answer = (ctx: AnswerContext): void => {
  ctx.status = STATUS;
  ctx.set(HEADERS);
  if (typeof ctx.body !== 'string') ctx.body = OUTAGE_BODY;
};

/** Sets it up on `provider`; MUST come before its other middleware. Every fault, outage or not, goes to `onError`. */
export const answerOutages = (provider: Provider, onError: (error: unknown) => void): void => {
  provider.on('server_error', (ctx, error) => {
    onError(error);
    if (isOutage(error)) answer(ctx);
  });
  provider.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!isOutage(error)) throw error;
      onError(error);
      answer(ctx);
    }
  });
};

/** The same outside the library. */
export const sendOutage = (response: ServerResponse): void =>
  sendJson(response, STATUS, OUTAGE_BODY, HEADERS);
