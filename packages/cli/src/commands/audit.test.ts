// Guarantees of the commands about evidence: an export arrives byte by byte or the exit code says that it did not, and a verification needs
// no login, no server and no network.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { homeWithLogin, runAgainst } from '../../test/run-against.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-cli-audit-'));
const file = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};
const login = { token: SESSION, email: 'me@example.com' };

let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer();
});
afterAll(async () => {
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe('audit export', () => {
  it('asks for the period and the form, and writes what it gets as it is', async () => {
    server.answer('GET /api/v1/audit/export', { body: { seq: 1 } });
    const removed = { before: '2026-10-01T00:00:00.000Z', seq: 9 };
    server.answer('GET /api/v1/audit/changes', { body: { data: [], next: null, removed } });
    const words = ['audit', 'export', '--from', '2026-11-01', '--to', '2026-12-01', '--format', 'ecs'];
    const { exitCode, stdout, stderr } = await runAgainst(words, { env: homeWithLogin(server.url, login) });
    expect([exitCode, stdout]).toEqual([0, '{"seq":1}']);
    expect(stderr).toBe('Calls from before 2026-10-01 00:00Z have left the journal, as its entry 9 says.\n');
    expect(server.seen.at(-2)?.query).toBe('?format=ecs&from=2026-11-01&to=2026-12-01');
  });

  it.each([
    [['--format', 'csv'], '--format must be jsonl or ecs'],
    [['--from', 'yesterday'], '--from must be a date or a time'],
    [['--to', ''], '--to must be a date or a time'],
  ])('refuses %j', async (flags, message) => {
    const { exitCode, stderr } = await runAgainst(['audit', 'export', ...flags]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('without a login ends with 4, and on a terminal asks for a file', async () => {
    expect((await runAgainst(['audit', 'export', '--url', server.url])).exitCode).toBe(4);
    const env = homeWithLogin(server.url, login);
    const { exitCode, stderr } = await runAgainst(['audit', 'export'], { env, terminal: true });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('valetkey audit export > journal.jsonl')]);
  });

  it('that breaks off ends with 1 and says so', async () => {
    const broken = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"seq":1}\n', () => response.destroy());
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    const { exitCode, stderr } = await runAgainst(['audit', 'export'], { env: homeWithLogin(url, login) });
    broken.close();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/broke off|Cannot reach/)]);
  });
});

/** An entry made from the description in docs/reference alone, as another program would. */
const entryAfter = (
  previous_hash: string,
  seq: number,
  own = 'owner.signed_in',
  body = '{}',
  at = 1000 * seq,
) => {
  const columns = ['o', own, null, null, null, 0, 0, 0, 0, 0, 0, body];
  const hash = sha256([previous_hash, seq, at, ...columns]);
  const [owner_id, kind, call_id, grant_id, link_id] = columns;
  const amounts = { held_nanos: 0, settled_nanos: 0, held_tokens: 0, settled_tokens: 0 };
  const requests = { held_requests: 0, settled_requests: 0 };
  const who = { seq, at, owner_id, kind, call_id, grant_id, link_id };
  return { ...who, ...amounts, ...requests, body, previous_hash, hash };
};
const sha256 = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url');
const first = entryAfter(sha256(['valetkey-journal-1', 'o']), 1);
const second = entryAfter(first.hash, 2);
const third = entryAfter(second.hash, 3);
const textOf = (...entries: object[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const checkpointOf = ({ seq, hash }: { seq: number; hash: string }): string => {
  const header = { alg: 'ES256', kid: 'k1', typ: 'valetkey-checkpoint+jws' };
  const signed = `${encode(header)}.${encode({ owner: 'o', seq, hash, at: 5000, broker: 'https://b.example' })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${JSON.stringify({ checkpoint: `${signed}.${signature.toString('base64url')}` })}\n`;
};
const keys = file(
  'keys.json',
  JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }] }),
);

