// Activity: every call that reached the gate. The filters are the URL.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { callsQuery, grantsQuery } from '../api/queries.ts';
import { queryString } from '../api/query-string.ts';
import type { Grant } from '../api/types.ts';
import { CALL_STATUSES, parseActivitySearch } from '../app/search.ts';
import { t } from '../messages/messages.ts';
import { namesOf } from '../rules/delegation.ts';
import { buttonClass } from '../ui/button.tsx';
import { CallsTable } from '../ui/calls-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { SelectField } from '../ui/field.tsx';
import { GrantField } from '../ui/grant-field.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';

type ActivitySearch = ReturnType<typeof parseActivitySearch>;

const route = getRouteApi('/activity');

/** The list of all calls. */
export function ActivityPage() {
  const search = route.useSearch();
  const calls = useInfiniteQuery(callsQuery(search));
  const { data: grants } = useQuery(grantsQuery('all'));
  const isFiltered = search.grant_id !== undefined || search.status !== undefined;
  const empty = isFiltered ? (
    <Empty title={t.activity.emptyFiltered} />
  ) : (
    <Empty title={t.activity.empty} text={t.activity.emptyText}>
      <Link to="/connect" className={buttonClass('primary')}>
        {t.nav.connect}
      </Link>
    </Empty>
  );
  return (
    <Page title={t.activity.title} lead={t.activity.lead} actions={<Exports search={search} />}>
      <Filters grants={grants?.data ?? []} />
      <Paged query={calls} more={t.call.more} empty={empty}>
        {(rows) => <CallsTable calls={rows} names={namesOf(grants?.data ?? [])} />}
      </Paged>
    </Page>
  );
}

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

function Filters({ grants }: { readonly grants: readonly Grant[] }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const choose = (change: Record<string, string>) =>
    void navigate({ to: '/activity', search: parseActivitySearch({ ...search, ...change }), replace: true });
  return (
    <div className="grid items-end gap-x-4 gap-y-3 sm:grid-cols-[14rem_14rem_auto] sm:justify-start">
      <GrantField grants={grants} value={search.grant_id} onChoose={(grant_id) => choose({ grant_id })} />
      <SelectField
        label={t.activity.status}
        value={search.status ?? ''}
        onChange={(event) => choose({ status: event.target.value })}
      >
        <option value="">{t.activity.allStatuses}</option>
        {CALL_STATUSES.map((status) => (
          <option key={status} value={status}>
            {t.callStatus[status]}
          </option>
        ))}
      </SelectField>
      {(search.grant_id ?? search.status) && (
        <Link to="/activity" replace className={`${buttonClass()} min-h-10`}>
          {t.activity.clear}
        </Link>
      )}
    </div>
  );
}
