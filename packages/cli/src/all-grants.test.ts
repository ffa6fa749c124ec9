// Every page is read, once, and a page that fails is a failure.

import { succeed } from '@valetkey/core';
import { expect, it } from 'vitest';
import { allGrants } from './all-grants.ts';
import type { ApiClient } from './api-client.ts';
import { failWith } from './failure.ts';

const server = (answers: Readonly<Record<string, unknown>>) => {
  const seen: string[] = [];
  const call = async (_method: string, path: string) => {
    seen.push(path);
    return path in answers ? succeed(answers[path]) : failWith('gone');
  };
  return { seen, api: { call } as unknown as ApiClient };
};

const FIRST = '/grants?status=all';
const SECOND = '/grants?status=all&before=5.gr_2';

it('reads on until there is no next page', async () => {
  const { api, seen } = server({
    [FIRST]: { data: [{ id: 'gr_1' }, { id: 'gr_2' }], next: '5.gr_2' },
    [SECOND]: { data: [{ id: 'gr_3' }], next: null },
  });
  const grants = await allGrants(api, 'all');
  expect(grants.ok && grants.value.map(({ id }) => id)).toEqual(['gr_1', 'gr_2', 'gr_3']);
  expect(seen).toEqual([FIRST, SECOND]);
});

it('does not take some pages for all of them', async () => {
  const { api } = server({ [FIRST]: { data: [{ id: 'gr_1' }], next: '5.gr_2' } });
  expect((await allGrants(api, 'all')).ok).toBe(false);
});
