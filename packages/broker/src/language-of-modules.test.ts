// No module of the broker reads a word while it is set up: it would stay English in every request.

import { expect, it, vi } from 'vitest';

const readAt: string[] = [];
vi.mock('./language.ts', async (original) => {
  const language = await original<typeof import('./language.ts')>();
  const watched = <Words extends object>(words: Words): Words =>
    new Proxy(words, {
      get(target, name) {
        readAt.push(`${String(name)} ${new Error().stack?.split('\n')[2]?.trim()}`);
        return Reflect.get(target, name);
      },
    });
  const words: typeof language.words = (tables) => watched(language.words(tables));
  return { ...language, words, accessWords: watched(language.accessWords) };
});

it('words are read when a request is answered, not before', async () => {
  await import('./serve.ts');
  expect(readAt).toEqual([]);
  const { findProblems } = await import('./accounts/first-owner.ts');
  findProblems({ email: '', password: '' });
  expect(readAt.length).toBeGreaterThan(0);
});
