// Each answer of each dialect, asked for with the official SDKs, streamed and not, carries a receipt that verifies with the published keys
// and says what the journal and the provider's bill say. Nothing that was refused carries one.

import { hash } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import {
  formatReceipts,
  type Jwks,
  type Receipt,
  readReceipts,
  verifyChain,
  verifyReceipt,
} from '@valetkey/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RecordedAnswer, type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { type House, type SimulatedName, signIn, startHouse } from './start-house.ts';

/** Published prices in nanos per million tokens. */
const PRICES = {
  openai: {
    'gpt-4o-mini': { input: 150_000_000, cachedInput: 75_000_000, output: 600_000_000 },
    'text-embedding-3-small': { input: 20_000_000 },
  },
  anthropic: { 'claude-sonnet-4-6': { input: 3_000_000_000, output: 15_000_000_000 } },
  google: { 'gemini-2.5-flash': { input: 300_000_000, output: 2_500_000_000 } },
};
const DETAILS = (Object.keys(PRICES) as SimulatedName[]).map((provider) => ({
  provider,
  models: Object.keys(PRICES[provider]),
  limits: { daily_spend: 5 },
}));
const MESSAGES = [{ role: 'user' as const, content: 'the-secret-of-the-prompt' }];
const CHAT = { model: 'gpt-4o-mini', messages: MESSAGES, max_tokens: 9 };

let house: House;
let proxy: RecordingProxy;
let grant: Awaited<ReturnType<House['grant']>>;
let jwks: Jwks;

beforeAll(async () => {
  house = await startHouse();
  proxy = await startRecordingProxy(house.url);
  grant = await house.grant(...DETAILS);
  jwks = (await (await fetch(`${house.url}/.well-known/valetkey-receipt-keys`)).json()) as Jwks;
});
afterAll(async () => {
  await proxy.close();
  await house.close();
});
beforeEach(() => {
  proxy.answers.length = 0;
});

/** The receipt of an answer as it was on the wire; null without one. */
const jwsOf = ({ headers, trailers }: RecordedAnswer): string | null => {
  const [jws, second] = [headers['valetkey-receipt'], trailers['valetkey-receipt']].filter((each) => each);
  expect(second).toBeUndefined();
  return (jws as string | undefined) ?? null;
};

const receiptOf = async (answer: RecordedAnswer): Promise<Receipt> => {
  const verified = await verifyReceipt(jwsOf(answer) ?? '', jwks, { issuer: house.url });
  if (!verified.ok) throw new Error(`${answer.status} ${answer.path}: ${verified.problem} ${answer.body}`);
  return verified.receipt;
};

interface Entry {
  readonly kind: string;
  readonly at: number;
  readonly call_id: string;
  readonly grant_id: string;
  readonly settled_nanos: number;
  readonly settled_requests: number;
  readonly body: string;
}

/** The journal's entries of a call, once its outcome is written. */
const entriesOf = async (callId: string): Promise<[admission: Entry, outcome: Entry]> => {
  const authorization = `Bearer ${await signIn(house.url)}`;
  const read = async () => {
    const response = await fetch(`${house.url}/api/v1/audit/export`, { headers: { authorization } });
    const lines = (await response.text()).split('\n').slice(0, -1);
    return lines.map((line): Entry => JSON.parse(line)).filter((entry) => entry.call_id === callId);
  };
  await expect.poll(async () => (await read()).length).toBe(2);
  return (await read()) as [Entry, Entry];
};

