// Whether whoever is at a session proved lately who they are (step-up sign-in, RFC 9470). A session lives for days and its cookie can be
// stolen; what matters most asks for the person again.

import type { SignedIn, StepUp } from './contract.ts';

/** What the house asks for. */
export interface StepUpPolicy {
  /** How old the proof may be. */
  readonly maxAgeSeconds: number;
  /** `passkey`: of an owner who has a passkey, nothing else will do. `any`: the way out for one who lost it. */
  readonly method: 'passkey' | 'any';
}

/** A proof dated further ahead was made under a clock that was wrong: it counts for nothing. */
const CLOCK_SKEW_MS = 60_000;

/** The rule. `hasPasskey` tells whether the owner has one that works at this house. */
export const createStepUp =
  (
    { maxAgeSeconds, method }: StepUpPolicy,
    now: () => number,
    hasPasskey: (ownerId: string) => Promise<boolean>,
  ) =>
  async (session: SignedIn): Promise<StepUp | null> => {
    const needed = method === 'passkey' && (await hasPasskey(session.ownerId)) ? 'passkey' : 'password';
    const ageMs = now() - session.authenticatedAtMs;
    const isRecent = ageMs <= maxAgeSeconds * 1000 && ageMs >= -CLOCK_SKEW_MS;
    const isEnough = needed === 'password' || session.method !== 'password';
    return isRecent && isEnough ? null : { method: needed, maxAgeSeconds };
  };
