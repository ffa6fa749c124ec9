// The first lines of the process: for a person in their language, for a program always the same.

import { expect, it } from 'vitest';
import { startWords } from './start-messages.ts';

const said = (env: Record<string, string>, isTerminal: boolean): string[] => {
  const { listening, setUp, locked, inspector, notOrderly, portTaken, failed } = startWords(env, isTerminal);
  return [listening('a'), setUp('a'), locked, inspector, notOrderly('a'), portTaken(1, 'a'), failed('a')];
};

it('a program reads the same in every language', () => {
  expect(said({ LANG: 'de_DE.UTF-8' }, false)).toEqual(said({}, true));
});

it.each(['de_DE.UTF-8', 'ja_JP.UTF-8'])('a person with LANG=%s reads nothing in English', (LANG) => {
  const english = said({}, true);
  expect(said({ LANG }, true).filter((text) => english.includes(text))).toEqual([]);
});
