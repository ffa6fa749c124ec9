// Asking the owner for more than the grant allows, and waiting for the answer. A person decides: nothing is got by asking, and a request that
// was denied is not worth repeating.

import { type ChildAccess, expiryOf, type GrantedAccess, limitsOf } from './child-details.ts';
import { type Holder, idInPath } from './holder.ts';
import { sleep } from './sleep.ts';
import { isPassing } from './valetkey-error.ts';

/** What is asked for. What is not named stays as it is; `details` replaces all members of `ChildAccess`. */
export interface MoreAsked extends Omit<ChildAccess, 'to'> {
  /** Why, in a sentence or two: the owner reads it as the asker’s words. */
  readonly message?: string;
  /** `authorization_details`, word for word. */
  readonly details?: readonly GrantedAccess[];
}

/** What became of a request. */
export interface MoreDecision {
  readonly status: 'pending' | 'allowed' | 'denied' | 'withdrawn' | 'expired';
  /** What the grant may do now, where it was allowed; an owner may give less than was asked. */
  readonly access: readonly GrantedAccess[] | null;
}

/** A request that waits for the owner. */
export interface MoreRequest {
  readonly requestId: string;
  /** As it was when it was made: `denied` where the same was asked before and denied. */
  readonly status: MoreDecision['status'];
  /** Where the owner decides. Show it to the person. */
  readonly url: string;
  readonly expiresAt: Date;
  /** What has become of it so far. The broker says when to look again: `wait` obeys that. */
  look(signal?: AbortSignal): Promise<MoreDecision>;
  /** Looks until it is decided or over. Outages are waited out as long as it can be decided; rejects when `signal` aborts. */
  wait(options?: { readonly signal?: AbortSignal }): Promise<MoreDecision>;
  /** Takes it back, if it is not decided yet. */
  withdraw(): Promise<void>;
}

interface WireRequest {
  readonly request_id: string;
  readonly status: MoreDecision['status'];
  readonly url: string;
  readonly expires_at: string;
  readonly interval: number;
  readonly authorization_details?: readonly GrantedAccess[];
}

/** Asks for more, as the holder of the grant at `path`, which has `granted`. */
export async function askForMore(
  holder: Holder,
  path: string,
  asked: MoreAsked,
  granted: () => Promise<readonly GrantedAccess[]>,
): Promise<MoreRequest> {
  const details = asked.details ?? [entryOf(asked, await granted(), Date.now())];
  const { message } = asked;
  const body = { authorization_details: details, ...(message !== undefined && { message }) };
  const made = await holder.call<WireRequest>('POST', `${path}/requests`, body);
  const own = `${path}/requests/${idInPath(made.request_id)}`;
  const look = async (signal?: AbortSignal) =>
    decisionOf(await holder.call<WireRequest>('GET', own, undefined, signal));
  return {
    requestId: made.request_id,
    status: made.status,
    url: made.url,
    expiresAt: new Date(made.expires_at),
    look,
    wait: ({ signal } = {}) => waitFor(look, made, signal),
    withdraw: () => holder.call('DELETE', own),
  };
}

const decisionOf = ({ status, authorization_details: access }: WireRequest): MoreDecision => ({
  status,
  access: access ?? null,
});

/** Members that are not named are left out: they stay as they are. */
function entryOf(asked: MoreAsked, granted: readonly GrantedAccess[], nowMs: number): GrantedAccess {
  const { models, capabilities, tools, depth, expiresIn } = asked;
  const [only, ...others] = granted;
  const provider = asked.provider ?? (others.length === 0 ? only?.provider : undefined);
  if (provider === undefined)
    throw new TypeError(
      `The grant is for several providers (${granted.map((part) => part.provider).join(', ')}): say which one with provider.`,
    );
  const limits = limitsOf(asked);
  return {
    type: 'ai_model_access',
    provider,
    ...(models && { models }),
    ...(capabilities && { capabilities }),
    ...(tools && { tools }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(depth !== undefined && { delegation: { max_depth: depth } }),
    ...(expiresIn !== undefined && { expires: expiryOf(expiresIn, nowMs) }),
  };
}

async function waitFor(
  look: MoreRequest['look'],
  { interval, expires_at }: WireRequest,
  signal: AbortSignal | undefined,
): Promise<MoreDecision> {
  for (;;) {
    signal?.throwIfAborted();
    let waitSeconds = interval;
    try {
      const decision = await look(signal);
      if (decision.status !== 'pending') return decision;
    } catch (thrown) {
      // A proxy in front answers 502 or 504 for a broker that starts again.
      if (!isPassing(thrown) || Date.now() > Date.parse(expires_at)) throw thrown;
      waitSeconds = Math.max(waitSeconds, thrown.retryAfterSeconds ?? 0);
    }
    await sleep(waitSeconds * 1000, signal);
  }
}
