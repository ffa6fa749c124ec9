// Audit: who changed what and when, with the means to verify the journal and to take it away. The filters are the URL.

import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { changesQuery, verifyJournal } from '../api/audit-queries.ts';
import type { LedgerReport } from '../api/audit-types.ts';
import { clientsQuery, grantsQuery } from '../api/queries.ts';
import { CHANGE_TOPICS, parseAuditSearch } from '../app/search.ts';
import { t } from '../messages/messages.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { FormError } from '../ui/error-panel.tsx';
import { SelectField } from '../ui/field.tsx';
import { GrantField } from '../ui/grant-field.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { ChangesTable } from './audit/changes-table.tsx';
import { ExportLink } from './audit/export-link.tsx';

const route = getRouteApi('/audit');

/** The page. */
export function AuditPage() {
  const search = route.useSearch();
  const changes = useInfiniteQuery(changesQuery(search));
  const { data: grants } = useQuery(grantsQuery('all'));
  const { data: clients } = useQuery(clientsQuery);
  const known = [...(grants?.data.flatMap(({ client }) => client ?? []) ?? []), ...(clients?.data ?? [])];
  const apps = new Map(known.map(({ id, name }) => [id, name]));
  const verify = useMutation({
    mutationFn: verifyJournal,
    // The comparison is an entry, too.
    onSettled: () => void changes.refetch(),
  });
  const exports = (
    <>
      <Button busy={verify.isPending} onClick={() => verify.mutate()}>
        {t.audit.verify}
      </Button>
      <ExportLink href="/api/v1/audit/export">{t.audit.export}</ExportLink>
      <ExportLink href="/api/v1/audit/export?format=ecs" name="valetkey-journal.ecs.ndjson">
        {t.audit.exportEcs}
      </ExportLink>
    </>
  );
  const isFiltered = search.topic !== undefined || search.grant_id !== undefined;
  const empty = isFiltered ? (
    <Empty title={t.audit.emptyFiltered} />
  ) : (
    <Empty title={t.audit.empty} text={t.audit.emptyText} />
  );
  return (
    <Page title={t.audit.title} lead={t.audit.lead} actions={exports}>
      <FormError error={verify.error} />
      {verify.data && <Verified report={verify.data} />}
      <Filters />
      <Paged query={changes} more={t.audit.more} empty={empty}>
        {(rows) => <ChangesTable changes={rows} apps={apps} />}
      </Paged>
    </Page>
  );
}

function Verified({ report: { entries, calls, faults } }: { readonly report: LedgerReport }) {
  if (faults.length === 0)
    return (
      <p role="status" className="sheet px-4 py-3 font-medium text-accent">
        {t.audit.verified(entries, calls)}
      </p>
    );
  return (
    <div role="alert" className="sheet px-4 py-3">
      <p className="font-medium text-danger">{t.audit.faulty}</p>
      <ul className="mt-1 text-sm">
        {faults.map(({ entry_id: entry, problem }) => (
          <li key={`${entry} ${problem}`}>
            {entry !== null && t.audit.entryOf(entry)} <span lang="en">{problem}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Filters() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data: grants } = useQuery(grantsQuery('all'));
  const choose = (change: Record<string, string>) =>
    void navigate({ to: '/audit', search: parseAuditSearch({ ...search, ...change }), replace: true });
  return (
    <div className="grid items-end gap-x-4 gap-y-3 sm:grid-cols-[14rem_14rem_auto] sm:justify-start">
      <SelectField
        label={t.audit.topic}
        value={search.topic ?? ''}
        onChange={(event) => choose({ topic: event.target.value })}
      >
        <option value="">{t.audit.allTopics}</option>
        {CHANGE_TOPICS.map((topic) => (
          <option key={topic} value={topic}>
            {t.audit.topics[topic]}
          </option>
        ))}
      </SelectField>
      <GrantField
        grants={grants?.data ?? []}
        value={search.grant_id}
        onChoose={(grant_id) => choose({ grant_id })}
      />
      {(search.topic ?? search.grant_id) && (
        <Link to="/audit" replace className={`${buttonClass()} min-h-10`}>
          {t.audit.clear}
        </Link>
      )}
    </div>
  );
}
