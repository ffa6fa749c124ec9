// Every account stands on the page once.

import { expect, it } from 'vitest';
import type { Provider, ProviderKey } from '../api/types.ts';
import { keylessProviders, lacksKey, ownKeys } from './accounts.ts';

const provider = (name: string, key_required: boolean, has_key: boolean): Provider => ({
  name,
  label: name,
  dialect: 'openai',
  base_url: '',
  key_required,
  simulated: name === 'sandbox',
  models: [],
  capabilities: [],
  has_key,
});

const key = (name: string, last_four: string): ProviderKey => ({
  id: `pk_${name}`,
  provider: name,
  label: name,
  last_four,
  created_at: '2026-11-22T12:00:00Z',
  replaced_at: null,
  last_used_at: null,
  grants: 0,
});

const PROVIDERS = [
  provider('openai', true, true),
  provider('mistral', true, false),
  provider('ollama', false, true),
  provider('vllm', false, false),
  provider('sandbox', false, true),
];

it('lists the sandbox as simulated and not as a key, and nothing twice', () => {
  const keys = ownKeys([key('openai', 'x9Qf'), key('ollama', ''), key('sandbox', '')], PROVIDERS);
  expect(keys.map((held) => held.provider)).toEqual(['openai', 'ollama']);
  expect(keylessProviders(PROVIDERS).map(({ name }) => name)).toEqual(['vllm', 'sandbox']);
});

it.each([
  ['mistral', true],
  ['openai', false],
  ['sandbox', false],
  ['nobody', false],
  [undefined, false],
])('a key of %s is lacking: %s', (wanted, expected) => {
  expect(lacksKey(PROVIDERS, wanted)).toBe(expected);
});
