// Anthropic: Claude, in the dialect of its own.

import type { Provider } from '../../contract.ts';
import { words } from '../reading/words.ts';
import { authHeaders, checkKey, REQUEST_HEADERS, RESPONSE_HEADERS } from './auth.ts';
import { forwardedHeader } from './betas.ts';
import { operations } from './operations.ts';

/** Anthropic. */
export const anthropic: Provider = {
  name: 'anthropic',
  label: 'Anthropic',
  dialect: 'anthropic',
  origin: 'https://api.anthropic.com',
  basePath: '',
  operations,
  // What delays or hides spend, or reaches what others stored. Administration (organizations) does not exist here at all.
  refusedPaths: words(`
    /v1/messages/batches /v1/files /v1/skills /v1/agents /v1/sessions /v1/environments /v1/vaults
    /v1/memory_stores /v1/deployments /v1/tunnels /v1/user_profiles /v1/webhooks /v1/complete`),
  authHeaders,
  requestHeaders: REQUEST_HEADERS,
  forwardedHeader,
  responseHeaders: RESPONSE_HEADERS,
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
  checkKey,
  keyRequired: true,
};
