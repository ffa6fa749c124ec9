// Google: Gemini, in the dialect of its own.

import type { Provider } from '../../contract.ts';
import { words } from '../reading/words.ts';
import { authHeaders, checkKey, REQUEST_HEADERS, RESPONSE_HEADERS } from './auth.ts';
import { operations } from './operations.ts';

/** What delays or hides spend, or reaches what others stored, below each version of the API. */
const REFUSED = words(`
  files cachedContents batches tunedModels corpora fileSearchStores interactions operations agents dynamic
  auth_tokens generatedFiles webhooks`);

/** Google. */
export const google: Provider = {
  name: 'google',
  label: 'Google',
  dialect: 'google',
  origin: 'https://generativelanguage.googleapis.com',
  basePath: '',
  operations,
  refusedPaths: ['/v1beta', '/v1', '/upload/v1beta', '/upload/v1'].flatMap((base) =>
    REFUSED.map((name) => `${base}/${name}`),
  ),
  authHeaders,
  requestHeaders: REQUEST_HEADERS,
  responseHeaders: RESPONSE_HEADERS,
  defaultHeaders: {},
  checkKey,
  keyRequired: true,
};
