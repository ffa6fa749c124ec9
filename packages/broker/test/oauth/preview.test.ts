// The preview of a consent page: what people see, for the owner of the app alone, and nothing on it that acts.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser, formFields } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker);
});
afterAll(() => broker.close());

const open = (owner: string | null, id = app.id) =>
  new Browser(broker.issuer, owner).open(`/consent/preview/${id}`);

describe('the preview of a consent page', () => {
  it('shows what everybody else is shown, switched off', async () => {
    const { status, text, headers } = await open('ada');
    expect(status).toBe(200);
    for (const words of [
      'This is a preview.',
      '<bdi>Acme Writer</bdi> wants to use your AI and <strong>spend up to $5 a day</strong>',
      'Afterwards you go back to app.test.',
      'Allow up to $5/day</button>',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('by you');
    const [before, inside = ''] = text.split('<fieldset class="preview" disabled');
    expect(before).not.toMatch(/<(?:form|button|input)/);
    expect(inside).toContain('</form></fieldset>');
    expect(formFields(text).get('token')).toBe('');
    expect(text).not.toContain('<script');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it('is nobody else’s, and is not told apart from that of an app that is not there', async () => {
    expect((await open(null)).url).toContain('/sign-in?return_to=%2Fconsent%2Fpreview%2F');
    const [foreign, unknown] = [await open('bob'), await open('bob', 'none')];
    expect(foreign.status).toBe(404);
    expect(foreign.text).toBe(unknown.text);
  });

  it('takes nothing, and leaves nothing behind', async () => {
    const count = () =>
      broker.store.db
        .selectFrom('journal')
        .select(({ fn }) => fn.countAll().as('all'))
        .executeTakeFirst();
    const before = await count();
    const browser = new Browser(broker.issuer, 'ada');
    const page = await browser.open(`/consent/preview/${app.id}`);
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    expect((await browser.submit(page.url, fields)).status).toBe(405);
    expect(await broker.grants.list('own_ada')).toEqual([]);
    expect(await count()).toEqual(before);
    expect(broker.errors).toEqual([]);
  });
});
