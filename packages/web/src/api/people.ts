// What the page of people reads and does: loaded with that page alone.

import { queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';
import type { Maximum, Page, TimeText, UsdText } from './types.ts';

/** An account in this house, as whoever runs it sees one. */
export interface Owner {
  readonly id: string;
  readonly email: string;
  readonly role: 'operator' | 'owner';
  readonly status: 'active' | 'suspended';
  readonly joined_at: TimeText;
  readonly maxima: readonly Maximum[];
  readonly spent: {
    readonly today_usd: UsdText;
    readonly month_usd: UsdText;
    readonly total_usd: UsdText;
    readonly calls: number;
  };
}

/** An invitation that nobody has taken yet. */
export interface Invitation {
  readonly id: string;
  /** Null: whoever has the link may take it. */
  readonly email: string | null;
  readonly maxima: readonly Maximum[];
  readonly expires_at: TimeText;
}

/** The owners of this house. */
export const ownersQuery = queryOptions({
  queryKey: ['owners'],
  queryFn: () => callApi<Page<Owner>>('GET', '/owners'),
});

/** The invitations that can still be taken. */
export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: () => callApi<Page<Invitation>>('GET', '/invitations'),
});

const ofOwner = (id: string, what: string) => `/owners/${encodeURIComponent(id)}/${what}`;

/** Makes an invitation; its link is in the answer, once. */
export const invite = (body: { readonly email: string | null; readonly maxima: readonly Maximum[] }) =>
  callApi<Invitation & { readonly link: string }>('POST', '/invitations', body);

/** Takes an invitation back. */
export const revokeInvitation = (id: string) =>
  callApi<void>('DELETE', `/invitations/${encodeURIComponent(id)}`);

/** Replaces what an owner may use in all. */
export const setMaxima = (id: string, maxima: readonly Maximum[]) =>
  callApi<void>('PUT', ofOwner(id, 'maxima'), { maxima });

/** Stops everything of an owner and signs them out; once this returns, nothing more is forwarded for them. */
export const suspendOwner = (id: string) => callApi<void>('POST', ofOwner(id, 'suspend'));

/** Takes a suspension back. */
export const resumeOwner = (id: string) => callApi<void>('POST', ofOwner(id, 'resume'));

/** Removes an owner for ever. */
export const removeOwner = (id: string, email: string) =>
  callApi<void>('POST', ofOwner(id, 'remove'), { email });
