// What stands above a grant is told before more is allowed than it leaves: on the consent page and at a request for more. Display alone; that
// the ceilings hold is proved where the ledger is.

import { type Limit, unrestrictedAccess } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ceilingIdOf } from '../../src/ledger/ceiling.ts';
import { openRoot } from '../../src/ledger/root-link.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

const USD = 1_000_000_000;
const OWNER = 'own_ada';

let broker: TestBroker;
let keyId: string;
beforeEach(async () => {
  broker = await startBroker();
  keyId = (await broker.addKey(OWNER, 'openai', 'Work')).id;
});
afterEach(async () => {
  expect(broker.errors).toEqual([]);
  await broker.close();
});

const usd = (dollars: number, per: Limit['per']): Limit => ({ unit: 'usd', amount: dollars * USD, per });

const setOwn = (...limits: Limit[]) =>
  broker.ledger.change({
    links: [openRoot(ceilingIdOf(OWNER), OWNER, { limits })],
    rows: [],
    entries: [],
  });
const setOfKey = (...limits: Limit[]) =>
  broker.ledger.change({
    links: [{ kind: 'update', linkId: keyId, set: { limits } }],
    rows: [],
    entries: [],
  });

/** The page on which five dollars a day are asked for. */
const consentPage = async (language = 'en') => {
  const browser = new Browser(broker.issuer);
  const app = await flow.registerClient(broker);
  return (await flow.openRequest(browser, app, { ui_locales: language })).text;
};

/** The page of a request for ten dollars a month instead of one. */
const requestPage = async () => {
  const access = { ...unrestrictedAccess('openai'), limits: [usd(1, 'month')] };
  const made = await broker.grants.create({
    ownerId: OWNER,
    clientId: null,
    name: 'Planner',
    parts: [{ providerKeyId: keyId, access }],
    unknownFields: 'pass',
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  const asked = await broker.accessRequests.make({
    grantId: made.value.id,
    asked: [{ ...access, limits: [usd(10, 'month')] }],
    message: null,
    via: 'api',
  });
  if (!asked.ok) throw new Error(asked.error.detail);
  return (await new Browser(broker.issuer).open(`/consent/requests/${asked.value.id}`)).text;
};

describe('a ceiling that leaves less than is to be allowed', () => {
  it('is not spoken of where there is none, or where everything fits', async () => {
    expect(await consentPage()).not.toContain('calls stop there');
    await setOwn(usd(155, 'month'));
    expect(await consentPage()).not.toContain('calls stop there');
    expect(await requestPage()).not.toContain('calls stop there');
  });

  it('is told on the consent page, the owner’s own and that of the key that pays', async () => {
    await setOwn(usd(3.2, 'month'), { unit: 'requests', amount: 60, per: 'minute' });
    await setOfKey(usd(4, 'day'));
    const text = await consentPage();
    expect(text).toContain('<p>Your own limit leaves $3.20 this month; calls stop there.</p>');
    expect(text).toContain(
      '<p>The limit of your key Work (ends in 6789) leaves $4.00 today; calls stop there.</p>',
    );
    expect(text.match(/calls stop there/g)).toHaveLength(2);
  });

  it('is told at a request for more', async () => {
    await setOwn(usd(8, 'month'));
    expect(await requestPage()).toContain('Your own limit leaves $8.00 this month; calls stop there.');
  });

  it('says so where nothing is left of it', async () => {
    await setOwn(usd(0, 'month'), usd(3, 'total'));
    await setOfKey(usd(0, 'total'));
    const text = await consentPage();
    expect(text).toContain(
      'Your own limit is used up for this month: calls are refused until it starts again.',
    );
    expect(text).toContain(
      'The limit of your key Work (ends in 6789) is used up: calls are refused until it is raised.',
    );
    expect(text).not.toContain('leaves $3.00');
  });

  it.each([
    ['de', 'Ihr eigenes Limit lässt diesen Monat noch $3.20 zu; danach werden Aufrufe abgelehnt.'],
    ['ja', 'あなた自身の上限の残りは、今月あと $3.20 です。呼び出しはそこで止まります。'],
  ])('speaks the language of the page: %s', async (language, sentence) => {
    await setOwn(usd(3.2, 'month'));
    expect(await consentPage(language)).toContain(sentence);
  });
});
