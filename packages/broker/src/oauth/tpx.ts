// TPX v0.2 asks with `authorization_details` of the type `llm-inference`: models, whoever serves them, and a budget in credits. It is put into our
// type where a request comes in; behind it a grant remembers that it was asked for so, because its answers are to say what they cost.

import {
  fail,
  formatAccess,
  type ProviderOf,
  parseAuthorizationDetails,
  type Result,
  succeed,
  TPX_TYPE,
} from '@valetkey/core';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { MAX_ENTRIES, type RequestRefusal } from './details.ts';

/** Our own parameter of a request that has TPX in it: it goes with the request until it is decided. */
export const ASKED_IN = 'asked_in';

/** The parameter with every entry in our type; as it came if there is none of TPX in it. */
export function translateTpx(details: unknown, providerOf: ProviderOf): Result<unknown, RequestRefusal> {
  const input = typeof details === 'string' && details.includes(TPX_TYPE) ? parseJson(details) : null;
  if (!Array.isArray(input) || !input.some((entry) => entry?.type === TPX_TYPE)) return succeed(details);
  const parsed = parseAuthorizationDetails(input, { maxEntries: MAX_ENTRIES, providerOf });
  if (!parsed.ok) return fail({ code: 'invalid_authorization_details', description: parsed.error.message });
  return succeed(JSON.stringify(parsed.value.map(formatAccess)));
}

/** Marks a request, or leaves a pushed one as it was marked when it came in. What a client sends as that parameter itself counts for nothing. */
export function noteTpx({ params = {}, entities }: KoaContextWithOIDC['oidc'], isTpx: boolean): void {
  if (isTpx) params[ASKED_IN] = 'tpx';
  else if (entities.PushedAuthorizationRequest === undefined) params[ASKED_IN] = undefined;
}

/** Whether a request was marked so. */
export const isAskedInTpx = (params: Readonly<Record<string, unknown>>): boolean =>
  params[ASKED_IN] === 'tpx';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
