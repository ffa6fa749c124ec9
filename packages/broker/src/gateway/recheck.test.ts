// What a change of terms does to calls that run: each is judged by what is true now, and goes on or is cut with the reason.

import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import type { LiveGrant, LivePart } from '../grants/contract.ts';
import type { ReadCall } from './read.ts';
import { recheck } from './recheck.ts';
import { RunningCalls, Ticket } from './running-calls.ts';

const NOW_MS = 1_000_000;
const partOf = (access: Partial<ModelAccess> = {}, change: Partial<LivePart> = {}): LivePart => ({
  provider: 'openai',
  providerKeyId: 'key_1',
  access: { ...unrestrictedAccess('openai'), ...access },
  chain: [],
  endsAtMs: null,
  status: 'active',
  ...change,
});
const liveOf = (part: LivePart | null, change: object = {}) =>
  ({
    grant: { id: 'gr_1', ownerId: 'ada' },
    path: [{ grantId: 'gr_0' }, { grantId: 'gr_1' }],
    parts: part ? [part] : [],
    pins: [],
    devices: new Map([['jkt', { id: 'dev_1', isLost: false }]]),
    ...change,
  }) as unknown as LiveGrant;
const ticketOf = (keyThumbprint: string | null = 'jkt', part = partOf()): Ticket => {
  const ticket = new Ticket(liveOf(part), keyThumbprint);
  ticket.call = {
    provider: { name: 'openai', label: 'OpenAI' },
    operation: { capability: 'chat' },
    reading: { model: 'm-small', tools: [] },
    params: {},
    part,
  } as unknown as ReadCall;
  return ticket;
};
const judged = async (ticket: Ticket, live: LiveGrant | null) => {
  const grants = { reread: async () => live };
  const cut = await recheck([ticket], { grants, now: () => NOW_MS });
  expect(cut).toBe(ticket.stopped === null ? 0 : 1);
  return ticket.stopped;
};

describe('a running call', () => {
  it.each<[string, LiveGrant]>([
    ['nothing it needs is taken', liveOf(partOf({ models: ['m-*'], capabilities: ['chat'] }))],
    ['its grant ends later', liveOf(partOf({ expiresAtMs: NOW_MS + 1 }))],
    ['its device is one of those chosen', liveOf(partOf(), { pins: [new Set(['dev_1'])] })],
    ['money is short', liveOf(partOf({ limits: [{ unit: 'usd', amount: 0, per: 'day' }] }))],
  ])('goes on under the new terms where %s', async (_, live) => {
    const ticket = ticketOf();
    const { call } = ticket;
    expect(await judged(ticket, live)).toBeNull();
    expect(ticket.call).toEqual({ ...call, part: live.parts[0] });
  });

  it.each<[string, LiveGrant | null, string]>([
    ['its grant is gone', null, 'revoked'],
    ['its grant was revoked', liveOf(partOf({}, { status: 'revoked' })), 'revoked'],
    ['its grant is paused', liveOf(partOf({}, { status: 'suspended' })), 'suspended'],
    ['its grant was stopped with others', liveOf(partOf({}, { status: 'stopped' })), 'suspended'],
    ['its grant has ended', liveOf(partOf({ expiresAtMs: NOW_MS })), 'expired'],
    ['its provider was taken away', liveOf(null), 'narrowed'],
    ['only another provider is left', liveOf(partOf({}, { provider: 'google' })), 'narrowed'],
    ['its model was taken away', liveOf(partOf({ models: ['m-large'] })), 'narrowed'],
    ['its capability was taken away', liveOf(partOf({ capabilities: ['images'] })), 'narrowed'],
    ['other devices were chosen', liveOf(partOf(), { pins: [new Set(['dev_2'])] }), 'narrowed'],
    [
      'its device was lost',
      liveOf(partOf(), { devices: new Map([['jkt', { id: 'dev_1', isLost: true }]]) }),
      'device_lost',
    ],
  ])('is cut where %s', async (_, live, why) => {
    expect(await judged(ticketOf(), live)).toBe(why);
  });

  it('is left to its admission while it is not read yet', async () => {
    const ticket = ticketOf();
    ticket.call = null;
    expect(await judged(ticket, null)).toBeNull();
  });

  it('is cut once, and counted once', async () => {
    const ticket = ticketOf();
    const told: string[] = [];
    ticket.exchange = { cut: (why) => told.push(why), checkTime: () => {} };
    expect([ticket.cut('suspended'), ticket.cut('revoked')]).toEqual([true, false]);
    expect(await recheck([ticket], { grants: { reread: async () => null }, now: () => NOW_MS })).toBe(0);
    expect([ticket.stopped, told]).toEqual(['suspended', ['suspended']]);
  });

  it('is judged with its own grant, each read once', async () => {
    const [one, same] = [ticketOf(), ticketOf()];
    const other = new Ticket({ ...liveOf(partOf()), grant: { id: 'gr_2' } as never }, null);
    other.call = one.call;
    const asked: string[] = [];
    const reread = async (grantId: string) => {
      asked.push(grantId);
      return grantId === 'gr_2' ? null : liveOf(partOf());
    };
    expect(await recheck([one, other, same], { grants: { reread }, now: () => NOW_MS })).toBe(1);
    expect(asked).toEqual(['gr_1', 'gr_2']);
    expect([one.stopped, other.stopped, same.stopped]).toEqual([null, 'revoked', null]);
  });
});

