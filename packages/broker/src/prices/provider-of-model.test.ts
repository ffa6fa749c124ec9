import { expect, it } from 'vitest';
import { priceBook } from './price-book.ts';
import { providerOfModel } from './provider-of-model.ts';

const providerOf = providerOfModel(['openai', 'anthropic', 'google'], priceBook(), () =>
  Date.UTC(2026, 10, 1),
);

it.each([
  ['gpt-4o-mini', 'openai'],
  ['claude-sonnet-4-6', 'anthropic'],
  ['gemini-2.5-flash', 'google'],
  ['anthropic/claude-sonnet-4-6', 'anthropic'],
  ['openai/anything', 'openai'],
  ['claude-sonnet-*', 'anthropic'],
  ['no-such-model', null],
  ['no-such-*', null],
  [null, null],
])('%s is served by %s', (model, provider) => {
  expect(providerOf(model)).toBe(provider);
});
