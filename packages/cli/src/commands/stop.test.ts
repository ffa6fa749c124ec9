// Guarantees of stop and resume: what is asked of the server, what a person and a program read, and that neither guesses what is meant.

import { beforeEach, describe, expect, it } from 'vitest';
import { loggedIn } from '../../test/logged-in.ts';

const house = loggedIn();

const stopOf = (scope: string, more: object = {}) => ({
  id: `st_${scope}`,
  scope,
  client: null,
  provider_key: null,
  began_at: '2026-11-20T09:00:00Z',
  ...more,
});
const STOPS = [
  stopOf('everything'),
  stopOf('app', { client: { id: 'app_1', name: 'Notes' } }),
  stopOf('provider_key', { provider_key: { id: 'pk_1', label: 'main' } }),
];

beforeEach(() => {
  house.server.answer('POST /api/v1/stops', { body: { stop: STOPS[0], grants_stopped: 7, streams_cut: 2 } });
  house.server.answer('GET /api/v1/stops', { body: { data: STOPS, next: null } });
  for (const { id } of STOPS) house.server.answer(`DELETE /api/v1/stops/${id}`, { status: 204 });
});

describe.each([
  [['--all'], { scope: 'everything' }, 'st_everything'],
  [['--app', 'app_1'], { scope: 'app', client_id: 'app_1' }, 'st_app'],
  [['--key', 'pk_1'], { scope: 'provider_key', provider_key_id: 'pk_1' }, 'st_provider_key'],
])('with %j', (flags, body, id) => {
  it('stop says what ended and how to go on', async () => {
    const { exitCode: code, stdout, stderr } = await house.run(['stop', ...flags]);
    expect(house.server.seen.at(-1)).toMatchObject({ route: 'POST /api/v1/stops', body });
    expect([code, stdout]).toEqual([
      0,
      'Stopped\t2026-11-20T09:00:00Z\nGrants stopped\t7\nRunning calls ended\t2\n',
    ]);
    expect(stderr).toContain(`valetkey resume ${flags.join(' ')}`);
  });

  it('resume ends that stop and no other', async () => {
    const { exitCode: code, stderr } = await house.run(['resume', ...flags]);
    expect([code, house.server.seen.at(-1)?.route]).toEqual([0, `DELETE /api/v1/stops/${id}`]);
    expect(stderr).toContain('Still stopped as a whole: 2.');
  });
});

it('resume says when that is not stopped', async () => {
  const { exitCode: code, stderr } = await house.run(['resume', '--app', 'app_2']);
  expect([code, stderr]).toEqual([1, 'valetkey: That is not stopped.\n']);
});

it.each([[[]], [['--all', '--key', 'pk_1']], [['gr_1']]])(
  'neither guesses what is meant by %j',
  async (flags) => {
    for (const word of ['stop', 'resume']) {
      const { exitCode: code } = await house.run([word, ...flags]);
      expect([code, house.server.seen]).toEqual([2, []]);
    }
  },
);
