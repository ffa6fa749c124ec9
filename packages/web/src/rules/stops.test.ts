import { describe, expect, it } from 'vitest';
import type { Grant, NewStop, Stop } from '../api/types.ts';
import { findStop, reachedBy } from './stops.ts';

const grant = (id: string, change: object = {}) =>
  ({
    id,
    client: null,
    parent_grant_id: null,
    status: 'active',
    stopped_by: null,
    parts: [{ provider_key: { id: 'pk_1' } }],
    ...change,
  }) as unknown as Grant;

const GRANTS = [
  grant('tool'),
  grant('app', { client: { id: 'writer' }, parts: [{ provider_key: { id: 'pk_2' } }] }),
  grant('below', { parent_grant_id: 'app', parts: [{ provider_key: { id: 'pk_2' } }] }),
  grant('paused', { status: 'suspended' }),
  grant('ended', { status: 'revoked' }),
  grant('stopped', { stopped_by: 'app' }),
];

describe('a stop', () => {
  it.each<[NewStop, string[]]>([
    [{ scope: 'everything' }, ['tool', 'app', 'below']],
    [{ scope: 'app', client_id: 'writer' }, ['app', 'below']],
    [{ scope: 'provider_key', provider_key_id: 'pk_1' }, ['tool']],
    [{ scope: 'provider_key', provider_key_id: 'pk_9' }, []],
  ])('%j reaches what can be used now, and what is below it', (what, ids) => {
    expect(reachedBy(what, GRANTS).map(({ id }) => id)).toEqual(ids);
  });

  it('is found by exactly what it is of', () => {
    const stops = [
      { id: '1', scope: 'everything', client: null, provider_key: null },
      { id: '2', scope: 'app', client: { id: 'writer' }, provider_key: null },
      { id: '3', scope: 'provider_key', client: null, provider_key: { id: 'pk_1' } },
    ] as unknown as Stop[];
    expect(findStop(stops, { scope: 'everything' })?.id).toBe('1');
    expect(findStop(stops, { scope: 'app', client_id: 'writer' })?.id).toBe('2');
    expect(findStop(stops, { scope: 'app', client_id: 'other' })).toBeUndefined();
    expect(findStop(stops, { scope: 'provider_key', provider_key_id: 'pk_1' })?.id).toBe('3');
  });
});
