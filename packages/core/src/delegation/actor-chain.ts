// Who acts for whom: the `act` claim of RFC 8693 section 4.1, nested with the newest actor outermost, with the members
// of the OAuth Actor Profile draft. A chain that is too long is refused, never truncated: a link left out would hide
// who really acts.

import { fail, type Result, succeed } from '../result.ts';

/** One party in a chain of delegation, unique by `iss` and `sub` together. */
export interface Actor {
  readonly sub: string;
  readonly iss: string;
}

/** The `act` claim on the wire; `act` inside it is the actor before. */
export interface ActClaim extends Actor {
  readonly sub_profile?: 'ai_agent';
  readonly act?: ActClaim;
}

/** The `act` claim for these actors, newest first; undefined when nobody acts for the client itself. */
export const formatActClaim = (actors: readonly Actor[]): ActClaim | undefined =>
  actors.reduceRight<ActClaim | undefined>(
    (older, { sub, iss }) => ({ sub, iss, sub_profile: 'ai_agent', ...(older && { act: older }) }),
    undefined,
  );

/**
 * The chain with `actor` in front, or why there can be none: it would be longer than `maxDepth`. Token exchange
 * answers `invalid_request` then.
 */
export function addActor(
  actors: readonly Actor[],
  actor: Actor,
  maxDepth: number,
): Result<readonly Actor[], string> {
  if (actors.length >= maxDepth) return fail(`delegation is at its deepest here, ${maxDepth} levels`);
  return succeed([actor, ...actors]);
}

/**
 * The actors in an `act` claim, newest first; none for undefined. Refuses, with a sentence, a claim that is not made of
 * objects with non-empty `sub` and `iss`, and one deeper than `maxDepth`. Other members are passed over (RFC 8693).
 */
export function parseActClaim(claim: unknown, maxDepth: number): Result<readonly Actor[], string> {
  const actors: Actor[] = [];
  for (let link = claim; link !== undefined; ) {
    if (actors.length >= maxDepth) return fail(`act is nested deeper than ${maxDepth} levels`);
    if (typeof link !== 'object' || link === null) return fail('act must be an object');
    const { sub, iss, act } = link as Record<string, unknown>;
    if (typeof sub !== 'string' || sub === '' || typeof iss !== 'string' || iss === '') {
      return fail('act must hold sub and iss');
    }
    actors.push({ sub, iss });
    link = act;
  }
  return succeed(actors);
}
