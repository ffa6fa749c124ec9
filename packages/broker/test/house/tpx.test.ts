// An app that asked in the words of TPX, against the whole product: its answers say what they cost, which is what the journal and the receipt say;
// answers to everybody else do not.

import { hash } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Jwks, verifyReceipt } from '@valetkey/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeApp } from './authorize-app.ts';
import { type RecordedAnswer, type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { type House, startHouse } from './start-house.ts';

const MODEL = 'gpt-4o-mini';
const CHAT = { model: MODEL, messages: [{ role: 'user', content: 'hello' }], max_tokens: 9 };
const STREAM = { ...CHAT, stream: true };
const ASKING = { ...STREAM, stream_options: { include_usage: true } };

let house: House;
let proxy: RecordingProxy;
let jwks: Jwks;
let tpx: string;
let other: string;
beforeAll(async () => {
  house = await startHouse();
  proxy = await startRecordingProxy(house.url);
  jwks = (await (await fetch(`${house.url}/.well-known/valetkey-receipt-keys`)).json()) as Jwks;
  const asked = { type: 'llm-inference', budget: 1_000_000, models: [`openai/${MODEL}`] };
  tpx = (await authorizeApp(house, [asked])).accessToken;
  const limits = { total_spend: 1 };
  other = (await authorizeApp(house, [{ provider: 'openai', models: [MODEL], limits }])).accessToken;
});
afterAll(async () => {
  await proxy?.close();
  await house?.close();
});
beforeEach(() => {
  proxy.answers.length = 0;
});

const ask = async (
  token: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<RecordedAnswer> => {
  const response = await fetch(`${proxy.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  await response.text().catch(() => '');
  return proxy.answers.at(-1)!;
};

/** What an answer says that it cost, each time that it says so. */
const creditsIn = ({ body }: RecordedAnswer): number[] =>
  [...body.toString().matchAll(/"credits_charged":(\d+)/g)].map(([, credits]) => Number(credits));

/** An answer without what tells one call from another, and without the member. */
const plain = ({ body }: RecordedAnswer): string =>
  body
    .toString()
    .replace(/chatcmpl-[\w-]+/g, 'chatcmpl')
    .replace(/,"credits_charged":\d+/, '');

const receiptOf = async ({ headers, trailers }: RecordedAnswer) => {
  const jws = headers['valetkey-receipt'] ?? trailers['valetkey-receipt'];
  const verified = await verifyReceipt(String(jws), jwks, { issuer: house.url });
  if (!verified.ok) throw new Error(verified.problem);
  return verified.receipt;
};

const WAYS: readonly [name: string, body: object, script: object][] = [
  ['a whole answer', CHAT, {}],
  ['a whole answer that is large', CHAT, { text: 'x'.repeat(100_000), usage: { output: 9 } }],
  ['a stream that asks for usage', ASKING, {}],
  ['a stream that does not', STREAM, {}],
  ['a stream with usage in its last choice', ASKING, { usageIn: 'last-choice' }],
  ['a stream with usage everywhere', ASKING, { usageIn: 'every' }],
  ['a stream in pieces of seven bytes', ASKING, { writeBytes: 7 }],
];

describe('TPX: usage.credits_charged', () => {
  it.each(WAYS)('is the cost in %s, whose receipt is of what was sent', async (_, body, script) => {
    house.simulators.openai.script(script);
    const answer = await ask(tpx, body);
    expect([answer.status, answer.isComplete]).toEqual([200, true]);
    const receipt = await receiptOf(answer);
    expect(receipt.status).toBe('settled');
    expect(creditsIn(answer)).toEqual([Math.ceil(receipt.cost_nanos / 1000)]);
    expect(receipt.response_sha256).toBe(hash('sha256', answer.body, 'base64url'));
    const events = answer.body.toString().trimEnd().split('\n\n');
    const last = 'stream' in body ? events.at(-2)?.replace('data: ', '') : events[0];
    expect(JSON.parse(String(last)).usage.credits_charged).toBeGreaterThan(0);
  });

  it.each(WAYS.filter(([, body]) => body !== STREAM))(
    'is all that is different from what others get in %s',
    async (_, body, script) => {
      house.simulators.openai.script({ ...script, times: 2 });
      const [answer, others] = [await ask(tpx, body), await ask(other, body)];
      expect(creditsIn(others)).toEqual([]);
      expect(plain(answer)).toBe(plain(others));
    },
  );

  it('leaves a stream of others without usage that was not asked for', async () => {
    const answer = await ask(other, STREAM);
    expect(answer.body.toString()).not.toContain('prompt_tokens');
    expect(answer.body.toString()).toContain('data: [DONE]');
  });

  it.each([
    ['a whole answer', CHAT],
    ['a stream', STREAM],
  ])('is the same in %s that is repeated with its Idempotency-Key', async (_, body) => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const [first, again] = [await ask(tpx, body, key), await ask(tpx, body, key)];
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.equals(first.body)).toBe(true);
    expect(creditsIn(again)).toHaveLength(1);
  });

  it('makes a large answer longer where HTTP/1.0 knows no chunks', async () => {
    house.simulators.openai.script({ text: 'x'.repeat(100_000), usage: { output: 9 } });
    const body = JSON.stringify(CHAT);
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /openai/v1/chat/completions HTTP/1.0\r\nauthorization: Bearer ${tpx}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const [head = '', json = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head.toLowerCase()).not.toContain('content-length');
    expect(JSON.parse(json).usage.credits_charged).toBeGreaterThan(0);
  });

  it('is not in an error, nor in a stream that broke off', async () => {
    const { script } = house.simulators.openai;
    script({ fault: { kind: 'status', status: 400 } });
    const error = await ask(tpx, CHAT);
    script({ fault: { kind: 'reset', at: { events: 2 } } });
    const broken = await ask(tpx, ASKING);
    expect([error.status, creditsIn(error), creditsIn(broken)]).toEqual([400, [], []]);
  });
});
