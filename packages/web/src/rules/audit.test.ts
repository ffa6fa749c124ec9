// What is said of an entry: in words where there are some, and never by a person who did not do it.

import { describe, expect, it } from 'vitest';
import { changedBy, changeWords, subjectOf } from './audit.ts';

describe('a change', () => {
  it.each([
    ['grant.edited', {}, 'Access changed', 'You'],
    ['grant.delegated', { via: 'api' }, 'Access delegated', 'App'],
    ['grant.delegated', { via: 'owner' }, 'Access delegated', 'You'],
    ['grant.revoked', { by: 'owner' }, 'Access revoked', 'You'],
    ['grant.revoked', { by: 'client' }, 'Access revoked', 'App'],
    ['grant.revoked', { by: 'broker' }, 'Access revoked', 'Broker'],
    ['grant.expired', { because: 'unused' }, 'Access ended by itself', 'Broker'],
    [
      'delegation.refusals',
      { code: 'not_narrower', more: 7 },
      'More delegations refused: 7 × not_narrower',
      'Broker',
    ],
    [
      'delegation.refused',
      { code: 'not_narrower', members: ['models'] },
      'Delegation refused: models',
      'App',
    ],
    ['call.refusals', { code: 'rate_limited', more: 90 }, 'More calls refused: 90 × rate_limited', 'Broker'],
    ['broker.configured', {}, 'Configuration of the broker', 'Broker'],
    ['owner.sign_in_failed', {}, 'Wrong password', 'Someone'],
    ['something.new', {}, 'something.new', 'You'],
  ])('%s %j is "%s", by %s', (kind, body, words, who) => {
    expect([changeWords({ kind, body }), changedBy({ kind, body })]).toEqual([words, who]);
  });

  it.each([
    ['consent.shown', null, { client_id: 'app_1' }, 'Acme Writer'],
    ['client.removed', null, { client_id: 'app_2' }, 'app_2'],
    ['provider_key.added', null, { provider: 'openai', version: 1 }, 'openai'],
    ['grant.created', 'gr_1', { client_id: 'app_1' }, null],
    ['broker.configured', null, {}, null],
  ])('%s of grant %s is about what its entry %j names: %s', (_, grant_id, body, subject) => {
    expect(subjectOf({ grant_id, body }, new Map([['app_1', 'Acme Writer']]))).toBe(subject);
  });
});
