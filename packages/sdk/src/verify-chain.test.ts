// What receipts of several hops prove together: the tree of grants and calls, what is missing of it, and what contradicts.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSigningKey, type SigningKey, signJws } from './jws.ts';
import { type ChainGrant, formatReceipts, readReceipts, verifyChain } from './verify-chain.ts';
import type { Jwks, Receipt, ReceiptActor } from './verify-receipt.ts';

const ISS = 'https://b.example';
let key: SigningKey;
let jwks: Jwks;
beforeAll(async () => {
  key = await createSigningKey();
  jwks = { keys: [{ ...key.publicJwk, kid: 'k1' }] };
});

const actor = (delegations: number): ReceiptActor | undefined => {
  if (delegations === 0) return undefined;
  const act = actor(delegations - 1);
  return { sub: `agent:g${delegations}/x`, iss: ISS, ...(act && { act }) };
};
const receipt = (jti: string, path: string, more: Partial<Receipt> = {}): Promise<string> => {
  const grant_path = path.split('/');
  const act = actor(grant_path.length - 1);
  const claims = {
    iss: ISS,
    iat: 1_790_000_000,
    jti,
    admitted_at: 1_790_000_000_000,
    settled_at: 1_790_000_000_500,
    grant_path,
    client_id: 'app',
    ...(act && { act }),
    provider: 'openai',
    operation: 'openai.chat.completions',
    request_sha256: 'q',
    response_sha256: 'r',
    status: 'settled',
    cost_nanos: 10,
    ...more,
  };
  return signJws({ typ: 'valetkey-receipt+jwt', kid: 'k1' }, claims, key);
};

/** The tree in a line: grants with their calls and what they cost in all. */
const shape = (grants: readonly ChainGrant[]): string =>
  grants
    .map(({ grantId, calls, totalNanos, children }) => {
      const below = children.length > 0 ? `(${shape(children)})` : '';
      return `${grantId}[${calls.map(({ jti }) => jti)}]=${totalNanos}${below}`;
    })
    .join(' ');

