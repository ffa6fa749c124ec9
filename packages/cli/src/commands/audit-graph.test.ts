// How a call was allowed is told from a file alone, without login, server or network; a broker that runs adds the names.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { homeWithLogin, runAgainst } from '../../test/run-against.ts';
import { speak } from '../messages/messages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-cli-graph-'));
let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer();
});
afterEach(() => speak('en'));
afterAll(async () => {
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
});

const sha256 = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('base64url');

interface Told {
  readonly kind: string;
  readonly call?: string;
  readonly grant?: string;
  readonly held?: number;
  readonly settled?: number;
  readonly body: object;
}

/** A journal as docs/reference/audit.md describes it. */
const exportOf = (entries: readonly Told[]): string => {
  let previous = sha256(['valetkey-journal-1', 'o']);
  return entries
    .map(({ kind, call = null, grant = null, held = 0, settled = 0, body }, index) => {
      const isCharged = call !== null && grant !== null;
      const requests = Math.sign(held);
      const members = {
        seq: index + 1,
        at: (index + 1) * 1000,
        owner_id: 'o',
        kind,
        call_id: call,
        grant_id: grant,
        link_id: isCharged ? `${grant}.openai` : null,
        held_nanos: held,
        settled_nanos: settled,
        held_tokens: 0,
        settled_tokens: 0,
        held_requests: requests,
        settled_requests: Math.sign(settled),
        body: JSON.stringify(body),
      };
      const hash = sha256([previous, ...Object.values(members)]);
      const line = JSON.stringify({ ...members, previous_hash: previous, hash });
      previous = hash;
      return `${line}\n`;
    })
    .join('');
};

const right = { type: 'ai_model_access', provider: 'openai' };
const JOURNAL: readonly Told[] = [
  { kind: 'provider_key.added', body: { provider_key_id: 'pk_1', provider: 'openai', version: 1 } },
  {
    kind: 'grant.created',
    grant: 'gr_1',
    body: {
      client_id: 'app_1',
      provider_keys: { openai: 'pk_1' },
      authorization_details: [{ ...right, limits: { total_spend: 5 }, delegation: { max_depth: 1 } }],
    },
  },
  {
    kind: 'grant.delegated',
    grant: 'gr_2',
    body: { parent_grant_id: 'gr_1', client_id: 'app_1', authorization_details: [right] },
  },
  {
    kind: 'call.admitted',
    call: 'call_1',
    grant: 'gr_2',
    held: 2_000_000,
    body: { operation: 'openai.chat' },
  },
  {
    kind: 'call.settled',
    call: 'call_1',
    grant: 'gr_2',
    held: -2_000_000,
    settled: 1_500_000,
    body: { status: 200 },
  },
];
const graph = (...words: string[]) =>
  runAgainst(['audit', 'graph', ...words], { fetch: () => Promise.reject(new Error('no network')) });

describe('audit graph', () => {
  const path = join(scratch, 'journal.jsonl');
  writeFileSync(path, exportOf(JOURNAL));

  it('shows the way of a call as a tree, from a file alone', async () => {
    const { exitCode, stdout } = await graph('call_1', '--file', path);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').slice(-5)).toEqual([
      'Through\t└─ provider key pk_1, version 1, spent $0.00, held $0.0020, entry 1',
      'Through\t   └─ grant gr_1, app app_1, spent $0.00, held $0.0020, entry 2',
      'Limit\t        $5.00 in total: $0.00 spent, $0.0020 held',
      'Through\t      └─ grant gr_2, acts as agent:gr_1/gr_2, spent $0.00, held $0.0020, entry 3',
      '',
    ]);
    expect(stdout).toContain('Cost\t0.0015\n');
  });

  it('is told on a terminal in its language, and to a program in English', async () => {
    const piped = await graph('call_1', '--file', path);
    await speak('de');
    expect((await graph('call_1', '--file', path)).stdout).toBe(piped.stdout);
    const env = { NO_COLOR: '1' };
    const words = ['audit', 'graph', 'call_1', '--file', path];
    const { stdout } = await runAgainst(words, { env, terminal: true });
    for (const line of [
      /^Durch +└─ Anbieter-Schlüssel pk_1, Version 1, \$0.00 ausgegeben, \$0.0020 reserviert, Eintrag 1$/m,
      /^Limit +\$5.00 insgesamt: \$0.00 ausgegeben, \$0.0020 reserviert$/m,
      /^Durch +└─ Freigabe gr_2, handelt als agent:gr_1\/gr_2, /m,
      /^Eintrag 5 +call.settled am 1970-01-01 00:00Z$/m,
    ])
      expect(stdout).toMatch(line);
    expect(stdout.split('\n')).toHaveLength(piped.stdout.split('\n').length);
  });

  it('is JSON when asked', async () => {
    const { stdout } = await graph('call_1', '--file', path, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      owner_id: 'o',
      call: { id: 'call_1', status: 'settled', held_usd: '0.002', cost_usd: '0.0015' },
      trees: [{ link_id: 'pk_1', children: [{ grant_id: 'gr_1', children: [{ grant_id: 'gr_2' }] }] }],
    });
  });

  it.each([
    ['a call that is not there', 'call_9', (text: string) => text, 'There is no call call_9'],
    ['a changed file', 'call_1', (text: string) => text.replace('"o"', '"p"'), 'Entry'],
    ['an empty file', 'call_1', () => '', 'There is no call call_1'],
  ])('ends with 1 for %s', async (_name, call, change, message) => {
    const other = join(scratch, 'other.jsonl');
    writeFileSync(other, change(exportOf(JOURNAL)));
    const { exitCode, stderr } = await graph(call, '--file', other);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it('asks the broker where no file is named, and shows the names that it adds', async () => {
    const offline = JSON.parse((await graph('call_1', '--file', path, '--json')).stdout);
    server.answer('GET /api/v1/calls/call_1/graph', { body: { ...offline, names: { gr_2: 'worker' } } });
    const env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
    const { exitCode, stdout } = await runAgainst(['audit', 'graph', 'call_1'], { env });
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('grant gr_2 “worker”, acts as')]);
  });
});
