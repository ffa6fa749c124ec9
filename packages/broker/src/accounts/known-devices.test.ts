import { describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { createKnownDevices, KNOWN_SECONDS } from './known-devices.ts';

const ADA = 'ada@owner.test';
let nowMs = Date.UTC(2026, 10, 23);
const ambient = { now: () => nowMs, randomBytes: systemAmbient.randomBytes };
const devices = createKnownDevices('the secret of this house', ambient);

describe('a known device', () => {
  it('is told again from its cookie, each by its own name', () => {
    const [one, two] = [devices.issue(ADA), devices.issue(ADA)];
    expect(devices.read(one, ADA)).toMatch(/^\w{22}$/);
    expect(devices.read(one, ADA)).toBe(devices.read(one, ADA));
    expect(devices.read(two, ADA)).not.toBe(devices.read(one, ADA));
  });

  const cookie = devices.issue(ADA);
  const [id, since, signature] = cookie.split('.') as [string, string, string];
  it.each<[string, string | undefined | null, string]>([
    ['no cookie', undefined, ADA],
    ['an empty one', '', ADA],
    ['one for another account', cookie, 'bob@owner.test'],
    ['one of another house', createKnownDevices('another secret', ambient).issue(ADA), ADA],
    ['another id', `x${id}.${since}.${signature}`, ADA],
    ['a later date', `${id}.${Number(since) + 1}.${signature}`, ADA],
    ['a cut signature', `${id}.${since}.${signature.slice(0, -4)}`, ADA],
    ['no signature', `${id}.${since}.`, ADA],
    ['parts moved to and fro', `${id}. ${since}.${signature}`, ADA],
  ])('is not believed with %s', (_name, value, account) => {
    expect(devices.read(value, account)).toBeNull();
  });

  it('is forgotten after half a year without a sign-in', () => {
    const old = devices.issue(ADA);
    nowMs += KNOWN_SECONDS * 1000 - 1000;
    expect(devices.read(old, ADA)).not.toBeNull();
    nowMs += 1000;
    expect(devices.read(old, ADA)).toBeNull();
  });
});