/** What a receipt must say, by the journal's entries alone. */
const expectAsInJournal = async (receipt: Receipt): Promise<void> => {
  const [admission, outcome] = await entriesOf(receipt.jti);
  const [intent, end] = [JSON.parse(admission.body), JSON.parse(outcome.body)];
  const status = { 'call.settled': 'settled', 'call.ceiling': 'unconfirmed', 'call.released': 'released' };
  expect(receipt).toEqual({
    iss: house.url,
    iat: Math.floor(end.settled_at / 1000),
    jti: admission.call_id,
    admitted_at: admission.at,
    settled_at: end.settled_at,
    grant_path: intent.grant_path ?? [admission.grant_id],
    ...(intent.client_id && { client_id: intent.client_id }),
    ...(receipt.act && { act: receipt.act }),
    provider: intent.provider,
    operation: intent.operation,
    ...(intent.model && { model: intent.model }),
    request_sha256: end.request_sha256 ?? intent.request_sha256,
    response_sha256: end.response_sha256,
    status: status[outcome.kind as keyof typeof status],
    cost_nanos: outcome.settled_nanos,
    ...(end.usage && { usage: end.usage }),
    ...(intent.trace_id && { trace_id: intent.trace_id }),
  });
  // Milliseconds, unless the machine is very busy.
  expect(outcome.at - end.settled_at).toBeLessThan(30_000);
};

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64url');

const openai = () => new OpenAI({ apiKey: grant.token, baseURL: `${proxy.url}/openai/v1`, maxRetries: 0 });
const anthropic = () =>
  new Anthropic({ apiKey: grant.token, baseURL: `${proxy.url}/anthropic`, maxRetries: 0 });
const google = () =>
  new GoogleGenAI({ apiKey: grant.token, httpOptions: { baseUrl: `${proxy.url}/google` } });
const drain = async (stream: AsyncIterable<unknown>) => {
  for await (const _ of stream);
};
const CLAUDE = { model: 'claude-sonnet-4-6', max_tokens: 100, messages: MESSAGES };
const GEMINI = { model: 'gemini-2.5-flash', contents: 'the-secret-of-the-prompt' };

/** Every way to be answered, and whether the receipt comes after the body. */
const CALLS: readonly [
  name: string,
  provider: SimulatedName,
  isTrailer: boolean,
  ask: () => Promise<unknown>,
][] = [
  ['chat', 'openai', false, () => openai().chat.completions.create(CHAT)],
  [
    'a chat stream',
    'openai',
    true,
    async () => drain(await openai().chat.completions.create({ ...CHAT, stream: true })),
  ],
  [
    'a response',
    'openai',
    false,
    () => openai().responses.create({ model: 'gpt-4o-mini', input: 'Say something.' }),
  ],
  [
    'a response stream',
    'openai',
    true,
    async () => drain(await openai().responses.create({ model: 'gpt-4o-mini', input: 'Say.', stream: true })),
  ],
  [
    'embeddings',
    'openai',
    false,
    () => openai().embeddings.create({ model: 'text-embedding-3-small', input: 'one' }),
  ],
  ['a list of models', 'openai', false, () => openai().models.list()],
  ['a message', 'anthropic', false, () => anthropic().messages.create(CLAUDE)],
  ['a message stream', 'anthropic', true, () => anthropic().messages.stream(CLAUDE).finalMessage()],
  [
    'a count',
    'anthropic',
    false,
    () => anthropic().messages.countTokens({ model: CLAUDE.model, messages: MESSAGES }),
  ],
  ['content', 'google', false, () => google().models.generateContent(GEMINI)],
  [
    'a content stream',
    'google',
    true,
    async () => drain(await google().models.generateContentStream(GEMINI)),
  ],
];

describe('the answer to', () => {
  it.each(CALLS)('%s (%s) carries a receipt', async (_, provider, isTrailer, ask) => {
    const simulator = house.simulators[provider];
    const billed = () => simulator.billNanos(PRICES[provider]).totalNanos;
    const before = billed();
    await ask();
    const [answer] = proxy.answers as [RecordedAnswer];
    expect([answer.status, answer.trailers['valetkey-receipt'] !== undefined]).toEqual([200, isTrailer]);
    if (isTrailer) expect(answer.headers.trailer).toBe('valetkey-budget, valetkey-receipt');
    expect(answer.headers['access-control-expose-headers']).toContain('valetkey-receipt');
    const receipt = await receiptOf(answer);
    await expectAsInJournal(receipt);
    expect(receipt).toMatchObject({
      jti: answer.headers['valetkey-call-id'],
      grant_path: [grant.id],
      status: 'settled',
      cost_nanos: billed() - before,
      request_sha256: sha256(simulator.requests.at(-1)!.body),
      response_sha256: sha256(answer.body),
    });
    expect(JSON.stringify(receipt)).not.toMatch(/secret|ada|own_|user_/);
  });
});

