// The address where an owner decides. A grant comes only from a form of this very page, sent by the browser that started the request and
// by the owner it was shown to, while what was shown still stands (A35, A37).

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '@valetkey/core';
import { cleanClientName, namesOfRecipients } from '../grants/client-names.ts';
import { isLargeBudget } from '../grants/large-budget.ts';
import type { DecisionRefusal, PendingRequest } from '../grants/requests-contract.ts';
import { whyStopped } from '../grants/stops.ts';
import { inLocales } from '../language.ts';
import { sendOutagePage } from '../pages/outage-page.ts';
import { type Page, sendPage, sendRedirect } from '../pages/page.ts';
import { readForm } from '../pages/read-form.ts';
import { isSameOrigin } from '../pages/same-origin.ts';
import { isOutage, refusedFault } from '../store/outage.ts';
import { readAbove } from './ceiling-lines.ts';
import { formActionOf } from './client-words.ts';
import { confirmOwner } from './confirm-owner.ts';
import { ConsentJournal } from './consent-journal.ts';
import { type ConsentView, consentPage } from './consent-page.ts';
import type { ConsentDeps, ConsentOwner } from './contract.ts';
import { readDevices } from './device-fields.ts';
import { messagePage } from './error-page.ts';
import { makeFormToken, readFormToken } from './form-token.ts';
import { messages } from './messages.ts';
import { makeOffer, type Offer } from './offer.ts';
import { PREVIEW_PREFIX, previewPage } from './preview.ts';
import { REPLACE_FIELD, readDecision } from './read-decision.ts';
import { STEP_UP_PREFIX, stepUp } from './step-up.ts';

/** Below it stands the id of a request. */
const CONSENT_PREFIX = '/consent/';

/** What the handler answers with. */
type Answer = { readonly page: Page } | { readonly redirect: string };

const page = (status: number, message: { readonly title: string; readonly text: string }): Answer => ({
  page: messagePage(status, message),
});

/** Another method than these came. */
const wrongMethod = (allow: string): Answer => ({ page: { ...messagePage(405, messages.method), allow } });

type JournalledDeps = ConsentDeps & { readonly journal: ConsentJournal };

/** Answers `GET` and `POST /consent/{uid}` and `/consent/requests/{id}`. */
export const createConsent = (given: ConsentDeps) => {
  const deps = { ...given, journal: new ConsentJournal(given.ledger) };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await decide(request, response, deps).catch((error: unknown) => {
      deps.onError(error);
      return isOutage(error) ? null : page(500, messages.fault);
    });
    if (answer === null) sendOutagePage(response);
    else if ('redirect' in answer) sendRedirect(response, answer.redirect);
    else sendPage(response, answer.page);
  };
};

