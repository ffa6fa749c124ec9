import { describe, expect, it } from 'vitest';
import { messagesIn } from '../browser/messages.ts';

describe('the words of the button', () => {
  it.each([
    [['de'], 'de'],
    [['DE-at', 'en'], 'de'],
    [['fr', 'ja-JP', 'de'], 'ja'],
    [['', 'de'], 'de'],
    [['en-GB', 'de'], 'en'],
    [['fr', 'den'], 'en'],
    [[], 'en'],
  ])('for people who want %j are in %s', (tags, language) => {
    expect(messagesIn(tags).lang).toBe(language);
  });

  it('are there in each language, and none is another’s', () => {
    const english = messagesIn([]);
    for (const language of ['de', 'ja']) {
      const words = messagesIn([language]);
      for (const name of Object.keys(english) as (keyof typeof english)[]) {
        expect(words).toHaveProperty(name);
        if (typeof words[name] === 'string' && name !== 'addressExample')
          expect(words[name]).not.toBe(english[name]);
      }
      expect(Object.keys(words.reasons ?? {})).toEqual(Object.keys(messagesIn(['ja']).reasons ?? {}));
    }
  });
});
