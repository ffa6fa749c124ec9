// Readers of what strangers send: whatever it is, it is read or refused with a sentence, and never asks for more than it says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOkapRequest, readSdkRequest } from './okap-messages.ts';
import { contentOf } from './waiting-requests.ts';

const limits = fc.record(
  {
    monthly_spend: fc.option(fc.oneof(fc.double(), fc.integer())),
    daily_spend: fc.oneof(fc.double(), fc.integer()),
    requests_per_minute: fc.integer(),
    requests_per_day: fc.integer(),
    tokens_per_request: fc.oneof(fc.integer(), fc.string()),
  },
  { requiredKeys: [] },
);
const access = fc.record(
  {
    provider: fc.oneof(fc.constantFrom('openai', 'anthropic'), fc.string()),
    models: fc.option(fc.array(fc.oneof(fc.constant('gpt-5-mini'), fc.string()))),
    capabilities: fc.option(fc.array(fc.oneof(fc.constantFrom('chat', 'code', 'vision'), fc.string()))),
    limits: fc.option(limits),
    expires: fc.option(
      fc.oneof(fc.constantFrom('2027-01-31', '2027-02-30', '2027-01-31T00:00:00Z'), fc.string()),
    ),
    reason: fc.option(fc.string()),
  },
  { requiredKeys: ['provider'] },
);
const client = fc.record({ name: fc.string(), url: fc.string() }, { requiredKeys: ['name'] });
const okap = fc.constantFrom('1.0', '1.1');

const readers = [
  [
    'the Python SDK',
    readSdkRequest,
    fc.tuple(access, fc.string()).map(([rights, app_name]) => ({ okap: '1.0', ...rights, app_name })),
  ],
  [
    'the text',
    readOkapRequest,
    fc.oneof(
      fc.record({
        okap,
        authorization_details: fc.array(access.map((rights) => ({ type: 'ai_model_access', ...rights }))),
        client,
      }),
      fc.record({ okap, request: access, client }),
      fc.record({ okap, request_id: fc.string() }),
    ),
  ],
] as const;

describe.each(readers)('what %s sends', (_name, read, bodies) => {
  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(bodies, fc.jsonValue(), fc.constant(undefined)), (body) => {
        const result = read(body);
        if (result.ok) return;
        expect(result.error.detail).not.toBe('');
        expect([400, 422]).toContain(result.error.status);
      }),
    );
  });

  it('asks for no provider, model or amount that it did not name', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const result = read(body);
        if (!result.ok || result.value.wanted === null) return;
        const text = JSON.stringify(body);
        for (const { provider, models, expiresAtMs, limits: own } of result.value.wanted.asked) {
          expect(text).toContain(JSON.stringify(provider));
          for (const model of models ?? []) expect(text).toContain(JSON.stringify(model));
          if (expiresAtMs !== null) expect(text).toContain(new Date(expiresAtMs).toISOString().slice(0, 10));
          for (const { unit } of own) expect(text).toContain(unit === 'usd' ? '_spend' : 'requests_per_');
        }
      }),
    );
  });
});

it('names two requests alike only if they ask for the same under the same name', () => {
  const body = (change: object) => ({ okap: '1.0', provider: 'openai', app_name: 'A', ...change });
  const content = (change: object) => {
    const read = readSdkRequest(body(change));
    if (!read.ok || read.value.wanted === null) throw new Error('it was refused');
    return contentOf(read.value.wanted);
  };
  const changes = [
    {},
    { app_name: 'B' },
    { app_url: 'https://a.test' },
    { models: ['m'] },
    { reason: 'r' },
    { limits: { daily_spend: 1 } },
  ];
  expect(new Set(changes.map(content)).size).toBe(changes.length);
  expect(content({ models: [], limits: null, redirect_uri: 'https://a.test/done' })).toBe(content({}));
});
