// One thing is erased at a time, and it is named: a slip erases nothing.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { homeWithLogin, runAgainst } from '../../test/run-against.ts';

let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer();
});
afterAll(() => server.close());

const erase = (...words: string[]) => {
  const env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
  return runAgainst(['audit', 'erase', ...words], { env });
};

it.each([
  [['--grant', 'gr_1'], { grant_id: 'gr_1' }],
  [['--app', 'app_1'], { client_id: 'app_1' }],
  [['--owner', 'me@example.com'], { owner_email: 'me@example.com' }],
])('%j asks for exactly that', async (words, body) => {
  server.answer('POST /api/v1/audit/erase', { body: { grants: 2 } });
  const { exitCode, stdout } = await erase(...words);
  expect([exitCode, stdout]).toEqual([0, 'Grants erased\t2\n']);
  expect(server.seen.at(-1)?.body).toEqual(body);
});

it.each([[[]], [['--grant', 'gr_1', '--app', 'app_1']], [['--owner', '']]])(
  '%j is refused',
  async (words) => {
    const asked = server.seen.length;
    const { exitCode, stderr } = await erase(...words);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('name one of --grant, --app and --owner'),
    ]);
    expect(server.seen.length).toBe(asked);
  },
);
