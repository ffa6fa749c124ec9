// What is wrong with a request, found while its fields are checked. The place is put together on the way up, so that a request
// without a flaw pays nothing for it. MUST NOT quote the caller's values: they may be secrets.

import type { ErrorCode, PublicError } from '@valetkey/core';

/** One thing wrong: `at` is the place below the value that was checked, e.g. `[0].role`; `says` ends a sentence that begins with it. */
export interface Flaw {
  readonly code: ErrorCode;
  readonly at: string;
  readonly says: string;
}

/** A flaw of the value itself. */
export const flaw = (says: string, code: ErrorCode = 'invalid_request'): Flaw => ({ code, at: '', says });

/** The same flaw seen from the value that holds it, e.g. `under('.n', flaw)`. */
export const under = (step: string, inner: Flaw): Flaw => ({ ...inner, at: step + inner.at });

/** The flaw as callers see it: the sentence, and the place in `param` as OpenAI's API names it. */
export const flawError = ({ code, at, says }: Flaw): PublicError => {
  const param = at.replace(/^\./, '');
  return { code, message: param === '' ? `The body ${says}.` : `\`${param}\` ${says}.`, fields: { param } };
};
