import { describe, expect, it } from 'vitest';
import type { SignedIn, SignInMethod } from './contract.ts';
import { createStepUp, type StepUpPolicy } from './step-up.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const MINUTES = 60_000;

const needed = (
  { ageMs, method }: { ageMs: number; method: SignInMethod },
  hasPasskey: boolean,
  policy: StepUpPolicy['method'] = 'passkey',
) => {
  const session: SignedIn = {
    ownerId: 'own_ada',
    sessionId: 's',
    email: 'ada@owner.test',
    name: 'Ada',
    via: 'cookie',
    authenticatedAtMs: NOW_MS - ageMs,
    method,
  };
  return createStepUp(
    { maxAgeSeconds: 600, method: policy },
    () => NOW_MS,
    async () => hasPasskey,
  )(session);
};

describe('what is still to be proved', () => {
  it.each<[string, number, SignInMethod, boolean, 'password' | 'passkey' | null]>([
    ['nothing right after signing in', 0, 'password', false, null],
    ['nothing after ten minutes', 10 * MINUTES, 'password', false, null],
    ['the password a moment later', 10 * MINUTES + 1, 'password', false, 'password'],
    ['the passkey of who has one', 10 * MINUTES + 1, 'passkey', true, 'passkey'],
    ['nothing after a passkey', MINUTES, 'passkey', true, null],
    ['the passkey after a mere password', 0, 'password', true, 'passkey'],
    ['nothing at a terminal that was just let in', MINUTES, 'device', true, null],
    ['the passkey at one that was let in long ago', 60 * MINUTES, 'device', true, 'passkey'],
    ['nothing a few seconds ahead', -30_000, 'password', false, null],
    ['the password where the clock was far ahead', -2 * MINUTES, 'password', false, 'password'],
  ])('is %s', async (_name, ageMs, method, hasPasskey, expected) => {
    const found = await needed({ ageMs, method }, hasPasskey);
    expect(found).toEqual(expected && { method: expected, maxAgeSeconds: 600 });
  });

  it('is the password for an owner who lost a passkey, where the operator says so', async () => {
    expect(await needed({ ageMs: 0, method: 'password' }, true, 'any')).toBeNull();
    expect(await needed({ ageMs: 11 * MINUTES, method: 'password' }, true, 'any')).toMatchObject({
      method: 'password',
    });
  });
});
