// Query strings are written again from checked values: a parameter that is not known is refused, or left out of a list; one that comes twice
// is refused.

import { fail, type PublicError, type Result, succeed } from '@valetkey/core';

/** What a parameter may be, by name. */
export type QueryTable = Readonly<Record<string, RegExp>>;

/** Nothing, or `?a=b&c=d` made of the known parameters; the order is the caller's. */
export function readQuery(query: URLSearchParams, known: QueryTable): Result<string, PublicError> {
  const written = new URLSearchParams();
  for (const [name, value] of query) {
    const pattern = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!pattern) return fail(queryError(name, 'is not a parameter of this operation', 'unknown_field'));
    if (written.has(name)) return fail(queryError(name, 'comes twice', 'invalid_request'));
    if (!pattern.test(value))
      return fail(queryError(name, 'has a value this operation does not take', 'invalid_request'));
    written.set(name, value);
  }
  return succeed(written.size === 0 ? '' : `?${written}`);
}

/** Credentials MUST NOT stand in an address, which logs keep: whoever sends one so is told. */
const CREDENTIAL = /^(?:x-)?(?:api[-_]?)?key$|^(?:access[-_]?)?token$/i;

/** As {@link readQuery}, for lists that are free: parameters that programs add of themselves (their version) are left out, and not sent on. */
export function readKnownQuery(query: URLSearchParams, known: QueryTable): Result<string, PublicError> {
  const told = [...query].filter(([name]) => Object.hasOwn(known, name) || CREDENTIAL.test(name));
  return readQuery(new URLSearchParams(told), known);
}

const queryError = (name: string, says: string, code: PublicError['code']): PublicError => ({
  code,
  message: `The query parameter \`${name.replace(/[^\w.-]/g, '?').slice(0, 64)}\` ${says}.`,
});
