// What the tests in a browser have made before they look: grants, children of grants, calls.

import type { House } from '../house/start-house.ts';

/** What the app on the consent page asks for. */
export const ASKED = {
  provider: 'openai',
  models: ['gpt-4o-mini', 'gpt-4o'],
  capabilities: ['chat'],
  limits: { daily_spend: 5, requests_per_minute: 60 },
  reason: 'Drafts and summaries in your notebook',
};

const LONG_TEXT = 'Please make this shorter. '.repeat(2000);

/** Makes a call of some size. */
export const call = (house: House, token: string, model = 'gpt-4o'): Promise<unknown> =>
  fetch(`${house.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: LONG_TEXT }], max_tokens: 100 }),
  }).then((response) => response.text());

/** Makes a grant for an own tool. */
export const grant = async (
  house: House,
  name: string,
  details: object,
): Promise<{ id: string; token: string }> => {
  const authorization_details = [{ type: 'ai_model_access', ...details }];
  const made = await house.api('POST', '/grants', { name, authorization_details });
  if (made.status !== 201) throw new Error(`no grant: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body;
};

/** Delegates a grant that was given as `ASKED`, as its owner. */
export const child = async (
  house: House,
  parentId: string,
  name: string,
  details: object,
): Promise<{ grant_id: string; token: string }> => {
  const { provider, models, capabilities } = ASKED;
  const authorization_details = [{ type: 'ai_model_access', provider, models, capabilities, ...details }];
  const made = await house.api('POST', `/grants/${parentId}/children`, { name, authorization_details });
  if (made.status !== 201) throw new Error(`not delegated: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body;
};