async function decide(
  request: IncomingMessage,
  response: ServerResponse,
  deps: JournalledDeps,
): Promise<Answer> {
  const isForm = request.method === 'POST';
  if (!isForm && request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD, POST');
  if (isForm && !isSameOrigin(request.headers, deps.issuer)) return page(403, messages.forged);
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (path.startsWith(STEP_UP_PREFIX)) return decideRequest(request, response, path, deps);
  if (path.startsWith(PREVIEW_PREFIX))
    return isForm ? wrongMethod('GET, HEAD') : preview(request, path, deps);
  const pending = await deps.requests.pending(request, response, path.slice(CONSENT_PREFIX.length));
  if (pending === null) return page(400, messages.gone);
  const owner = await ownerOf(request, deps);
  if (owner === null) return signIn(path);
  // What is meant for one owner, no other gets to see.
  if (!deps.requests.isFor(pending, owner.ownerId)) return page(400, messages.gone);
  return inLocales(pending.uiLocales, () => decidePending(request, response, pending, owner, deps));
}

async function decidePending(
  request: IncomingMessage,
  response: ServerResponse,
  pending: PendingRequest,
  owner: ConsentOwner,
  deps: JournalledDeps,
): Promise<Answer> {
  const isForm = request.method === 'POST';
  if (pending.grantId !== null) return raise(request, response, pending, pending.grantId, owner, deps);
  const offer = makeOffer(
    pending,
    owner.ownerId,
    await deps.providerKeysOf(owner.ownerId),
    await deps.grants.list(owner.ownerId),
    await deps.devicesOf(owner.ownerId),
  );
  if (!isForm) return { page: await show(pending, owner, offer, deps) };
  const form = await readForm(request);
  const { ownerId } = owner;
  const shownHash = readFormToken(deps.formSecret, { uid: pending.uid, ownerId }, form?.get('token') ?? null);
  if (form === null || shownHash === null) return page(403, messages.forged);
  if (form.get('decision') !== 'allow') {
    const denied = await deps.requests.deny(request, response, pending);
    if (denied.ok) await deps.journal.denied(ownerId, pending, shownHash);
    return finish(denied);
  }
  if (shownHash !== offer.hash) return { page: await show(pending, owner, offer, deps, { isChanged: true }) };
  const parts = readDecision(form, offer, deps.ambient.now());
  if (!parts.ok)
    return { page: await show(pending, owner, offer, deps, { sent: form, errors: parts.error }) };
  const stopped = whyStopped(await deps.grants.stops(ownerId), pending.client.id);
  // Asked before anything is replaced: what is stopped comes back.
  if (stopped !== null) return page(409, { ...messages.refused, text: stopped });
  const rights = parts.value.map(({ access }) => access);
  const missing =
    isLargeBudget(deps.largeBudgetNanos, rights) &&
    (await confirmOwner(request, response, owner, form, deps));
  if (missing) return { page: await show(pending, owner, offer, deps, { sent: form, ...missing }) };
  if (form.get(REPLACE_FIELD) === 'on') await endPresent(offer, ownerId, deps);
  return finish(
    await deps.requests.allow(request, response, pending, {
      ownerId,
      clientId: pending.client.id,
      name: cleanClientName(pending.client),
      parts: parts.value,
      unknownFields: 'refuse',
      deviceIds: readDevices(form, offer),
      via: 'consent',
      shownHash,
    }),
  );
}

async function preview(request: IncomingMessage, path: string, deps: ConsentDeps): Promise<Answer> {
  const owner = await ownerOf(request, deps);
  if (owner === null) return signIn(path);
  const shown = await previewPage(path.slice(PREVIEW_PREFIX.length), owner, deps);
  return shown === null ? page(404, messages.gone) : { page: shown };
}

/** Only a browser's own session decides. */
async function ownerOf(request: IncomingMessage, { sessionOf }: ConsentDeps): Promise<ConsentOwner | null> {
  const owner = await sessionOf(request);
  return owner?.via === 'cookie' ? owner : null;
}

const signIn = (path: string): Answer => ({ redirect: `/sign-in?return_to=${encodeURIComponent(path)}` });

async function decideRequest(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  deps: ConsentDeps,
): Promise<Answer> {
  const owner = await ownerOf(request, deps);
  if (owner === null) return signIn(path);
  const answer = await stepUp({ request, response }, owner, path.slice(STEP_UP_PREFIX.length), deps);
  return 'decided' in answer ? { redirect: path } : answer;
}

/** An app asks for more of what it has: the same request and the same page as any other way, and then back to the app. */
async function raise(
  request: IncomingMessage,
  response: ServerResponse,
  pending: PendingRequest,
  grantId: string,
  owner: ConsentOwner,
  deps: ConsentDeps,
): Promise<Answer> {
  const { accessRequests, grants, requests } = deps;
  // Whose grant it is, is told to nobody else.
  if (!(await grants.get(owner.ownerId, grantId))) return page(400, messages.gone);
  const message = pending.asked.find(({ reason }) => reason !== null)?.reason ?? null;
  const made = await accessRequests.make({ grantId, asked: pending.asked, message, via: 'authorization' });
  if (!made.ok) {
    if (made.error.reason === 'unavailable') throw refusedFault(made.error);
    return finish(await requests.deny(request, response, pending, made.error.detail));
  }
  const { id } = made.value;
  const answer = await stepUp(
    { request, response },
    owner,
    id,
    deps,
    pending.redirectUri === null ? [] : [formActionOf(pending.redirectUri)],
  );
  if (!('decided' in answer)) return answer;
  return finish(
    answer.decided.status === 'allowed'
      ? await requests.raised(request, response, pending, owner.ownerId)
      : await requests.deny(request, response, pending),
  );
}

/** Before the new grant is made: if anything fails in between, the app has less than it was given, never more. */
async function endPresent({ present }: Offer, ownerId: string, { grants }: ConsentDeps): Promise<void> {
  for (const { id } of present) {
    const revoked = await grants.revoke(ownerId, id, 'replaced at consent');
    if (!revoked.ok) throw refusedFault(revoked.error);
  }
}

async function show(
  pending: PendingRequest,
  owner: ConsentOwner,
  offer: Offer,
  deps: JournalledDeps,
  rest: Pick<ConsentView, 'sent' | 'errors' | 'isChanged'> & Partial<Pick<ConsentView, 'stepUp'>> = {},
): Promise<Page> {
  await deps.journal.shown(owner.ownerId, pending, offer);
  const offered = offer.parts.map(({ access }) => access);
  const stepUp = isLargeBudget(deps.largeBudgetNanos, offered) ? await deps.stepUpFor(owner) : null;
  const { uid } = pending;
  const returnTo = `${CONSENT_PREFIX}${uid}`;
  return consentPage({
    pending,
    owner,
    offer,
    above: await readAbove(deps, owner.ownerId),
    formToken: makeFormToken(deps.formSecret, { uid, ownerId: owner.ownerId, shownHash: offer.hash }),
    nowMs: deps.ambient.now(),
    names: { ...deps.names, client: await namesOfRecipients(pending.asked, deps.findClient) },
    stepUp,
    largeBudgetNanos: deps.largeBudgetNanos,
    addKeyUrl: (provider) => (deps.addKeyUrl ?? defaultAddKeyUrl)(provider, returnTo),
    ...rest,
  });
}

const defaultAddKeyUrl = (provider: string, returnTo: string): string =>
  `/accounts?${new URLSearchParams({ add: provider, return_to: returnTo })}`;

function finish(decided: Result<string, DecisionRefusal>): Answer {
  if (decided.ok) return { redirect: decided.value };
  if (decided.error.reason === 'gone') return page(400, messages.gone);
  if (decided.error.reason === 'already_decided') return page(409, messages.decided);
  return page(409, { ...messages.refused, text: decided.error.detail });
}
