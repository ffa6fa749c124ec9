// Guarantees of requests list, allow and deny: what is asked of the server, and what a person, a pipe and a program read.

import { beforeEach, expect, it } from 'vitest';
import { loggedIn } from '../../test/logged-in.ts';
import type { AccessRequest } from '../api-types.ts';

const REQUEST: AccessRequest = {
  id: 'more_1',
  grant_id: 'grant_2',
  status: 'pending',
  message: 'One more chapter',
  asked: [{ type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 10 } }],
  path: [{ name: 'planner' }, { name: 'writer' }],
  changes: [
    {
      grant_id: 'grant_1',
      name: 'planner',
      is_asker: false,
      members: [{ label: 'Budget a month', from: '$5.00', to: '$12.00' }],
    },
    {
      grant_id: 'grant_2',
      name: 'writer',
      is_asker: true,
      members: [{ label: 'Models', from: null, to: 'gpt-b added' }],
    },
  ],
  shown_hash: 'hash',
  expires_at: '2026-11-23T12:00:00Z',
};

const house = loggedIn();
beforeEach(() => {
  house.server.answer('GET /api/v1/requests', { body: { data: [REQUEST], next: null } });
  house.server.answer('GET /api/v1/requests/more_1', { body: REQUEST });
  house.server.answer('POST /api/v1/requests/more_1/allow', { body: { ...REQUEST, status: 'allowed' } });
  house.server.answer('POST /api/v1/requests/more_1/deny', { body: { ...REQUEST, status: 'denied' } });
});

const run = (line: string) => house.run(line.split(' '));

it('requests list says who asks, through whom, old and new on every grant, and its words', async () => {
  const { stdout } = await run('requests list');
  expect(stdout).toBe(
    'more_1\tplanner > writer\tBudget a month: $5.00 -> $12.00 (planner); Models: gpt-b added\tOne more chapter\t2026-11-23T12:00:00Z\n',
  );
  expect(JSON.parse((await run('requests list --json')).stdout)).toEqual([REQUEST]);
});

it('requests list says so when nobody asks', async () => {
  house.server.answer('GET /api/v1/requests', { body: { data: [], next: null } });
  expect((await run('requests list')).stderr).toContain('Nobody asks for more.');
});

it.each([
  ['all of it', '', {}],
  [
    'an amount',
    ' --limit 7/month',
    { authorization_details: [{ ...REQUEST.asked[0], limits: { monthly_spend: 7 } }] },
  ],
  ['without the grants above', ' --alone', { unchanged_grant_ids: ['grant_1'] }],
])('requests allow gives %s, of what was shown', async (_name, flags, body) => {
  const { stdout, exitCode } = await run(`requests allow more_1${flags}`);
  expect(house.server.seen.at(-1)).toMatchObject({ route: 'POST /api/v1/requests/more_1/allow' });
  expect(house.server.seen.at(-1)?.body).toEqual({ ...body, shown_hash: 'hash' });
  expect([exitCode, stdout]).toEqual([0, 'Request\tmore_1\nGrant\tgrant_2\nStatus\tallowed\n']);
});

it('requests deny denies', async () => {
  const { stdout } = await run('requests deny more_1');
  expect(house.server.seen.at(-1)).toMatchObject({ route: 'POST /api/v1/requests/more_1/deny', body: {} });
  expect(stdout).toContain('Status\tdenied');
});
