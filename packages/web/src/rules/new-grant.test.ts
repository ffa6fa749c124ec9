// The grant that is asked for is what the person chose, and never wider when something is missing.

import { describe, expect, it } from 'vitest';
import { choiceProblem, type GrantChoice, newGrant } from './new-grant.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const CHOICE: GrantChoice = {
  name: ' Notes ',
  provider: 'openai',
  keyId: null,
  models: ['gpt-5-mini'],
  amount: '$5.00',
  per: 'month',
  days: 30,
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
