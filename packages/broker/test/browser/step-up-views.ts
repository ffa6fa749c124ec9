// Requests for more in a used house, and their pages: for the accessibility test, for the screenshots, and for the test that decides on them.

import type { Page } from 'playwright-core';
import type { House } from '../house/start-house.ts';
import { ASKED, call, child, grant } from './grants.ts';
import type { View } from './views.ts';

/** Asks the owner as the holder of `token` would. @returns the id of the request */
const ask = async (
  house: House,
  token: string,
  more: object,
  message?: string,
): Promise<{ request_id: string; url: string }> => {
  const response = await fetch(`${house.url}/grants/self/requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      authorization_details: [{ type: 'ai_model_access', provider: 'openai', ...more }],
      ...(message !== undefined && { message }),
    }),
  });
  const body = (await response.json()) as { request_id: string; url: string };
  if (response.status !== 201) throw new Error(`not asked: ${response.status} ${JSON.stringify(body)}`);
  return body;
};

/** A newsletter agent and its researcher, who has used most of what it has and asks for more. */
const plantRequest = async (house: House) => {
  const editor = await grant(house, 'Newsletter', {
    ...ASKED,
    limits: { monthly_spend: 0.2 },
    delegation: { max_depth: 1 },
  });
  const researcher = await child(house, editor.id, 'researcher', { limits: { total_spend: 0.05 } });
  await call(house, researcher.token, 'gpt-4o-mini');
  const more = {
    models: ['gpt-4.1', 'gpt-4.1-mini'],
    limits: { total_spend: 0.5, monthly_spend: 0.5 },
    tools: ['web_search'],
  };
  const words = 'Two sources contradict each other. I would like to read both in full before I write.';
  const request = await ask(house, researcher.token, more, words);
  return { editor, researcher, request };
};

/** The pages of one request: as it comes, corrected, and decided. The last one decides. */
export const stepUpViews = async (page: Page, house: House): Promise<View[]> => {
  const { editor, request } = await plantRequest(house);
  const small = await ask(house, editor.token, { limits: { monthly_spend: 3 } });
  const correct = async () => {
    await page.goto(request.url);
    await page.getByLabel('Budget in total').fill('70');
    await page.getByRole('button', { name: 'Allow this' }).click();
    await page.getByRole('alert').waitFor();
  };
  return [
    { name: 'request', open: () => page.goto(request.url) },
    { name: 'request-small', open: () => page.goto(small.url) },
    { name: 'request-corrected', open: correct },
    { name: 'request-gone', open: () => page.goto(`${house.url}/consent/requests/more_0`) },
  ];
};
