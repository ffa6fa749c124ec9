// A large budget is allowed only by an owner who proved lately who they are; refusing and narrowing wait for nothing.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignedIn, StepUp } from '../accounts/contract.ts';
import { CONFIRM_FIELD } from '../pages/confirmation.ts';
import type { FormErrors } from '../pages/form.ts';
import { messages } from '../pages/messages.ts';
import type { ConsentDeps } from './contract.ts';

/** What still has to be shown, and why the form did not do. */
export interface Unconfirmed {
  readonly stepUp: StepUp;
  readonly errors: FormErrors;
}

/** Null once the owner is known to be there: lately anyway, or by the password in the form, which gives the browser a new session. */
export async function confirmOwner(
  request: IncomingMessage,
  response: ServerResponse,
  owner: SignedIn,
  form: URLSearchParams,
  { stepUpFor, confirm }: Pick<ConsentDeps, 'stepUpFor' | 'confirm'>,
): Promise<Unconfirmed | null> {
  const stepUp = await stepUpFor(owner);
  if (stepUp === null) return null;
  const password = form.get(CONFIRM_FIELD) ?? '';
  const isGiven = stepUp.method === 'password' && password !== '';
  const problem = isGiven ? await confirm(request, response, password) : messages.confirmOrLess;
  return problem === null ? null : { stepUp, errors: { [CONFIRM_FIELD]: problem } };
}
