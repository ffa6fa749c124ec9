import { describe, expect, it } from 'vitest';
import { accessFromScope, isAiScope } from './access-from-scope.ts';
import { formatAccess } from './format-access.ts';

const type = 'ai_model_access';
const wire = (scope: string) => {
  const rights = accessFromScope(scope);
  return rights.ok ? rights.value.map(formatAccess) : rights.error;
};

describe('accessFromScope', () => {
  it.each([
    [
      'ai:openai:gpt-5-mini:chat',
      [{ type, provider: 'openai', models: ['gpt-5-mini'], capabilities: ['chat'] }],
    ],
    ['openid ai:openai:gpt-5-mini:* email', [{ type, provider: 'openai', models: ['gpt-5-mini'] }]],
    ['ai:openai:*:chat', [{ type, provider: 'openai', capabilities: ['chat'] }]],
    ['ai:openai:gpt-5*:chat', [{ type, provider: 'openai', models: ['gpt-5*'], capabilities: ['chat'] }]],
    [
      'ai:openai:ft:m:org::id:chat',
      [{ type, provider: 'openai', models: ['ft:m:org::id'], capabilities: ['chat'] }],
    ],
    [
      'ai:openai:a:images ai:openai:b:chat ai:openai:a:chat ai:openai:b:images ai:openai:a:chat',
      [{ type, provider: 'openai', models: ['a', 'b'], capabilities: ['chat', 'images'] }],
    ],
    ['openid ai:use', []],
  ])('translates %s', (scope, expected) => {
    expect(wire(scope)).toEqual(expected);
  });

  it('never pairs a model with a capability that no scope named', () => {
    expect(wire('ai:openai:a:chat ai:openai:b:images ai:google:a:chat')).toEqual([
      { type, provider: 'openai', models: ['a'], capabilities: ['chat'] },
      { type, provider: 'openai', models: ['b'], capabilities: ['images'] },
      { type, provider: 'google', models: ['a'], capabilities: ['chat'] },
    ]);
  });

  it.each(['ai:OpenAI:a:chat', 'ai:openai::chat', 'ai:openai:a:video', 'ai:openai:*x:chat', 'ai::a:chat'])(
    'refuses %s',
    (scope) => {
      expect(wire(scope)).toMatchObject({ code: 'invalid_authorization_details', member: 'scope' });
    },
  );

  it('leaves other scopes alone', () => {
    expect(['ai:use', 'openid', 'ai:openai:chat', 'mail:a:b:c'].filter(isAiScope)).toEqual([]);
  });
});
