// What the pages about evidence read and ask for.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { CallGraph, Change, ChangeFilter, LedgerReport } from './audit-types.ts';
import { callApi } from './client.ts';
import { queryString } from './query-string.ts';
import type { Page } from './types.ts';

/** Changes that match, newest first, page after page. */
export const changesQuery = (filter: ChangeFilter) =>
  infiniteQueryOptions({
    queryKey: ['changes', filter],
    queryFn: ({ pageParam }) =>
      callApi<Page<Change>>(
        'GET',
        `/audit/changes${queryString({ ...filter, before: pageParam, limit: 50 })}`,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

const RUNNING_MS = 2_000;

/** How a call was allowed; looked at again until it has ended. */
export const callGraphQuery = (id: string) =>
  queryOptions({
    queryKey: ['call-graph', id],
    queryFn: () => callApi<CallGraph>('GET', `/calls/${encodeURIComponent(id)}/graph`),
    refetchInterval: ({ state }) => state.data?.call.status === 'admitted' && RUNNING_MS,
  });

/** Has the broker compare every hash and balance of the owner with the journal. */
export const verifyJournal = () => callApi<LedgerReport>('POST', '/ledger/compare');