const ask = (
  body: object,
  { token = grant.token, ...headers }: Record<string, string> = {},
  through: RecordingProxy = proxy,
) =>
  fetch(`${through.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }).then(async (response) => {
    await response.text().catch(() => '');
    return through.answers.at(-1)!;
  });

describe('what ends otherwise', () => {
  const script = (rule: object) => house.simulators.openai.script(rule);

  it.each([
    ['an error of the provider that costs nothing', { kind: 'status', status: 400 }, {}, 400, 'released'],
    ['an error of the provider that leaves it open', { kind: 'status', status: 500 }, {}, 500, 'unconfirmed'],
    ['a key that the provider refused', { kind: 'status', status: 401 }, {}, 502, 'released'],
    ['a redirect', { kind: 'redirect', location: 'https://evil.test' }, {}, 502, 'unconfirmed'],
    ['an answer that was never begun', { kind: 'reset', at: 'start' }, {}, 502, 'unconfirmed'],
    ['a stream that broke off', { kind: 'reset', at: { events: 2 } }, { stream: true }, 200, 'unconfirmed'],
  ] as const)('has a receipt that says what it cost: %s', async (_, fault, more, status, outcome) => {
    script({ fault });
    const answer = await ask({ ...CHAT, ...more });
    expect([answer.status, answer.isComplete]).toEqual([status, true]);
    const receipt = await receiptOf(answer);
    expect(receipt.status).toBe(outcome);
    expect(receipt.cost_nanos > 0).toBe(outcome === 'unconfirmed');
    await expectAsInJournal(receipt);
  });

  it('has it after a body too large to be held back, whatever its length', async () => {
    script({ text: 'x'.repeat(100_000), usage: { output: 9 } });
    const answer = await ask(CHAT);
    const receipt = await receiptOf(answer);
    expect([answer.headers['content-length'], receipt.response_sha256]).toEqual([
      undefined,
      sha256(answer.body),
    ]);
    expect(answer.body.length).toBeGreaterThan(100_000);
  });

  it('has none after a body where HTTP/1.0 knows no trailers; the body is whole, and the receipt can be had again', async () => {
    const body = JSON.stringify({ ...CHAT, stream: true });
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /openai/v1/chat/completions HTTP/1.0\r\nauthorization: Bearer ${grant.token}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('data: [DONE]');
    const callId = /^valetkey-call-id: (\S+)/m.exec(answer)?.[1];
    const made = await house.api('GET', `/calls/${callId}/receipt`);
    expect(await verifyReceipt(made.body.receipt, jwks)).toMatchObject({
      ok: true,
      receipt: { jti: callId },
    });
  });

  it.each([
    ['another model', { ...CHAT, model: 'gpt-4o' }, {}],
    ['a token that is none', CHAT, { token: 'vk_nothing' }],
    ['no JSON', [], {}],
  ])('has none when it was refused: %s', async (_, body, headers) => {
    const answer = await ask(body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect([jwsOf(answer), answer.headers['valetkey-call-id']]).toEqual([null, undefined]);
  });

  it('has the receipt of the first call when it is answered again by its Idempotency-Key', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const [first, again] = [await ask(CHAT, key), await ask(CHAT, key)];
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect([jwsOf(again), again.headers['valetkey-call-id']]).toEqual([
      jwsOf(first),
      first.headers['valetkey-call-id'],
    ]);
    const stream = { 'idempotency-key': crypto.randomUUID() };
    const [one, two] = [
      await ask({ ...CHAT, stream: true }, stream),
      await ask({ ...CHAT, stream: true }, stream),
    ];
    expect([jwsOf(two), jwsOf(two) === null]).toEqual([jwsOf(one), false]);
  });
});

/** The receipt of a call, asked for at the grant's own address. */
const own = async (callId: string, token: string) => {
  const response = await fetch(`${house.url}/grants/self/calls/${callId}/receipt`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return [response.status, ((await response.json()) as { receipt?: string }).receipt] as const;
};

describe('a receipt that is made again', () => {
  const claimsOf = async (jws: string) => {
    const verified = await verifyReceipt(jws, jwks);
    if (!verified.ok) throw new Error(verified.problem);
    const { iat, ...claims } = verified.receipt;
    return claims;
  };

  it('says the same to the holder, at once after the answer, and to the owner', async () => {
    for (const stream of [false, true]) {
      const first = jwsOf(await ask({ ...CHAT, stream }))!;
      const claims = await claimsOf(first);
      const [status, again] = await own(claims.jti, grant.token);
      expect([status, await claimsOf(again!)]).toEqual([200, claims]);
      const { body } = await house.api('GET', `/calls/${claims.jti}/receipt`);
      expect(await claimsOf(body.receipt)).toEqual(claims);
    }
  });

  it('is given to nobody else, and of no call that was refused', async () => {
    const { jti } = await receiptOf(await ask(CHAT));
    const other = await house.grant(DETAILS[0]!);
    expect((await own(jti, other.token))[0]).toBe(404);
    expect((await own('call_none', grant.token))[0]).toBe(404);
    expect((await own(jti, 'vk_nothing'))[0]).toBe(401);
    expect((await fetch(`${house.url}/api/v1/calls/${jti}/receipt`)).status).toBe(401);
    await ask({ ...CHAT, model: 'gpt-4o' });
    const refused = async () => (await house.api('GET', '/calls?status=refused')).body.data[0]?.id;
    await expect.poll(refused).toBeDefined();
    expect((await house.api('GET', `/calls/${await refused()}/receipt`)).status).toBe(404);
  });
});

describe('where receipts have to be asked for', () => {
  it('an answer is as the provider sent it, until its request asks', async () => {
    const quiet = await startHouse({ env: { VALETKEY_RECEIPTS: 'asked' } });
    const before = await startRecordingProxy(quiet.url);
    try {
      const { token } = await quiet.grant(DETAILS[0]!);
      const send = async (headers: Record<string, string>, length = 100_000) => {
        quiet.simulators.openai.script({ text: 'x'.repeat(length), usage: { output: 9 } });
        await ask(CHAT, { token, ...headers }, before);
        return before.answers.at(-1)!;
      };
      const unasked = await send({});
      expect(jwsOf(unasked)).toBeNull();
      expect(unasked.headers['content-length']).toBe(String(unasked.body.length));
      expect(jwsOf(await send({}, 9))).toBeNull();
      const asked = await send({ 'valetkey-receipt': '?1' });
      const keys = (await (await fetch(`${quiet.url}/.well-known/valetkey-receipt-keys`)).json()) as Jwks;
      expect((await verifyReceipt(jwsOf(asked)!, keys, { issuer: quiet.url })).ok).toBe(true);
      // The keys of one broker say nothing of another's receipts.
      expect(await verifyReceipt(jwsOf(asked)!, jwks)).toEqual({ ok: false, problem: 'unknown_key' });
    } finally {
      await before.close();
      await quiet.close();
    }
  });
});

describe('a chain of three hops', () => {
  const delegate = async (token: string, name: string, max_depth: number) => {
    const response = await fetch(`${house.url}/grants/self/children`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        authorization_details: [
          {
            type: 'ai_model_access',
            provider: 'openai',
            limits: { total_spend: 0.1 },
            models: ['gpt-4o-mini'],
            delegation: { max_depth },
          },
        ],
      }),
    });
    const made = (await response.json()) as { grant_id: string; token: string };
    expect([response.status, made]).toEqual([201, expect.anything()]);
    return made;
  };

  it('shows receipts upwards: to the grants above the one that called, to none below or beside it', async () => {
    const top = await house.grant({
      provider: 'openai',
      models: ['gpt-4o-mini'],
      limits: { total_spend: 1 },
      delegation: { max_depth: 2 },
    });
    const worker = await delegate(top.token, 'worker', 1);
    const beside = await delegate(top.token, 'beside', 0);
    const sub = await delegate(worker.token, 'sub-worker', 0);
    const holders = [top, worker, sub, beside].map(({ token }) => token);
    const seenBy = async (token: string) => {
      const { jti } = await receiptOf(await ask(CHAT, { token }));
      return Promise.all(holders.map(async (holder) => (await own(jti, holder))[0]));
    };
    expect(await seenBy(sub.token)).toEqual([200, 200, 200, 404]);
    expect(await seenBy(worker.token)).toEqual([200, 200, 404, 404]);
    expect(await seenBy(top.token)).toEqual([200, 404, 404, 404]);
  });

  it('is reconstructed from the receipts that each hop forwarded, and from nothing else', async () => {
    const planner = await house.grant({
      provider: 'openai',
      models: ['gpt-4o-mini'],
      limits: { total_spend: 1 },
      delegation: { max_depth: 2 },
    });
    const worker = await delegate(planner.token, 'worker', 1);
    const sub = await delegate(worker.token, 'sub-worker', 0);
    const receipts: string[] = [];
    for (const { token } of [planner, worker, sub]) receipts.push(jwsOf(await ask(CHAT, { token }))!);
    const header = formatReceipts(receipts);
    expect(header.length).toBeLessThan(8000);
    const chain = await verifyChain(readReceipts(header), jwks, { issuer: house.url });
    expect(chain).toMatchObject({ isWhole: true, refused: [], missing: [], contradictions: [] });
    const [top] = chain.grants;
    const [middle] = top!.children;
    const [last] = middle!.children;
    expect([top, middle, last].map((each) => each?.grantId)).toEqual([
      planner.id,
      worker.grant_id,
      sub.grant_id,
    ]);
    expect(last!.calls[0]!.act).toMatchObject({
      sub: `agent:${worker.grant_id}/sub-worker`,
      act: { sub: `agent:${planner.id}/worker` },
    });
    const spent = async () => (await house.api('GET', `/grants/${planner.id}`)).body.spent.total_usd;
    await expect.poll(async () => Math.round(Number(await spent()) * 1e9)).toBe(top!.totalNanos);
    const without = await verifyChain(readReceipts(header).slice(2), jwks);
    expect([without.isWhole, without.missing]).toEqual([false, [planner.id, worker.grant_id]]);
  });
});

describe('a traceparent', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

  it('reaches the provider with a span of ours, and stands in journal, receipt and list of calls', async () => {
    const headers = {
      traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
      tracestate: 'vendor=x',
      baggage: 'user=ada',
    };
    const receipt = await receiptOf(await ask(CHAT, headers));
    expect(receipt.trace_id).toBe(TRACE);
    await expectAsInJournal(receipt);
    const sent = house.simulators.openai.requests.at(-1)!.headers;
    expect(sent.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect([sent.tracestate, sent.baggage]).toEqual([undefined, undefined]);
    expect((await house.api('GET', '/calls')).body.data[0].trace_id).toBe(TRACE);
  });

  it('that is malformed is ignored', async () => {
    const answer = await ask(CHAT, { traceparent: `00-${TRACE}-0000000000000000-01` });
    expect([answer.status, (await receiptOf(answer)).trace_id]).toEqual([200, undefined]);
    expect(house.simulators.openai.requests.at(-1)!.headers.traceparent).toBeUndefined();
  });
});
