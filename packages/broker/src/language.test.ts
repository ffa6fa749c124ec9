// Which language a request is answered in, and that requests do not speak into each other.

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findProblems } from './accounts/first-owner.ts';
import { inLanguageOf, inLocales, languageAtHand, words } from './language.ts';

const languageOf = (headers: Readonly<Record<string, string>>, uiLocales: string | null = null) =>
  inLanguageOf({ headers }, () => inLocales(uiLocales, languageAtHand));

describe('the language of a request', () => {
  it.each([
    [{}, null, 'en'],
    [{ 'accept-language': 'de-AT,de;q=0.8,en;q=0.5' }, null, 'de'],
    [{ 'accept-language': 'en;q=0.2, ja;q=0.9' }, null, 'ja'],
    [{ 'accept-language': 'fr, de;q=0' }, null, 'en'],
    [{ 'accept-language': 'de;q=nonsense, ja' }, null, 'ja'],
    [{ 'accept-language': '*' }, null, 'en'],
    [{ 'accept-language': 'en' }, 'fr-CA de', 'de'],
    [{ 'accept-language': 'de' }, 'fr-CA', 'de'],
    [{ cookie: 'a=b; valetkey_language=ja' }, 'de', 'ja'],
    [{ cookie: 'valetkey_language=xx', 'accept-language': 'de' }, null, 'de'],
    [{ cookie: 'not_valetkey_language=ja' }, null, 'en'],
  ] as const)('with %j and ui_locales %j is %s', (headers, uiLocales, expected) => {
    expect(languageOf(headers, uiLocales)).toBe(expected);
  });

  it('is its own, while others are answered at the same time', async () => {
    const tables = words({ en: { hello: 'hello' }, de: { hello: 'hallo' }, ja: { hello: 'こんにちは' } });
    const said = await Promise.all(
      ['de', 'ja', 'en'].map((language) =>
        inLanguageOf({ headers: { 'accept-language': language } }, async () => {
          await setImmediate();
          return tables.hello;
        }),
      ),
    );
    expect(said).toEqual(['hallo', 'こんにちは', 'hello']);
    expect(tables.hello).toBe('hello');
  });

  it('is that of what is wrong with a new account, too', () => {
    const problems = inLanguageOf({ headers: { 'accept-language': 'de' } }, () =>
      findProblems({ email: 'nobody', password: 'short' }),
    );
    expect(problems).toEqual({
      email: 'Geben Sie eine E-Mail-Adresse ein, etwa you@example.com.',
      password: 'Verwenden Sie mindestens 12 Zeichen.',
    });
  });
});
