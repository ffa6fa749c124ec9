// The grant that is asked for is what the person chose, and never wider when something is missing.

import { describe, expect, it } from 'vitest';
import type { Provider } from '../api/types.ts';
import { choiceProblem, type GrantChoice, modelToTry, newGrant, preferredProvider } from './new-grant.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const CHOICE: GrantChoice = {
  name: ' Notes ',
  provider: 'openai',
  keyId: null,
  models: ['gpt-5-mini'],
  amount: '$5.00',
  per: 'month',
  days: 30,
  sharedLevels: 0,
};

describe('newGrant', () => {
  it('asks for what was chosen', () => {
    expect(newGrant(CHOICE, NOW)).toEqual({
      name: 'Notes',
      authorization_details: [
        {
          type: 'ai_model_access',
          provider: 'openai',
          models: ['gpt-5-mini'],
          limits: { monthly_spend: '5' },
          expires: '2026-12-22T12:00:00.000Z',
        },
      ],
    });
  });
  it('names the key that pays when one was chosen', () => {
    expect(newGrant({ ...CHOICE, keyId: 'pk_2' }, NOW).provider_key_ids).toEqual({ openai: 'pk_2' });
  });
  it('allows nothing when the amount cannot be read', () => {
    expect(newGrant({ ...CHOICE, amount: 'lots' }, NOW).authorization_details[0]?.limits).toEqual({
      monthly_spend: '0',
    });
  });
});

it.each<[string, Partial<GrantChoice>, ReturnType<typeof choiceProblem>]>([
  ['nothing wrong', {}, null],
  ['every model', { models: null }, null],
  ['no model ticked', { models: [] }, 'models'],
  ['no amount', { amount: '' }, 'amount'],
])('choiceProblem: %s', (_name, change, problem) => {
  expect(choiceProblem({ ...CHOICE, ...change })).toBe(problem);
});

const provider = (name: string, change: Partial<Provider> = {}): Provider => ({
  name,
  label: name,
  dialect: 'openai',
  base_url: '',
  key_required: true,
  simulated: false,
  models: [],
  capabilities: [],
  has_key: false,
  ...change,
});

describe('preferredProvider', () => {
  const openai = provider('openai');
  const ollama = provider('ollama', { key_required: false });
  const sandbox = provider('sandbox', { key_required: false, simulated: true });
  const paid = provider('google', { has_key: true });
  it.each<[string, Provider[], string | undefined, Provider | undefined]>([
    ['the one asked for', [paid, ollama, sandbox], 'ollama', ollama],
    ['none that lacks its key', [openai, sandbox], 'openai', sandbox],
    ['one with a key', [openai, ollama, paid, sandbox], undefined, paid],
    ['the sandbox before what may not be served', [openai, ollama, sandbox], undefined, sandbox],
    ['what is left', [openai, ollama], undefined, ollama],
    ['nothing where nothing is ready', [openai], undefined, undefined],
  ])('is %s', (_name, providers, wanted, expected) => {
    expect(preferredProvider(providers, wanted)).toBe(expected);
  });
});

it.each([
  ['the provider’s first for every model', null, 'chat'],
  ['the provider’s first of those chosen, in whatever order they were', ['embed', 'other'], 'other'],
  ['none where none is known', ['private'], null],
])('modelToTry is %s', (_name, chosen, expected) => {
  const models = ['chat', 'other', 'embed'].map((id) => ({ id, name: id }));
  expect(modelToTry(provider('openai', { models }), chosen)).toBe(expected);
});
