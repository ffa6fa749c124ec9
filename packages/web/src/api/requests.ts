// Requests for more, as the management API tells of them.

import { queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';
import type { Page, TimeText } from './types.ts';

/** One member that a request would change, in words. */
export interface RequestedMember {
  readonly member: string;
  readonly label: string;
  /** Null where names are only added. */
  readonly from: string | null;
  readonly to: string;
  readonly used: string | null;
}

/** A request that waits for its owner. */
export interface AccessRequest {
  readonly id: string;
  readonly grant_id: string;
  /** The page on which it is decided. */
  readonly url: string;
  /** The asker's own words; MUST be shown as such. */
  readonly message: string | null;
  /** From the grant that the owner gave to the one that asks. */
  readonly path: readonly { readonly grant_id: string; readonly name: string }[];
  readonly changes: readonly {
    readonly grant_id: string;
    readonly is_asker: boolean;
    readonly members: readonly RequestedMember[];
  }[];
  readonly created_at: TimeText;
}

const REFRESH_MS = 15_000;

/** The requests that can be decided now, newest first. */
export const requestsQuery = queryOptions({
  queryKey: ['requests'],
  queryFn: () => callApi<Page<AccessRequest>>('GET', '/requests'),
  refetchInterval: REFRESH_MS,
});
