// TPX v0.2 asks with `authorization_details` of the type `llm-inference`: models, whoever serves them, and a budget in credits. It is put into our
// type where a request comes in, so that nothing behind knows of it.

import {
  fail,
  formatAccess,
  type ProviderOf,
  parseAuthorizationDetails,
  type Result,
  succeed,
  TPX_TYPE,
} from '@valetkey/core';
import { MAX_ENTRIES, type RequestRefusal } from './details.ts';

/** The parameter with every entry in our type; as it came if there is none of TPX in it. */
export function translateTpx(details: unknown, providerOf: ProviderOf): Result<unknown, RequestRefusal> {
  const input = typeof details === 'string' && details.includes(TPX_TYPE) ? parseJson(details) : null;
  if (!Array.isArray(input) || !input.some((entry) => entry?.type === TPX_TYPE)) return succeed(details);
  const parsed = parseAuthorizationDetails(input, { maxEntries: MAX_ENTRIES, providerOf });
  if (!parsed.ok) return fail({ code: 'invalid_authorization_details', description: parsed.error.message });
  return succeed(JSON.stringify(parsed.value.map(formatAccess)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
