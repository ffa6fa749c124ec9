// Guarantees: a child asks for what its caller says and for its parent's restrictions where it says nothing, ends, and does not delegate
// unless it is told to.

import { describe, expect, it } from 'vitest';
import { type ChildAccess, childDetails, type GrantedAccess } from './child-details.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const OPENAI: GrantedAccess = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o*'],
  capabilities: ['chat'],
  tools: ['function'],
  locations: ['https://broker.test'],
  limits: { total_spend: 5, max_requests: 9 },
  delegation: { max_depth: 2, to: ['app_1'] },
  reason: 'Its own',
};
const GOOGLE: GrantedAccess = {
  type: 'ai_model_access',
  provider: 'google',
  expires: '2026-11-22T00:10:00Z',
};
const INHERITED = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o*'],
  capabilities: ['chat'],
  tools: ['function'],
  locations: ['https://broker.test'],
  expires: '2026-11-22T01:00:00Z',
};

describe('a child', () => {
  it.each<[string, ChildAccess, object]>([
    ['says nothing', {}, {}],
    ['may spend', { limit: '0.50' }, { limits: { total_spend: '0.50' } }],
    [
      'may spend a day and in all, ten times',
      { limit: { total: 2, day: '0.1' }, limits: { max_requests: 10 } },
      { limits: { total_spend: 2, daily_spend: '0.1', max_requests: 10 } },
    ],
    [
      'names less',
      { models: ['gpt-4o-mini'], capabilities: [], tools: [] },
      { models: ['gpt-4o-mini'], capabilities: [], tools: [] },
    ],
    ['lives shortly', { expiresIn: '15m' }, { expires: '2026-11-22T00:15:00Z' }],
    ['lives some seconds', { expiresIn: 1.5 }, { expires: '2026-11-22T00:00:01.500Z' }],
    ['may delegate to whom its parent may', { depth: 1 }, { delegation: { max_depth: 1, to: ['app_1'] } }],
    ['may delegate to one', { depth: 1, to: ['x'] }, { delegation: { max_depth: 1, to: ['x'] } }],
  ])('that %s', (_, asked, changes) => {
    expect(childDetails(asked, [OPENAI], NOW_MS)).toEqual([{ ...INHERITED, ...changes }]);
  });

  it('of several providers has all of them or the named one, and ends with its parent', () => {
    const both = childDetails({}, [OPENAI, GOOGLE], NOW_MS);
    expect(both.map(({ provider, expires }) => [provider, expires])).toEqual([
      ['openai', '2026-11-22T01:00:00Z'],
      ['google', '2026-11-22T00:10:00Z'],
    ]);
    expect(childDetails({ provider: 'google', limit: 1 }, [OPENAI, GOOGLE], NOW_MS)).toEqual([
      { ...GOOGLE, limits: { total_spend: 1 } },
    ]);
  });

  it.each<[ChildAccess, string]>([
    [{ limit: 1 }, '(openai, google): say which one'],
    [{ provider: 'mistral' }, 'no part for mistral'],
    [{ expiresIn: 'soon' }, 'expiresIn must be'],
    [{ expiresIn: 0 }, 'expiresIn must be'],
    [{ expiresIn: '15' }, 'expiresIn must be'],
    [{ provider: 'openai', limit: { year: 1 } as object }, 'limit.year'],
  ])('is not made up from %j', (asked, says) => {
    expect(() => childDetails(asked, [OPENAI, GOOGLE], NOW_MS)).toThrow(says);
  });
});
