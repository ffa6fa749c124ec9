// URLs choose among views that exist and nothing else.

import { expect, it } from 'vitest';
import {
  parseActivitySearch,
  parseAppSearch,
  parseAppsSearch,
  parseConnectSearch,
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
  ['a provider', parseConnectSearch({ provider: 'openai' }), { provider: 'openai' }],
])('reads %s', (_name, search, expected) => {
  expect(search).toEqual(expected);
});
