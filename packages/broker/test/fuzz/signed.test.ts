// What is believed because somebody signed or hashed it, after a hand was laid on it: tokens, proofs, receipts, exported journals. Nothing
// but what was signed is ever believed, and nothing that comes instead throws.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyReceipt } from '@valetkey/sdk';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, describe, it } from 'vitest';
import { formatEntry } from '../../src/audit/export-line.ts';
import { genesisHash, hashEntry } from '../../src/audit/hash-entry.ts';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { createAccessTokenVerifier } from '../../src/tokens/access-token.ts';
import { checkProof } from '../../src/tokens/dpop-proof.ts';
import { FUZZ_TIMEOUT_MS, fuzz, near } from './fuzz.ts';

const ISSUER = 'https://broker.test';
const NOW_MS = 1_800_000_000_000;
const now = () => NOW_MS;
const { privateKey, publicKey } = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
const sign = (claims: JWTPayload, header: object) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const WORDS = [
  '.',
  '..',
  '=',
  '+',
  '/',
  'A',
  'e30',
  ' ',
  '\0',
  'é',
  ...[{ alg: 'none' }, { alg: 'HS256' }, { alg: 'ES256', crit: ['x'] }, null, 1, [], 'x'].map(
    (value) => `${encode(value)}.`,
  ),
];

const target = (name: string, run: () => Promise<void>) => it(name, run, FUZZ_TIMEOUT_MS);

/** Throws unless a text that was believed carries the very signed bytes: spare bits of its last character may differ. */
const mustBeSigned = (text: string, signed: string): void => {
  const bytes = (jws: string) => jws.split('.').map((each) => Buffer.from(each, 'base64url').toString('hex'));
  if (bytes(text).join('.') !== bytes(signed).join('.')) throw new Error(`believed: ${text}`);
};

describe('of what was changed after it was signed nothing is believed', () => {
  target('access tokens', async () => {
    const seconds = NOW_MS / 1000;
    const claims = { iss: ISSUER, aud: ISSUER, sub: 'gr_1', grant_id: 'gr_1', client_id: 'c', jti: 'j' };
    const token = await sign({ ...claims, iat: seconds, exp: seconds + 60 }, { typ: 'at+jwt', kid: 'k' });
    const verify = createAccessTokenVerifier({ issuer: ISSUER, jwks: { keys: [jwk] }, now });
    if (!(await verify(token)).ok) throw new Error('the token itself is not believed');
    await fuzz('access tokens', near([token], WORDS), async (bytes) => {
      const text = bytes.toString('latin1');
      if ((await verify(text)).ok) mustBeSigned(text, token);
    });
  });

  target('DPoP proofs', async () => {
    const url = `${ISSUER}/openai/v1/chat/completions`;
    const { kid: _, use: __, ...own } = jwk;
    const claims = { htm: 'POST', htu: url, jti: 'j', iat: NOW_MS / 1000 };
    const proof = await sign(claims, { typ: 'dpop+jwt', jwk: own });
    const check = (text: string) =>
      checkProof(
        { proof: text, method: 'POST', url, accessToken: null, jkt: null },
        { now, claim: async () => true },
      );
    if (!(await check(proof)).ok) throw new Error('the proof itself is not believed');
    await fuzz('DPoP proofs', near([proof], WORDS), async (bytes) => {
      const text = bytes.toString('latin1');
      if ((await check(text)).ok) mustBeSigned(text, proof);
    });
  });

  target('receipts, of which there is one text', async () => {
    const claims = {
      iss: ISSUER,
      iat: NOW_MS / 1000,
      jti: 'c1',
      admitted_at: NOW_MS,
      settled_at: NOW_MS,
      grant_path: ['gr_1'],
      provider: 'openai',
      operation: 'openai.chat.completions',
      request_sha256: 'x',
      status: 'settled',
      cost_nanos: 1,
    };
    const receipt = await sign(claims, { typ: 'valetkey-receipt+jwt', kid: 'k' });
    if (!(await verifyReceipt(receipt, { keys: [jwk] })).ok) throw new Error('the receipt is not believed');
    await fuzz('receipts', near([receipt], WORDS), async (bytes) => {
      const text = bytes.toString('latin1');
      if ((await verifyReceipt(text, { keys: [jwk] })).ok && text !== receipt)
        throw new Error(`believed: ${text}`);
    });
  });
});

describe('an exported journal', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'valetkey-fuzz-'));
  const file = join(scratch, 'journal.jsonl');
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** Three entries that follow one another. */
  const lines = (): string[] => {
    let previous = genesisHash('o');
    return [1, 2, 3].map((seq) => {
      const body = `{"n":${seq}}`;
      const hash = hashEntry(previous, seq, 1000 + seq, [
        'o',
        'x.y',
        null,
        null,
        null,
        0,
        0,
        0,
        0,
        0,
        0,
        body,
      ]);
      const amounts = {
        held_nanos: 0,
        settled_nanos: 0,
        held_tokens: 0,
        settled_tokens: 0,
        held_requests: 0,
        settled_requests: 0,
      };
      const ids = { owner_id: 'o', kind: 'x.y', call_id: null, grant_id: null, link_id: null };
      const line = formatEntry({
        seq,
        at: 1000 + seq,
        ...ids,
        ...amounts,
        body,
        previous_hash: previous,
        hash,
      });
      previous = hash;
      return `${line}\n`;
    });
  };

  target('that was changed is found out, unless its end was cut off at a line', async () => {
    const [one = '', two = '', three = ''] = lines();
    const whole = [one, one + two, one + two + three];
    const verify = (text: string | Uint8Array) => {
      writeFileSync(file, text);
      return verifyExport({ journal: file, signed: null, isPart: false });
    };
    for (const text of whole)
      if (!(await verify(text)).ok) throw new Error('the journal itself is not believed');
    const words = ['\n', '\r\n', '"', ',', '0', '1', 'null', '"seq":2', one, two, three];
    await fuzz('journal', near(whole, words), async (bytes) => {
      const verified = await verify(bytes);
      const text = bytes.toString('latin1');
      if (!verified.ok && !/^.{10,}\.$/s.test(verified.error.problem)) throw new Error('no sentence');
      if (verified.ok && !whole.some((each) => text === each || `${text}\n` === each)) throw new Error(text);
    });
  });
});
