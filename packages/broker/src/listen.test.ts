import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLanguageOf } from './language.ts';
import { faultAnswer, listen } from './listen.ts';
import { Outage } from './store/outage.ts';

let started: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  const handler: Parameters<typeof listen>[0] = (request, response) =>
    inLanguageOf(request, () => {
      const cause = new Error('postgres://secret.host broke');
      faultAnswer(response, request.url === '/outage' ? new Outage(cause) : cause);
    });
  started = await listen(handler, '127.0.0.1', 0);
});
afterAll(() => started.server.close());

it.each([
  ['/fault', 'de', 500, 'Hier ist etwas schiefgegangen'],
  ['/fault', 'fr', 500, 'Something broke here'],
  ['/outage', 'ja', 503, '現在利用できません'],
])('of what broke at %s is told in %s, and not what it was', async (path, language, status, heading) => {
  const answer = await fetch(`http://127.0.0.1:${started.port}${path}`, {
    headers: { 'accept-language': language },
  });
  const page = await answer.text();
  expect([answer.status, page.includes(`<h1>${heading}</h1>`)]).toEqual([status, true]);
  expect(page).not.toContain('secret.host');
});
