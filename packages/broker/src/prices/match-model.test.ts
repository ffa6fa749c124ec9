// A44: a name that only resembles a priced one has no price.

import { describe, expect, it } from 'vitest';
import { matchCloseness, withoutSnapshot } from './match-model.ts';

const prefix = { starts_with: 'claude-sonnet-5' };

describe('matchCloseness', () => {
  it.each([
    [{ equals: 'gpt-4o' }, 'gpt-4o', Number.POSITIVE_INFINITY],
    [{ equals: 'gpt-4o' }, 'GPT-4o', 0],
    [{ equals: 'gpt-4o' }, 'gpt-4o ', 0],
    [prefix, 'claude-sonnet-5', 15],
    [prefix, 'claude-sonnet-5-20260630', 15],
    [prefix, 'claude-sonnet-5-latest', 15],
    [prefix, 'claude-sonnet-5@20260630', 15],
    [prefix, 'claude-sonnet-5-5', 0],
    [prefix, 'claude-sonnet-5.5', 0],
    [prefix, 'claude-sonnet-5-fast', 0],
    [prefix, 'claude-sonnet-5-20260630:free', 0],
    [prefix, 'my-claude-sonnet-5', 0],
    [{ contains: 'gemini-1.5-pro' }, 'gemini-1.5-pro-002', 14],
    [{ contains: 'gemini-1.5-pro' }, 'models/gemini-1.5-pro', 0],
    [{ ends_with: 'gemini-2.0-flash' }, 'x/gemini-2.0-flash', 0],
    [{ regex: '^gpt-6-sol-\\d{4}-\\d{2}-\\d{2}$' }, 'gpt-6-sol-2026-09-22', Number.POSITIVE_INFINITY],
    [{ regex: '^gemini-3\\.5-flash-\\d' }, 'gemini-3.5-flash-8b', 0],
    [{ or: [{ equals: 'a' }, { starts_with: 'ab' }] }, 'ab-001', 2],
    [
      { and: [{ starts_with: 'gemini-2.5-pro' }, { regex: '^(?!.*-tts)' }] },
      'gemini-2.5-pro-preview-05-06',
      14,
    ],
    [{ and: [{ starts_with: 'gemini-2.5-pro-tts' }, { regex: '^(?!.*-tts)' }] }, 'gemini-2.5-pro-tts', 0],
    [{ and: [{ regex: '^(?!x)' }] }, 'anything', 0],
  ])('%j speaks of %s: %d', (rule, model, expected) => {
    expect(matchCloseness(rule, model)).toBe(expected);
  });
});

describe('withoutSnapshot', () => {
  it.each([
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['claude-opus-4-5-20251101', 'claude-opus-4-5'],
    ['gpt-4-0613', 'gpt-4-0613'],
  ])('%s is of the line %s', (model, line) => {
    expect(withoutSnapshot(model)).toBe(line);
  });
});
