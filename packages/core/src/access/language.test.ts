import { expect, it } from 'vitest';
import { firstSpoken } from './language.ts';

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
