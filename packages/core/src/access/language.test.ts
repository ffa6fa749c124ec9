import { expect, it } from 'vitest';
import { firstSpoken, type Language, languageOfTerminal } from './language.ts';

it.each([
  [['de-AT', 'en'], 'de'],
  [['fr', 'ja-JP', 'de'], 'ja'],
  [['EN-us'], 'en'],
  [[' de '], 'de'],
  [['fr', 'nl'], null],
  [['', 'den', 'jav'], null],
  [[], null],
])('of %j it speaks %s', (tags, expected) => {
  expect(firstSpoken(tags)).toBe(expected);
});

it.each<[Record<string, string>, Language]>([
  [{}, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'de'],
  [{ LANG: 'de_AT.UTF-8@euro' }, 'de'],
  [{ LANG: 'ja' }, 'ja'],
  [{ LANG: 'ja_JP.utf8' }, 'ja'],
  [{ LANG: 'ja_JP.eucJP' }, 'en'],
  [{ LANG: 'de_DE.ISO-8859-1@euro' }, 'en'],
  [{ LANG: 'de-CH' }, 'de'],
  [{ LANG: 'de_DE@euro' }, 'de'],
  [{ LANG: 'fr_FR' }, 'en'],
  [{ LANG: 'C' }, 'en'],
  [{ LANG: 'POSIX' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: '' }, 'en'],
  [{ LANG: 'de_DE', LC_MESSAGES: 'ja_JP.UTF-8' }, 'ja'],
  [{ LANG: 'de_DE', LC_MESSAGES: '' }, 'de'],
  [{ LANG: 'de_DE', LC_MESSAGES: 'de_DE', LC_ALL: 'ja_JP' }, 'ja'],
  [{ LANG: 'de_DE', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'de_DE', LC_ALL: '' }, 'de'],
  [{ LC_CTYPE: 'de_DE' }, 'en'],
])('a terminal with %j asks for %s', (env, language) => {
  expect(languageOfTerminal(env)).toBe(language);
});