describe('a chain', () => {
  it('of three hops is reconstructed, with what each and all of them cost', async () => {
    const receipts = await Promise.all([
      receipt('c4', 'g1/g2/g3', { admitted_at: 4, cost_nanos: 1000 }),
      receipt('c3', 'g1/g2', { admitted_at: 3, cost_nanos: 100 }),
      receipt('c1', 'g1', { admitted_at: 1, cost_nanos: 1 }),
      receipt('c2', 'g1', { admitted_at: 2, cost_nanos: 10 }),
    ]);
    expect(readReceipts(formatReceipts(receipts))).toEqual(receipts);
    const chain = await verifyChain(readReceipts(` ${receipts.join(';p=1 ,\t')},, `), jwks, { issuer: ISS });
    expect(chain).toMatchObject({ isWhole: true, refused: [], missing: [], contradictions: [], notes: [] });
    expect(shape(chain.grants)).toBe('g1[c1,c2]=1111(g2[c3]=1100(g3[c4]=1000))');
  });

  it('is the same in whatever order, and however often, its receipts come', async () => {
    const receipts = await Promise.all([
      receipt('c1', 'g1', { admitted_at: 1 }),
      receipt('c2', 'g1/g2', { admitted_at: 2 }),
      receipt('c3', 'g1/g2/g3', { admitted_at: 3 }),
      receipt('c4', 'g1/g4', { admitted_at: 4 }),
      receipt('c1', 'g1', { admitted_at: 1, iat: 1_790_000_099 }),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(receipts, { minLength: 5 }), async (some) => {
        const chain = await verifyChain([...some, ...some], jwks);
        expect([chain.isWhole, chain.grants[0]?.totalNanos]).toEqual([true, 40]);
      }),
      { numRuns: 20 },
    );
  });

  it('names the hops of which there is no receipt', async () => {
    const chain = await verifyChain([await receipt('c1', 'g1/g2/g3')], jwks);
    expect([chain.isWhole, chain.missing]).toEqual([false, ['g1', 'g2']]);
    expect(shape(chain.grants)).toBe('g1[]=10(g2[]=10(g3[c1]=10))');
  });

  it('without a receipt is empty, and one that proves nothing counts nowhere', async () => {
    // Nothing proves nothing: whoever lets a whole chain pass MUST NOT let none pass.
    expect(await verifyChain([], jwks)).toMatchObject({ isWhole: false, grants: [] });
    const bad = (await receipt('c1', 'g1')).replace(/.$/, 'x');
    const chain = await verifyChain([await receipt('c2', 'g1'), 'x', bad], jwks);
    expect(shape(chain.grants)).toBe('g1[c2]=10');
    expect([chain.isWhole, chain.refused.map(({ index }) => index)]).toEqual([false, [1, 2]]);
  });

  it.each([
    [
      'a grant below two others',
      [
        ['c1', 'g1/g3'],
        ['c2', 'g2/g3'],
      ],
      'Grant g3 stands below g1 and below g2.',
    ],
    [
      'a grant that is given and delegated',
      [
        ['c1', 'g1'],
        ['c2', 'g2/g1'],
      ],
      'Grant g1 stands below none and below g2.',
    ],
    ['a grant below itself', [['c1', 'g1/g1']], 'A receipt names a grant of g1, g1 twice on one way.'],
    [
      'two clients of a grant',
      [
        ['c1', 'g1'],
        ['c2', 'g1', { client_id: 'b' }],
      ],
      'Grant g1 has several clients: app, b.',
    ],
    ['an actor too few', [['c1', 'g1/g2', { act: undefined }]], 'Call c1 names 0 actors for 1 delegations.'],
    [
      'two brokers',
      [
        ['c1', 'g1'],
        ['c2', 'g1', { iss: 'https://c.example' }],
      ],
      'Receipts of several brokers are mixed: https://b.example, https://c.example.',
    ],
    [
      'a call with two costs',
      [
        ['c1', 'g1'],
        ['c1', 'g1', { cost_nanos: 11 }],
      ],
      'Two receipts of call c1 differ.',
    ],
    [
      'a call of two models',
      [
        ['c1', 'g1'],
        ['c1', 'g1', { model: 'x' }],
      ],
      'Two receipts of call c1 differ.',
    ],
    [
      'a call of two answers',
      [
        ['c1', 'g1'],
        ['c1', 'g1', { response_sha256: 'x' }],
      ],
      'Two receipts of call c1 differ.',
    ],
    [
      'a call of two grants',
      [
        ['c1', 'g1'],
        ['c1', 'g2', { status: 'corrected' }],
      ],
      'Two receipts of call c1 differ.',
    ],
  ] as const)('says that %s can not be', async (_, given, sentence) => {
    const receipts = given.map(([jti, path, more = {}]) => receipt(jti, path, more as Partial<Receipt>));
    const chain = await verifyChain(await Promise.all(receipts), jwks);
    expect([chain.isWhole, chain.contradictions]).toEqual([false, expect.arrayContaining([sentence])]);
  });

  it('says that a call has two costs also where it was decided again, in whatever order that is told', async () => {
    const receipts = await Promise.all([
      receipt('c1', 'g1'),
      receipt('c1', 'g1', { cost_nanos: 11 }),
      receipt('c1', 'g1', { status: 'corrected', cost_nanos: 3 }),
    ]);
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [0, 2, 1],
    ]) {
      const chain = await verifyChain(
        order.map((at) => receipts[at]!),
        jwks,
      );
      expect(chain.contradictions, String(order)).toEqual(['Two receipts of call c1 differ.']);
      expect(chain.grants[0]?.totalNanos).toBe(3);
    }
  });

  it.each([
    [
      'a crash that came before the outcome was durable',
      { status: 'unconfirmed', cost_nanos: 50, usage: undefined } as const,
      50,
      'the broker ended before this was durable',
    ],
    [
      'a crash that came before it was durable that the usage is unknown',
      {
        status: 'unconfirmed',
        cost_nanos: 50,
        settled_at: 1_790_000_009_000,
        response_sha256: undefined,
      } as const,
      50,
      'the broker ended before this was durable',
      { status: 'unconfirmed', cost_nanos: 50 } as const,
    ],
    [
      'a correction by the owner',
      { status: 'corrected', cost_nanos: 3 } as const,
      3,
      'its owner corrected it',
    ],
  ])(
    'explains %s, and counts what was charged in the end',
    async (_, later, nanos, why, before: Partial<Receipt> = {}) => {
      const receipts = await Promise.all([
        receipt('c1', 'g1', later as Partial<Receipt>),
        receipt('c1', 'g1', { usage: { output_text_tokens: 1 }, ...before }),
      ]);
      const chain = await verifyChain(receipts, jwks);
      expect(chain).toMatchObject({ isWhole: true, notes: [expect.stringContaining(why)] });
      expect(chain.grants[0]?.totalNanos).toBe(nanos);
    },
  );
});
