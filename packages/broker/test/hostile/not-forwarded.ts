// What "refused, and not forwarded" means, checked from outside: providers saw nothing, nothing is spent or held, the journal tells of one
// refusal, and no answer shows a key.

import { searchCanary } from '@valetkey/testkit';
import { expect, vi } from 'vitest';
import { type RawAnswer, sendRaw } from './raw-request.ts';
import type { World } from './worlds.ts';

/** A grant of the world, and its token. */
type Granted = Awaited<ReturnType<World['grant']>>;

const booksOf = async (world: World, { id }: Granted): Promise<unknown> => {
  const { parts } = (await world.api('GET', `/grants/${id}`)).body;
  return parts.map(({ limits }: { limits: unknown }) => limits);
};

/** Sends it to each process in turn and gives the answers, having checked all of the above for each. */
export const expectNotForwarded = async (
  world: World,
  granted: Granted,
  bytes: string,
): Promise<readonly RawAnswer[]> => {
  const before = { seen: world.seen(), books: await booksOf(world, granted) };
  const answers: RawAnswer[] = [];
  for (const url of world.urls) answers.push(await sendRaw(url, bytes));
  expect({ seen: world.seen(), books: await booksOf(world, granted) }).toEqual(before);
  expect(world.evil.connections()).toBe(0);
  const text = answers.map((answer) => answer.text).join('\n');
  expect(world.keys.flatMap((key) => searchCanary(text, key))).toEqual([]);
  await vi.waitFor(
    async () => {
      const { data } = (await world.api('GET', `/grants/${granted.id}/calls?limit=20`)).body;
      expect(data.map(({ status }: { status: string }) => status)).toEqual(answers.map(() => 'refused'));
    },
    { timeout: 20_000 },
  );
  return answers;
};