describe('of the running calls', () => {
  const some = () => {
    const running = new RunningCalls();
    const [one, other] = [ticketOf('jkt'), new Ticket(null)];
    running.add(one);
    running.add(other);
    return { running, one, other };
  };

  it('those are found that are of a grant, below one, or draw on a key', () => {
    const { running, one, other } = some();
    const find = (grantIds: string[], providerKeyIds: string[] = []) =>
      running.find({ grantIds, providerKeyIds });
    expect([find(['gr_0']), find(['gr_1']), find([], ['key_1'])]).toEqual([[one], [one], [one]]);
    expect([find(['gr_2']), find([], ['key_2']), find([])]).toEqual([[], [], []]);
    expect(running.find()).toEqual([one, other]);
  });

  it('those are cut that are found, and counted once', () => {
    const { running, one, other } = some();
    const cut = () => running.cut({ grantIds: ['gr_0'], providerKeyIds: [] }, 'suspended');
    expect([cut(), cut(), one.stopped, other.stopped]).toEqual([1, 0, 'suspended', null]);
    running.cutAll('cut_off');
    expect([one.stopped, other.stopped]).toEqual(['suspended', 'cut_off']);
  });

  it('those are cut that came from a device of that owner', () => {
    const { running, one, other } = some();
    expect([running.cutDevice('eve', 'jkt'), running.cutDevice('ada', 'other')]).toEqual([0, 0]);
    expect([running.cutDevice('ada', 'jkt'), running.cutDevice('ada', 'jkt')]).toEqual([1, 0]);
    expect([one.stopped, other.stopped]).toEqual(['device_lost', null]);
  });

  it('those end whose grant does, at that moment', () => {
    const { running, one, other } = some();
    one.call = { ...one.call!, part: partOf({ expiresAtMs: NOW_MS }) };
    const checked: number[] = [];
    other.exchange = { cut: () => {}, checkTime: (nowMs) => checked.push(nowMs) };
    running.checkTime(NOW_MS - 1);
    expect(one.stopped).toBeNull();
    running.checkTime(NOW_MS);
    expect([one.stopped, other.stopped, checked]).toEqual(['expired', null, [NOW_MS - 1, NOW_MS]]);
  });

  it('the last one that ends is waited for', async () => {
    const { running, one, other } = some();
    let isIdle = false;
    const idle = running.whenIdle().then(() => {
      isIdle = true;
    });
    running.remove(one);
    running.remove(one);
    await Promise.resolve();
    expect([isIdle, running.count]).toEqual([false, 1]);
    running.remove(other);
    await idle;
    await running.whenIdle();
    expect(running.count).toBe(0);
  });
});
