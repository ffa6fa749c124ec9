// Which answers carry a receipt, and that an answer never suffers from one.

import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type ReceiptInput, receiptOf, wantsReceipt } from './receipt.ts';

describe('an answer carries a receipt', () => {
  it.each([
    ['all', undefined, true],
    ['all', '?0', true],
    ['off', '?1', false],
    ['asked', undefined, false],
    ['asked', '?1', true],
    ['asked', '?1;a=b', true],
    ['asked', '?0', false],
    ['asked', '1', false],
    ['asked', 'true', false],
    ['asked', '?10', false],
    ['asked', '?1, ?1', false],
  ] as const)('under %s, when the request says %s: %s', (mode, asked, wanted) => {
    const request = { headers: { 'valetkey-receipt': asked } } as unknown as IncomingMessage;
    expect(wantsReceipt(request, mode)).toBe(wanted);
  });
});

it('a receipt that can not be signed is logged and left out', () => {
  const logged: unknown[] = [];
  const log = { call: () => {}, warn: () => {}, error: (fields: object) => logged.push(fields) };
  const sign = () => {
    throw new Error('no key');
  };
  const input = {
    path: [],
    admission: { callId: 'c1', admittedAtMs: 1 },
    intent: {},
    outcome: { kind: 'settled', body: {} },
    costNanos: 0,
    settledAtMs: 1,
  } as unknown as ReceiptInput;
  expect(receiptOf(input, { receipts: { mode: 'all', sign }, log })).toBeNull();
  expect(logged).toEqual([{ call_id: 'c1', err: new Error('no key') }]);
});
