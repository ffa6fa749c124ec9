// URLs choose among views that exist and nothing else.

import { expect, it } from 'vitest';
import {
  parseAccountsSearch,
  parseActivitySearch,
  parseAppSearch,
  parseAppsSearch,
  parseConnectSearch,
  parseDelegationSearch,
  parseHomeSearch,
} from './search.ts';

it.each([
  ['a known view', parseHomeSearch({ view: 'table' }), { view: 'table' }],
  ['no unknown view', parseHomeSearch({ view: 'pie' }), { view: undefined }],
  ['ended grants', parseAppsSearch({ show: 'all' }), { show: 'all' }],
  ['the limits form', parseAppSearch({ edit: 'limits', other: 1 }), { edit: 'limits' }],
  [
    'filters',
    parseActivitySearch({ grant_id: 12, status: 'refused' }),
    { grant_id: '12', status: 'refused' },
  ],
  [
    'no unknown status',
    parseActivitySearch({ grant_id: {}, status: 'x' }),
    { grant_id: undefined, status: undefined },
  ],
  [
    'days, and what goes with a grant only with one',
    parseActivitySearch({ include: 'descendants', from: '2026-02-28', to: '2026-02-30', model: 'gpt-5' }),
    { from: '2026-02-28', model: 'gpt-5' },
  ],
  [
    'every filter',
    parseActivitySearch({
      grant_id: 'gr_1',
      include: 'descendants',
      status: 'counted',
      provider: 'openai',
      model: 'gpt-5',
      provider_key_id: 'pk_1',
      from: '2026-11-01',
      to: '2026-11-23',
    }),
    {
      grant_id: 'gr_1',
      include: 'descendants',
      status: 'counted',
      provider: 'openai',
      model: 'gpt-5',
      provider_key_id: 'pk_1',
      from: '2026-11-01',
      to: '2026-11-23',
    },
  ],
  ['one tree', parseDelegationSearch({ grant_id: 'gr_1', show: 'all' }), { grant_id: 'gr_1', show: 'all' }],
  [
    'a program and its provider, and no token',
    parseConnectSearch({ app: 'codex', provider: 'openai', token: 'vk_1' }),
    { app: 'codex', provider: 'openai' },
  ],
])('reads %s', (_name, search, expected) => {
  expect(search).toEqual(expected);
});

const returnTo = (return_to: unknown) => parseAccountsSearch({ return_to }).return_to;

it('leads from AI accounts back to a consent page', () => {
  const search = { add: 'mistral', return_to: '/consent/aB3_x-9' };
  expect(parseAccountsSearch(search)).toEqual(search);
});

it.each([
  'https://evil.example/consent/x',
  '//evil.example/consent/x',
  '/\\evil.example',
  '/consent/',
  '/consent//evil.example',
  '/consent/../sign-out',
  '/consent/%2e%2e',
  '/consent/x?y',
  '/consent/x#y',
  '/consent/x\n',
  ' /consent/x',
  'javascript:alert(1)//consent/x',
  '/sign-out',
  ['/consent/x'],
])('leads nowhere else: %j', (target) => {
  expect(returnTo(target)).toBeUndefined();
});
