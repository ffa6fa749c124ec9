// What pages read, as TanStack Query options: the key and the call of each resource stand together, once.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';
import { queryString } from './query-string.ts';
import type {
  Call,
  CallFilter,
  Client,
  Device,
  Grant,
  Me,
  ModelPrice,
  Page,
  Provider,
  ProviderKey,
  Stop,
  Usage,
} from './types.ts';

/** How often pages about spending look again while they are visible. */
const REFRESH_MS = 15_000;

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => callApi<Me>('GET', '/me'),
  staleTime: 300_000,
});

/** The providers this broker forwards to. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: () => callApi<Page<Provider>>('GET', '/providers'),
  staleTime: 60_000,
});

/** The prices of one model. */
export const modelPriceQuery = (provider: string, model: string) =>
  queryOptions({
    queryKey: ['price', provider, model],
    queryFn: () => callApi<ModelPrice>('GET', `/prices/model${queryString({ provider, model })}`),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The owner's provider keys. */
export const providerKeysQuery = queryOptions({
  queryKey: ['provider-keys'],
  queryFn: () => callApi<Page<ProviderKey>>('GET', '/provider-keys'),
});

/** Live and paused grants, or with `all` the ended ones, too. */
export const grantsQuery = (status: 'active' | 'all') =>
  queryOptions({
    queryKey: ['grants', status],
    queryFn: () => allGrants(status),
    refetchInterval: REFRESH_MS,
  });

/** Trees are shown whole, so every page is read. */
async function allGrants(status: 'active' | 'all'): Promise<Page<Grant>> {
  const data: Grant[] = [];
  for (let before: string | null | undefined; before !== null; ) {
    const page: Page<Grant> = await callApi('GET', `/grants${queryString({ status, before, limit: 500 })}`);
    data.push(...page.data);
    before = page.next;
  }
  return { data, next: null };
}

/** One grant. */
export const grantQuery = (id: string) =>
  queryOptions({
    queryKey: ['grant', id],
    queryFn: () => callApi<Grant>('GET', `/grants/${encodeURIComponent(id)}`),
    refetchInterval: REFRESH_MS,
  });

/** The owner's devices, lost ones too. */
export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: () => callApi<Page<Device>>('GET', '/devices'),
  refetchInterval: REFRESH_MS,
});

/** What is stopped as a whole. */
export const stopsQuery = queryOptions({
  queryKey: ['stops'],
  queryFn: () => callApi<Page<Stop>>('GET', '/stops'),
  refetchInterval: REFRESH_MS,
});

/** The newest calls that match, one page; looks again every `refreshMs`. */
export const latestCallsQuery = (filter: CallFilter, refreshMs = REFRESH_MS) =>
  queryOptions({
    queryKey: ['calls', 'latest', filter],
    queryFn: () => callApi<Page<Call>>('GET', `/calls${queryString({ ...filter })}`),
    refetchInterval: refreshMs,
  });

/** All calls that match, newest first, page after page. */
export const callsQuery = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: ['calls', filter],
    queryFn: ({ pageParam }) =>
      callApi<Page<Call>>('GET', `/calls${queryString({ ...filter, before: pageParam, limit: 50 })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: REFRESH_MS,
  });

/** Spend over the last `days` days. */
export const usageQuery = (days: number) =>
  queryOptions({
    queryKey: ['usage', days],
    queryFn: () => callApi<Usage>('GET', `/usage${queryString({ days })}`),
    refetchInterval: REFRESH_MS,
  });

/** Registered apps. */
export const clientsQuery = queryOptions({
  queryKey: ['clients'],
  queryFn: () => callApi<Page<Client>>('GET', '/clients'),
});
