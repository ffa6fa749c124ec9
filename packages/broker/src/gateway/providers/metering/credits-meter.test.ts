// Who is told the cost in the answer gets one member more, in the last chunk that has usage; the rest is what the provider sent, and nothing waits
// but that chunk and the end.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChargeOf } from '../../contract.ts';
import { chatMeter } from '../openai-dialect/chat-usage.ts';
import { meterAll, sse } from '../testing/operation-call.ts';

const NANOS = 12_001;
const charging: ChargeOf = ({ complete, usage }) => (complete && usage ? NANOS : null);
const meterOf = (stream: boolean, chargeOf: ChargeOf | undefined = charging) =>
  chatMeter({ stream, hideUsageChunk: stream }, chargeOf);
const answered = (stream: boolean, text: string): string => {
  const meter = meterOf(stream);
  return Buffer.concat([meter.push(Buffer.from(text)), meter.end().rest]).toString();
};

const USAGE = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };
const CHARGED = { ...USAGE, credits_charged: 13 };
const delta = (text: string, more: object = {}) =>
  sse({ choices: [{ index: 0, delta: { content: text } }], ...more });
const report = (usage: object, choices: unknown[] = []) => sse({ model: 'gpt-5', choices, usage });
const DONE = sse('[DONE]');
const SAYS_USAGE = delta('data: {"usage":{"prompt_tokens":9}}\n\nsaid the model', { usage: null });
const END = [{ index: 0, delta: {}, finish_reason: 'stop' }];

describe('a stream', () => {
  it.each<[string, string, string]>([
    ['a chunk of its own', delta('a') + report(USAGE) + DONE, delta('a') + report(CHARGED) + DONE],
    [
      'the last with choices',
      SAYS_USAGE + report(USAGE, END) + DONE,
      SAYS_USAGE + report(CHARGED, END) + DONE,
    ],
    [
      'one behind much else',
      delta('x'.repeat(70_000)) + report(USAGE) + DONE,
      delta('x'.repeat(70_000)) + report(CHARGED) + DONE,
    ],
    [
      'each chunk',
      report(USAGE, END) + report(USAGE, END) + DONE,
      report(USAGE, END) + report(CHARGED, END) + DONE,
    ],
    [
      'one with a comment behind it',
      `${report(USAGE)}: still here\n\n${DONE}`,
      `${report(CHARGED)}: still here\n\n${DONE}`,
    ],
    [
      'lines that end with CR LF',
      `data:{"usage":${JSON.stringify(USAGE)}}\r\n\r\ndata: [DONE]\r\n\r\n`,
      `data:{"usage":${JSON.stringify(CHARGED)}}\r\n\r\ndata: [DONE]\r\n\r\n`,
    ],
  ])('says the cost in %s, rounded up', (_, sent, expected) => {
    expect(answered(true, sent)).toBe(expected);
  });

  it.each<[string, string]>([
    ['it was cut off', delta('a') + report(USAGE)],
    ['an error stands in it', report(USAGE) + sse({ error: { message: 'overloaded' } }) + DONE],
    ['the usage is not the last chunk', report(USAGE, END) + delta('b') + DONE],
    ['it has no usage', delta('a') + DONE],
    ['the usage cannot be believed', report({ ...USAGE, prompt_tokens: -1 }) + DONE],
    ['the usage stands elsewhere', sse({ x: { usage: USAGE } }) + report({}) + DONE],
    ['what follows the usage speaks of it elsewhere', report(USAGE) + sse({ x: USAGE }) + DONE],
    ['the last chunk is too large', report(USAGE, [{ text: 'x'.repeat(70_000) }]) + DONE],
    ['it is none', JSON.stringify({ usage: USAGE })],
  ])('is as it came where %s', (_, sent) => {
    expect(answered(true, sent)).toBe(sent);
  });

  it('keeps back nothing but what may be the last chunk', () => {
    const meter = meterOf(true);
    const push = (text: string) => Buffer.from(meter.push(Buffer.from(text))).toString();
    expect(push(delta('a'))).toBe(delta('a'));
    expect(push(SAYS_USAGE)).toBe(SAYS_USAGE);
    expect(push(report(USAGE, END))).toBe('');
    expect(push(delta('b'))).toBe(report(USAGE, END) + delta('b'));
    expect(push(`data: ${'x'.repeat(60_000)}`)).toBe('');
    expect(push('x'.repeat(6_000))).toHaveLength(66_006);
  });

  it('is the same however it is cut into pieces', () => {
    const whole = Buffer.from(
      SAYS_USAGE + delta('grün', { usage: null }) + report(USAGE, END) + report(USAGE) + DONE,
    );
    const expected = answered(true, whole.toString());
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((end, index) => whole.subarray(at[index], end));
        const { passed, metered } = meterAll(meterOf(true), pieces);
        expect(Buffer.from(passed).toString()).toBe(expected);
        expect(metered.complete).toBe(true);
      }),
    );
  });
});

describe('a whole answer', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');

  it('says the cost in its usage, and every other byte is as it came, also what is no UTF-8', () => {
    const before = bytes(
      '{ "text" : "gr\xfcn \xe2\x9c\x93",\n "usage" : {"prompt_tokens":1,"total_tokens":2 }',
    );
    const meter = meterOf(false);
    expect(meter.push(before)).toHaveLength(0);
    meter.push(bytes('}'));
    const text = Buffer.from(meter.end().rest).toString('latin1');
    expect(text).toBe(`${before.toString('latin1').slice(0, -1)},"credits_charged":13}}`);
  });

  it.each<[string, string]>([
    ['it is no JSON', 'upstream says {"usage":{"prompt_tokens":1}}'],
    ['it was cut off', JSON.stringify({ usage: USAGE }).slice(0, -1)],
    ['it has no usage', '{"choices":[]}'],
    ['it is a list', JSON.stringify([{ usage: USAGE }])],
    ['it is too large', JSON.stringify({ text: 'x'.repeat(8_400_000), usage: USAGE })],
  ])('is as it came where %s', (_, sent) => {
    expect(answered(false, sent) === sent).toBe(true);
  });

  it('has nothing more for everybody else: the same buffers pass at once, and a length that was announced holds', () => {
    const meter = chatMeter({ stream: false, hideUsageChunk: false });
    const chunk = Buffer.from(JSON.stringify({ usage: USAGE }));
    expect(meter.push(chunk)).toBe(chunk);
    expect([meter.end().rest.length, meter.changesLength]).toEqual([0, undefined]);
  });
});
