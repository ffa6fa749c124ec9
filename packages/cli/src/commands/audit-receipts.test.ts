// Guarantees of `valetkey audit receipts`: no login, no server, no network; it finds receipts in any text, shows the chain, and its exit code
// says whether they prove what they seem to.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigningKey, type Receipt, type SigningKey } from '@valetkey/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runAgainst } from '../../test/run-against.ts';
import { speak } from '../messages/messages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-cli-receipts-'));
const file = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};
let key: SigningKey;
let keys: string;
beforeAll(async () => {
  key = await createSigningKey();
  keys = file('keys.json', JSON.stringify({ keys: [{ ...key.publicJwk, kid: 'k1', alg: 'ES256' }] }));
});
afterEach(() => speak('en'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A receipt made from the description in docs/reference alone, as another program would. */
const receipt = async (jti: string, path: string, more: Partial<Receipt> = {}): Promise<string> => {
  const grant_path = path.split('/');
  const act = { sub: `agent:${grant_path[0]}/x`, iss: 'https://b.example' };
  const claims = {
    iss: 'https://b.example',
    iat: 1_790_000_000,
    jti,
    admitted_at: 1_790_000_000_000,
    settled_at: 1_790_000_000_500,
    grant_path,
    ...(grant_path.length > 1 && { act }),
    provider: 'openai',
    operation: 'openai.chat.completions',
    request_sha256: 'q',
    status: 'settled',
    cost_nanos: 4_000_000,
    ...more,
  };
  const signed = `${encode({ alg: 'ES256', kid: 'k1', typ: 'valetkey-receipt+jwt' })}.${encode(claims)}`;
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    key.privateKey,
    Buffer.from(signed),
  );
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
};
const noNetwork = () => Promise.reject(new Error('no network'));
const audit = (...words: string[]) => runAgainst(['audit', 'receipts', ...words], { fetch: noNetwork });

describe('audit receipts', () => {
  it('finds them in any text and shows the chain with what it cost', async () => {
    const [one, two] = [await receipt('c1', 'g1', { client_id: 'app' }), await receipt('c2', 'g1/g2')];
    const path = file('log.txt', `{"valetkey-receipt":"${one}"}\nValetkey-Receipts: ${one}, ${two}\n`);
    const { exitCode, stdout } = await audit(path, '--keys', keys, '--issuer', 'https://b.example', '--json');
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      {
        whole: true,
        refused: [],
        missing: [],
        contradictions: [],
        notes: [],
        grants: [
          expect.objectContaining({
            grant_id: 'g1',
            client_id: 'app',
            cost_usd: '0.004',
            total_usd: '0.008',
            children: [
              expect.objectContaining({ grant_id: 'g2', client_id: null, total_usd: '0.004', children: [] }),
            ],
          }),
        ],
      },
    ]);
    const shown = await audit(path, '--keys', keys);
    expect(shown.stdout).toContain('g1, of app');
    expect(shown.stdout).toContain('g2');
  });

  it.each([
    [
      'a changed one',
      async () => (await receipt('c1', 'g1')).replace(/\.[^.]+$/, `.${'A'.repeat(86)}`),
      'Receipt 1 proves nothing: bad_signature.',
    ],
    ['a hop of which there is none', () => receipt('c1', 'g1/g2'), 'There is no receipt of grant g1'],
    [
      'one of another broker',
      () => receipt('c1', 'g1', { iss: 'https://c.example' }),
      'Receipt 1 proves nothing: other_issuer.',
    ],
    ['nothing', async () => 'nothing', 'holds no receipt'],
  ])('ends with 1 and says in one line what is wrong: %s', async (_, text, problem) => {
    const found = await audit(file('bad.txt', await text()), '--keys', keys, '--issuer', 'https://b.example');
    expect([found.exitCode, found.stderr]).toEqual([1, expect.stringContaining(problem)]);
    expect(found.stderr).toMatch(/^valetkey: [^\n]+\n$/);
  });

  it('holds them against an exported journal, and explains what a crash or the owner changed', async () => {
    const hash = 'x';
    const entry = (seq: number, call_id: string, kind: string, settled_nanos: number, body: object) =>
      JSON.stringify({
        seq,
        at: 1_790_000_000_000,
        owner_id: 'o',
        kind,
        call_id,
        grant_id: 'g1',
        link_id: 'l',
        held_nanos: 0,
        settled_nanos,
        held_tokens: 0,
        settled_tokens: 0,
        held_requests: 0,
        settled_requests: kind === 'call.admitted' ? 0 : 1,
        body: JSON.stringify(body),
        previous_hash: hash,
        hash,
      });
    const intent = {
      provider: 'openai',
      operation: 'openai.chat.completions',
      client_id: null,
      request_sha256: 'q',
    };
    const journal = file(
      'journal.jsonl',
      [
        entry(1, 'c1', 'call.admitted', 0, intent),
        entry(2, 'c1', 'call.settled', 4_000_000, { settled_at: 1_790_000_000_500 }),
        entry(3, 'c2', 'call.admitted', 0, intent),
        entry(4, 'c2', 'call.ceiling', 9_000_000, { unconfirmed: true, reason: 'crash' }),
        entry(5, 'c3', 'call.admitted', 0, intent),
        entry(6, 'c3', 'call.settled', 5_000_000, { settled_at: 1_790_000_000_500 }),
        entry(7, '', 'calls.removed', 0, { until: 1_780_000_000_000, gaps: [], links: [] }),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    );
    const held = async (...calls: (string | Promise<string>)[]) => {
      const receipts = await Promise.all(
        calls.map((call) => (typeof call === 'string' ? receipt(call, 'g1') : call)),
      );
      const found = await audit(
        file('held.txt', receipts.join('\n')),
        '--keys',
        keys,
        '--journal',
        journal,
        '--json',
      );
      return [found.exitCode, JSON.parse(found.stdout).contradictions, JSON.parse(found.stdout).notes];
    };
    expect(await held('c1')).toEqual([0, [], []]);
    expect(await held('c1', 'c2')).toEqual([
      0,
      [],
      [expect.stringContaining('the broker ended before this was durable')],
    ]);
    expect(await held('c3')).toEqual([1, [`${journal} says otherwise of call c3.`], []]);
    // What a journal has settled is never decided again: one that says less than a receipt was written anew.
    for (const status of ['unconfirmed', 'corrected'] as const)
      expect(await held(receipt('c1', 'g1', { status, cost_nanos: 9_000_000 }))).toEqual([
        1,
        [`${journal} says otherwise of call c1.`],
        [],
      ]);
    const before = receipt('c2', 'g1', {
      status: 'unconfirmed',
      cost_nanos: 9_000_000,
      response_sha256: 'r',
    });
    expect(await held(before)).toEqual([0, [], [expect.stringContaining('before this was durable')]]);
    const old = receipt('c0', 'g1', { admitted_at: 1_770_000_000_000 });
    expect(await held(old)).toEqual([0, [], [expect.stringContaining('has left')]]);
    expect(await held('c4')).toEqual([1, [`Call c4 has no outcome in ${journal}.`], []]);
  });

  it('speaks the language of its reader, and to programs English', async () => {
    const calls = await Promise.all([receipt('c1', 'g1', { client_id: 'app' }), receipt('c2', 'g2/g3')]);
    const words = [file('some.txt', calls.join('\n')), '--keys', keys];
    const [text, json] = [await audit(...words), await audit(...words, '--json')];
    await speak('de');
    expect((await audit(...words)).stdout).toBe(text.stdout);
    expect((await audit(...words, '--json')).stdout).toBe(json.stdout);
    const env = { NO_COLOR: '1' };
    const read = await runAgainst(['audit', 'receipts', ...words], { env, terminal: true });
    expect(read.stdout).toMatch(/^Freigabe +g1, von app\nEigene Aufrufe +1\nKosten, mit allem darunter +/m);
    expect(read.stdout).toMatch(/^ {2}Freigabe +g3$/m);
    expect(read.stderr).toBe('valetkey: Es gibt keinen Beleg der Freigabe g2, die über anderen steht.\n');
  });

  it('says to programs in English, whoever reads, what an exported journal contradicts', async () => {
    const journal = file('empty.jsonl', '');
    const words = [file('alone.txt', await receipt('c1', 'g1')), '--keys', keys, '--journal', journal];
    await speak('ja');
    const json = await audit(...words, '--json');
    expect(JSON.parse(json.stdout).contradictions).toEqual([`Call c1 has no outcome in ${journal}.`]);
    expect(json.stderr).toBe(`valetkey: ${journal} に呼び出し c1 の結果がありません。\n`);
    expect((await audit(...words)).stdout).toContain(`Fault\tCall c1 has no outcome in ${journal}.\n`);
  });

  it.each([
    [['x'], 2, '--keys is missing'],
    [[], 2, '<file> is missing'],
    [['/nowhere', '--keys', '/nowhere'], 1, 'Cannot read'],
  ])('refuses %j', async (words, exit, message) => {
    const { exitCode, stderr } = await audit(...words);
    expect([exitCode, stderr]).toEqual([exit, expect.stringContaining(message)]);
  });

  it('refuses keys that are none', async () => {
    const path = file('one.txt', await receipt('c1', 'g1'));
    const { exitCode, stderr } = await audit(path, '--keys', path);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('holds no JWK set')]);
  });
});
