// Activity: every call that reached the gate. The filters are the URL.

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { callsQuery, grantsQuery } from '../api/queries.ts';
import { queryString } from '../api/query-string.ts';
import type { ActivitySearch } from '../app/search.ts';
import { t } from '../messages/messages.ts';
import { namesOf } from '../rules/delegation.ts';
import { buttonClass } from '../ui/button.tsx';
import { CallsTable } from '../ui/calls-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { CallFilters, ClearFilters } from './activity/call-filters.tsx';

const route = getRouteApi('/activity');

/** The list of all calls. */
export function ActivityPage() {
  const search = route.useSearch();
  const isBackwards = search.from !== undefined && search.to !== undefined && search.from > search.to;
  // What was listed stays until the new list is there, or the page would jump with every filter.
  const calls = useInfiniteQuery({
    ...callsQuery(search),
    placeholderData: keepPreviousData,
    enabled: !isBackwards,
  });
  const { data: grants } = useQuery(grantsQuery('all'));
  const names = useMemo(() => namesOf(grants?.data ?? []), [grants]);
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  const empty = isFiltered ? <NoMatch text={t.activity.emptyFilteredText} /> : <NoCalls />;
  const listed = calls.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page
      title={t.activity.title}
      lead={t.activity.lead}
      actions={!isBackwards && <Exports search={search} />}
    >
      <CallFilters search={search} grants={grants?.data ?? []} listed={listed} />
      {isBackwards ? (
        <NoMatch text={t.activity.backwards} />
      ) : (
        <div aria-busy={calls.isPlaceholderData} className="aria-busy:opacity-60">
          <Paged query={calls} more={t.call.more} empty={empty}>
            {(rows) => <CallsTable calls={rows} names={names} />}
          </Paged>
        </div>
      )}
    </Page>
  );
}

const NoMatch = ({ text }: { readonly text: string }) => (
  <Empty title={t.activity.emptyFiltered} text={text}>
    <ClearFilters />
  </Empty>
);

const NoCalls = () => (
  <Empty title={t.activity.empty} text={t.activity.emptyText}>
    <Link to="/connect" className={buttonClass('primary')}>
      {t.nav.connect}
    </Link>
  </Empty>
);

/** The calls that are listed, as files. */
const Exports = ({ search }: { readonly search: ActivitySearch }) =>
  (['csv', 'json'] as const).map((format) => (
    <a
      key={format}
      href={`/api/v1/calls/export${queryString({ ...search, format })}`}
      download
      className={buttonClass()}
    >
      {t.activity.exportAs[format]}
    </a>
  ));