describe('audit verify', () => {
  const noNetwork = () => Promise.reject(new Error('no network'));
  const verify = (...words: string[]) => runAgainst(['audit', 'verify', ...words], { fetch: noNetwork });
  const whole = file('whole.jsonl', textOf(first, second, third));

  it('passes what another program made by the description, and says what it does not prove', async () => {
    const { exitCode, stdout, stderr } = await verify(whole, '--json');
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      {
        owner: 'o',
        entries: 3,
        first: { seq: 1, at: '1970-01-01T00:00:01.000Z' },
        last: { seq: 3, at: '1970-01-01T00:00:03.000Z', hash: third.hash },
        checkpoints: 0,
        signed_seq: null,
        removed: null,
      },
    ]);
    expect(stderr).toContain('shows only with --checkpoints and --keys');
  });

  it('says which calls were removed, and compares what was signed of them where it can', async () => {
    const gaps = [{ from: 1, to: 2, hash: second.hash }];
    const sum = { settled_nanos: 5, settled_requests: 1, settled_tokens: 0, calls: 1 };
    const body = JSON.stringify({ until: 86_400_000, gaps, links: [{ link_id: 'gr_1.openai', ...sum }] });
    const fourth = entryAfter(third.hash, 4, 'calls.removed', body, 36 * 86_400_000);
    const path = file('removed.jsonl', textOf(third, fourth));
    const signed = (...heads: { seq: number; hash: string }[]) =>
      verify(path, '--checkpoints', file('some.jsonl', heads.map(checkpointOf).join('')), '--keys', keys);
    const { exitCode, stdout } = await signed(first, second, fourth);
    expect(exitCode).toBe(0);
    for (const line of [
      'Checkpoints that agree\t2\n',
      'Old calls that were removed\t1\n',
      'Named by entry\t4\n',
      'Checkpoints of removed entries\t1\n',
    ])
      expect(stdout).toContain(line);
    const other = await signed({ ...second, hash: first.hash }, fourth);
    expect(other.stderr).toContain('Entry 2 was removed, and is not the one that was signed');
    const part = await verify(file('third.jsonl', textOf(third, entryAfter('x', 9))), '--part');
    expect([part.exitCode, part.stderr]).toEqual([1, expect.stringContaining('export up to today')]);
  });

  it.each([
    [[third], '', ['Checkpoints that agree\t1\n', 'Signed up to entry\t3\n']],
    [[first, second], 'No checkpoint speaks of the last 1 entries', ['Signed up to entry\t2\n']],
  ])('says how far it is signed', async (signed, warning, shown) => {
    const checkpoints = file('checkpoints.jsonl', signed.map(checkpointOf).join(''));
    const { exitCode, stdout, stderr } = await verify(whole, '--checkpoints', checkpoints, '--keys', keys);
    expect(exitCode).toBe(0);
    for (const line of shown) expect(stdout).toContain(line);
    expect(stderr).toContain(warning);
  });

  it.each([
    ['a changed entry', textOf(first, { ...second, kind: 'x.y' }, third), 'Entry 2 was changed'],
    ['a removed entry', textOf(first, third), 'Entry 2 is missing or was moved'],
    ['a missing beginning', textOf(second, third), '(say --part if only a period was exported)'],
    [
      'a cut end',
      textOf(first, second),
      'Entry 3 is missing at the end: a checkpoint was signed for entry 3',
    ],
    ['another file', 'hello\n', 'Only the form jsonl can be verified'],
  ])('ends with 1 and names %s in one line', async (_, text, problem) => {
    const checkpoints = file('checkpoints.jsonl', checkpointOf(third));
    const found = await verify(file('bad.jsonl', text), '--checkpoints', checkpoints, '--keys', keys);
    expect([found.exitCode, found.stdout]).toEqual([1, '']);
    expect(found.stderr).toMatch(/^valetkey: [^\n]+\n$/);
    expect(found.stderr).toContain(problem);
  });

  it.each([
    [[], '<file> is missing'],
    [['x', '--keys', 'k'], '--checkpoints and --keys go together'],
    [['x', '--checkpoints', 'c'], '--checkpoints and --keys go together'],
  ])('refuses %j with 2', async (words, message) => {
    const { exitCode, stderr } = await verify(...words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
