// What people see when an app asks, for the owner who registered it: the very page, with a request that was made up. MUST NOT hold anything
// that acts: every control is switched off, there is no form token, and no address takes what it would send.

import { NANOS_PER_USD, unrestrictedAccess } from '@valetkey/core';
import { cleanClientName } from '../grants/client-names.ts';
import type { PendingRequest } from '../grants/requests-contract.ts';
import { languageAtHand } from '../language.ts';
import { notice } from '../pages/form.ts';
import { html } from '../pages/html.ts';
import type { Page } from '../pages/page.ts';
import { NOTHING_ABOVE } from './ceiling-lines.ts';
import { consentPage } from './consent-page.ts';
import type { ConsentDeps, ConsentOwner } from './contract.ts';
import { previewMessages as messages } from './messages.ts';
import { makeOffer } from './offer.ts';

/** Below it stands the id of an app. */
export const PREVIEW_PREFIX = '/consent/preview/';

const ASKED = {
  ...unrestrictedAccess('openai'),
  models: ['gpt-5-mini', 'gpt-5-nano'],
  capabilities: ['chat' as const],
  limits: [{ unit: 'usd' as const, amount: 5 * NANOS_PER_USD, per: 'day' as const }],
};

const KEY = { id: 'preview', provider: 'openai', label: 'OpenAI', lastFour: '1234' };

/** The preview of an app that this owner registered; null for any other. */
export const previewPage = async (
  clientId: string,
  owner: ConsentOwner,
  { findOwnClient, names, largeBudgetNanos, ambient }: ConsentDeps,
): Promise<Page | null> => {
  const client = await findOwnClient(owner.ownerId, clientId);
  if (client === null) return null;
  const pending: PendingRequest = {
    uid: 'preview',
    client: {
      id: clientId,
      name: client.metadata.client_name,
      uri: client.metadata.client_uri ?? null,
      identifiedBy: 'registration',
      // As everybody else sees it.
      registeredByOwnerId: null,
      registeredAtMs: client.createdAtMs,
    },
    redirectUri: client.metadata.redirect_uris[0] ?? null,
    userCode: null,
    address: null,
    uiLocales: null,
    asked: [{ ...ASKED, reason: messages.reason }],
    grantId: null,
    fingerprint: 'preview',
  };
  const { body } = consentPage({
    pending,
    owner,
    offer: makeOffer(pending, owner.ownerId, [KEY], []),
    above: NOTHING_ABOVE,
    formToken: '',
    nowMs: ambient.now(),
    names,
    addKeyUrl: () => '/accounts',
    stepUp: null,
    largeBudgetNanos,
  });
  return {
    title: messages.title(cleanClientName(pending.client)),
    language: languageAtHand(),
    signedInAs: owner.email,
    body: html`${notice('info', messages.note)}
<fieldset class="preview" disabled aria-label="${messages.label}">${body}</fieldset>`,
  };
};
