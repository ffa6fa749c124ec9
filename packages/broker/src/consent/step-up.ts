// The address where an owner decides on a request for more. A decision comes only from a form of this very page, sent by the owner it was shown
// to, while what was shown still stands; whose request it is not is told that there is none.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  AccessRequest,
  AccessRequests,
  Proposal,
  RequestDecision,
} from '../access-requests/contract.ts';
import { isLargeRaise } from '../access-requests/large-raise.ts';
import { namesOfRecipients } from '../grants/client-names.ts';
import type { Page } from '../pages/page.ts';
import { readForm } from '../pages/read-form.ts';
import { refusedFault } from '../store/outage.ts';
import { readAbove } from './ceiling-lines.ts';
import { confirmOwner } from './confirm-owner.ts';
import type { ConsentDeps, ConsentOwner } from './contract.ts';
import { messagePage } from './error-page.ts';
import { makeFormToken, readFormToken } from './form-token.ts';
import { messages as consentMessages, stepUpMessages as messages } from './messages.ts';
import { readStepUp } from './step-up-fields.ts';
import { decidedPage, type StepUpView, stepUpPage } from './step-up-page.ts';

/** Below it stands the id of a request for more. */
export const STEP_UP_PREFIX = '/consent/requests/';

/** What the step needs. */
export interface StepUpDeps
  extends Pick<
    ConsentDeps,
    | 'formSecret'
    | 'names'
    | 'findClient'
    | 'stepUpFor'
    | 'confirm'
    | 'largeBudgetNanos'
    | 'ceilings'
    | 'grants'
  > {
  readonly accessRequests: AccessRequests;
}

/** A page to show, or the request as it was decided just now. */
export type StepUpAnswer = { readonly page: Page } | { readonly decided: AccessRequest };

const ended = (): StepUpAnswer => ({ page: messagePage(404, messages.ended) });

/** Shows the request `id` to its owner, or takes the owner's decision on it. `formAction` is where the form may lead besides here. */
export async function stepUp(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  owner: ConsentOwner,
  id: string,
  deps: StepUpDeps,
  formAction: readonly string[] = [],
): Promise<StepUpAnswer> {
  const { accessRequests } = deps;
  const found = await accessRequests.get(owner.ownerId, id);
  if (!found) return ended();
  if (found.status !== 'pending') return { page: decidedPage(found, owner, deps.names) };
  const proposal = await accessRequests.proposal(owner.ownerId, id);
  if (!proposal) return ended();
  const isLarge = (decision: Parameters<typeof isLargeRaise>[2]) =>
    isLargeRaise(deps.largeBudgetNanos, proposal, decision);
  const stepUp = isLarge({}) ? await deps.stepUpFor(owner) : null;
  const show = (rest: Pick<StepUpView, 'sent' | 'errors' | 'isChanged'> = {}) =>
    showPage(proposal, owner, deps, { formAction, stepUp, ...rest });
  if (request.method !== 'POST') return show();
  const form = await readForm(request);
  const binding = { uid: id, ownerId: owner.ownerId };
  const shownHash = readFormToken(deps.formSecret, binding, form?.get('token') ?? null);
  if (form === null || shownHash === null) return { page: messagePage(403, consentMessages.forged) };
  if (form.get('decision') !== 'allow') return decide(id, owner, { kind: 'deny' }, deps, show);
  if (shownHash !== proposal.shownHash) return show({ isChanged: true });
  const read = readStepUp(form, proposal);
  if (!read.ok) return show({ sent: form, errors: read.error });
  const missing = isLarge(read.value) && (await confirmOwner(request, response, owner, form, deps));
  if (missing) return show({ sent: form, ...missing });
  const decision = { kind: 'allow', shownHash, ...read.value } as const;
  return decide(id, owner, decision, deps, (rest) => show({ sent: form, ...rest }));
}

async function showPage(
  proposal: Proposal,
  owner: ConsentOwner,
  { formSecret, findClient, largeBudgetNanos, grants, ceilings, ...deps }: StepUpDeps,
  rest: Pick<StepUpView, 'sent' | 'errors' | 'isChanged' | 'formAction' | 'stepUp'>,
): Promise<StepUpAnswer> {
  const { shownHash, request } = proposal;
  const formToken = makeFormToken(formSecret, { uid: request.id, ownerId: owner.ownerId, shownHash });
  const rights = [...request.asked, ...proposal.changes.map(({ to }) => to)];
  const names = { ...deps.names, client: await namesOfRecipients(rights, findClient) };
  const [above, grant] = await Promise.all([
    readAbove({ ceilings }, owner.ownerId),
    grants.get(owner.ownerId, request.grantId),
  ]);
  const payingKeys = grant?.parts ?? [];
  return {
    page: stepUpPage({ proposal, owner, above, payingKeys, formToken, names, largeBudgetNanos, ...rest }),
  };
}

async function decide(
  id: string,
  owner: ConsentOwner,
  decision: RequestDecision,
  { accessRequests, names }: StepUpDeps,
  show: (rest: Pick<StepUpView, 'errors' | 'isChanged'>) => Promise<StepUpAnswer>,
): Promise<StepUpAnswer> {
  const decided = await accessRequests.decide(owner.ownerId, id, decision);
  if (decided.ok) return { decided: decided.value };
  switch (decided.error.reason) {
    case 'unavailable':
      throw refusedFault(decided.error);
    case 'changed':
      return show({ isChanged: true });
    case 'nothing_more':
    case 'beyond_asked':
      return show({ errors: { '': messages.errors.nothing } });
    case 'not_pending': {
      const now = await accessRequests.get(owner.ownerId, id);
      return now ? { page: decidedPage(now, owner, names) } : ended();
    }
    default:
      return ended();
  }
}
