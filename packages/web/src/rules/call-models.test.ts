// The field of models offers what can be and what was called.

import { expect, it } from 'vitest';
import type { Call, Provider } from '../api/types.ts';
import { choiceText, modelsByProvider, parseChoice } from './call-models.ts';

const provider = (name: string, has_key: boolean, key_required = true) =>
  ({
    name,
    label: name.toUpperCase(),
    has_key,
    key_required,
    models: [{ id: `${name}-1` }],
  }) as unknown as Provider;
const call = (name: string, model: string | null) => ({ provider: name, model }) as Call;

it('offers the models of providers with a key or without need of one, of the calls listed, and what is chosen', () => {
  const providers = [
    provider('openai', true),
    provider('anthropic', false),
    provider('sandbox', false, false),
  ];
  const calls = [call('openai', 'gpt-0'), call('gone', 'old'), call('gone', null), call('', 'x')];
  expect(modelsByProvider(providers, calls, { provider: 'other', model: 'm' })).toEqual([
    { name: 'openai', label: 'OPENAI', models: ['gpt-0', 'openai-1'] },
    { name: 'sandbox', label: 'SANDBOX', models: ['sandbox-1'] },
    { name: 'gone', label: 'gone', models: ['old'] },
    { name: 'other', label: 'other', models: ['m'] },
  ]);
});

it.each([
  [{}, { provider: '', model: '' }],
  [{ provider: 'openai' }, { provider: 'openai', model: '' }],
  [{ model: '["' }, { provider: '', model: '["' }],
  [
    { provider: 'a/b', model: 'c/d' },
    { provider: 'a/b', model: 'c/d' },
  ],
])('a choice of %j comes back from its option', (choice, parsed) => {
  expect(parseChoice(choiceText(choice))).toEqual(parsed);
});
