// What streams tell and when they end, second by second.

import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStreams, type Listener } from './event-streams.ts';

let heads: Map<string, number>;
let outage: Error | null;
let asked: (readonly string[])[];
let streams: EventStreams;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  [heads, outage, asked] = [new Map([['ada', 7]]), null, []];
  streams = new EventStreams(async (ownerIds) => {
    asked.push(ownerIds);
    if (outage) throw outage;
    return new Map(heads);
  });
});
afterEach(async () => {
  await streams.close();
  vi.useRealTimers();
});

const listener = (change: Partial<Listener> = {}): Listener => ({
  ownerId: 'ada',
  lastEventId: undefined,
  isGood: async () => true,
  ...change,
});

/** Reads as a response does that is sent at once. */
const listen = async (change: Partial<Listener> = {}) => {
  const opened = await streams.open(listener(change));
  if (!opened.ok) throw new Error(opened.error);
  const heard = { text: '', body: opened.value };
  heard.body.on('data', (chunk: Buffer) => {
    heard.text += chunk;
  });
  await turn();
  return heard;
};

/** Lets what was begun go on until nothing is left to do. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const pass = async (seconds: number): Promise<void> => {
  for (let second = 0; second < seconds; second += 1) {
    vi.advanceTimersByTime(1000);
    await turn();
  }
};

const HEAD = 'retry: 2000\nid: 7\n\n';
const told = (seq: number) => `id: ${seq}\nevent: changed\ndata: {"seq":${seq}}\n\n`;

describe('a stream', () => {
  it('tells the newest number once, however much was written, and a comment every 15 seconds', async () => {
    const heard = await listen();
    heads.set('ada', 12);
    await pass(10);
    expect(heard.text).toBe(HEAD + told(12));
    await pass(5);
    expect(heard.text).toBe(`${HEAD}${told(12)}:\n\n`);
  });

  it.each([
    ['the last one', '7', HEAD],
    ['an older one', '3', HEAD + told(7)],
    ['one that is not there any more', '9', HEAD + told(7)],
    ['none at all', 'x\ny', HEAD + told(7)],
  ])('begins with what was missed by who names %s', async (_name, lastEventId, text) => {
    expect((await listen({ lastEventId })).text).toBe(text);
  });

  it('ends after five minutes, and then nothing is asked any more', async () => {
    const heard = await listen();
    await pass(299);
    expect(heard.body.destroyed).toBe(false);
    await pass(1);
    expect(heard.body.readableEnded).toBe(true);
    const before = asked.length;
    await pass(5);
    expect(asked.length).toBe(before);
  });

  it('ends at the comment after its session did, and not while nobody can say', async () => {
    let answer = async () => true;
    const heard = await listen({ isGood: () => answer() });
    answer = () => Promise.reject(new Error('outage'));
    await pass(15);
    expect(heard.body.readableEnded).toBe(false);
    answer = async () => false;
    await pass(15);
    expect(heard.body.readableEnded).toBe(true);
  });

  it('tells nothing of an outage, and afterwards what was missed', async () => {
    const heard = await listen();
    outage = new Error('no database');
    heads.set('ada', 8);
    await pass(3);
    expect(heard.text).toBe(HEAD);
    outage = null;
    await pass(1);
    expect(heard.text).toBe(HEAD + told(8));
  });

  it('keeps nothing for who does not read, and tells the newest number later', async () => {
    const heard = await listen();
    heard.body.pause();
    for (const seq of [8, 9, 10]) {
      heads.set('ada', seq);
      await pass(1);
    }
    expect(heard.body.readableLength).toBe(told(8).length);
    heard.body.resume();
    await turn();
    await pass(1);
    expect(heard.text).toBe(HEAD + told(8) + told(10));
  });

  it('is cut when its time is over and what was sent was never read', async () => {
    const opened = await streams.open(listener());
    await pass(300);
    expect((opened as { value: Readable }).value.destroyed).toBe(true);
  });
});

describe('all streams', () => {
  it('are asked for in one question, each owner once, and hear nothing of each other', async () => {
    heads.set('eve', 1);
    const [ada, , eve] = [await listen(), await listen(), await listen({ ownerId: 'eve' })];
    heads.set('ada', 8);
    asked = [];
    await pass(1);
    expect(asked).toEqual([['ada', 'eve']]);
    expect(ada.text).toBe(HEAD + told(8));
    expect(eve.text).toBe('retry: 2000\nid: 1\n\n');
  });

  it('are at most 10 of an owner, and one that was left makes room', async () => {
    const heard = await Promise.all(Array.from({ length: 10 }, () => listen()));
    expect(await streams.open(listener())).toEqual({ ok: false, error: 'too_many' });
    expect((await streams.open(listener({ ownerId: 'eve' }))).ok).toBe(true);
    heard[0]!.body.destroy();
    await turn();
    expect((await streams.open(listener())).ok).toBe(true);
  });

  it('are at most 1,000', async () => {
    const open = (at: number) => streams.open(listener({ ownerId: `owner${at}` }));
    const opened = await Promise.all(Array.from({ length: 1001 }, (_, at) => open(at)));
    expect(opened.filter(({ ok }) => ok)).toHaveLength(1000);
  });

  it('end together, and none is opened afterwards', async () => {
    const heard = [await listen(), await listen({ ownerId: 'eve' })];
    await streams.close();
    expect(heard.map(({ body }) => body.readableEnded)).toEqual([true, true]);
    expect(await streams.open(listener())).toEqual({ ok: false, error: 'closed' });
  });
});
