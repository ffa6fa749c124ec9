import { describe, expect, it } from 'vitest';
import { beginTry, TooManyWaiting, Turns, takePasswordTurn, vouchForTry } from './password-turns.ts';

/** Work that lasts until it is told to end. */
const pieces = () => {
  const ends: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  const endAll = async (...all: readonly Promise<unknown>[]): Promise<void> => {
    const over = Promise.allSettled(all);
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    while (!isOver) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
  };
  return { work, endAll, most: () => most, begun: () => ends.length };
};

describe('turns', () => {
  it('do so many at a time and no more, let so many wait, and refuse the others at once', async () => {
    const { work, endAll, most } = pieces();
    const turns = new Turns({ atOnce: 2, waiting: 3 });
    const taken = Array.from({ length: 5 }, () => turns.take(work));
    await expect(turns.take(work)).rejects.toThrow(TooManyWaiting);
    await endAll(...taken);
    expect(most()).toBe(2);
    const later = [turns.take(work), turns.take(work)];
    await endAll(...later);
    expect(await Promise.all([...taken, ...later])).toHaveLength(7);
  });

  it('go on after work that failed', async () => {
    const turns = new Turns({ atOnce: 1, waiting: 1 });
    const failing = turns.take(() => Promise.reject(new Error('broken')));
    const next = turns.take(async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
    expect(await turns.take(async () => 'again')).toBe('again');
  });
});

describe('checking passwords', () => {
  it('takes a known browser in its turn while strangers fill theirs', async () => {
    const strangers = pieces();
    const flood = Array.from({ length: 60 }, () => beginTry(() => takePasswordTurn(strangers.work)));
    const refused = flood.map((one) => one.catch((error: unknown) => error));
    const known = await beginTry(async () => {
      vouchForTry();
      return takePasswordTurn(async () => 'checked');
    });
    expect(known).toBe('checked');
    expect(strangers.begun()).toBe(2);
    await strangers.endAll(...flood);
    const errors = (await Promise.all(refused)).filter((one) => one instanceof TooManyWaiting);
    expect(errors).toHaveLength(18);
  });
});
