// Audit: who changed what and when, with the means to verify the journal and to take it away. The filters are the URL.

import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { changesQuery, verifyJournal } from '../api/audit-queries.ts';
import type { LedgerReport } from '../api/audit-types.ts';
import { grantsQuery } from '../api/queries.ts';
import { CHANGE_TOPICS, parseAuditSearch } from '../app/search.ts';
import { t } from '../messages/messages.ts';
import { growTrees, pathsOf } from '../rules/delegation.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { FormError } from '../ui/error-panel.tsx';
import { SelectField } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { RemovedNote } from '../ui/removed-note.tsx';
import { ChangesTable } from './audit/changes-table.tsx';
import { ExportLink } from './audit/export-link.tsx';

const route = getRouteApi('/audit');

/** The page. */
export function AuditPage() {
  const search = route.useSearch();
  const changes = useInfiniteQuery(changesQuery(search));
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
  return (
    <Page title={t.audit.title} lead={t.audit.lead} actions={exports}>
      <FormError error={verify.error} />
      {verify.data && <Verified report={verify.data} />}
      <Filters />
      <QueryView query={changes}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.data);
          if (rows.length === 0)
            return isFiltered ? (
              <Empty title={t.audit.emptyFiltered} />
            ) : (
              <Empty title={t.audit.empty} text={t.audit.emptyText} />
            );
          return (
            <>
              <ChangesTable changes={rows} />
              {changes.hasNextPage && (
                <Button
                  className="mt-4"
                  busy={changes.isFetchingNextPage}
                  onClick={() => void changes.fetchNextPage()}
                >
                  {t.audit.more}
                </Button>
              )}
              <RemovedNote removed={pages[0]?.removed} />
            </>
          );
        }}
      </QueryView>
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
          <li key={`${entry} ${problem}`}>{t.audit.faultAt(entry, problem)}</li>
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
      <SelectField
        label={t.audit.app}
        value={search.grant_id ?? ''}
        onChange={(event) => choose({ grant_id: event.target.value })}
      >
        <option value="">{t.audit.allApps}</option>
        {pathsOf(growTrees(grants?.data ?? [])).map(({ id, path }) => (
          <option key={id} value={id}>
            {path}
          </option>
        ))}
      </SelectField>
      {(search.topic ?? search.grant_id) && (
        <Link to="/audit" replace className={`${buttonClass()} min-h-10`}>
          {t.audit.clear}
        </Link>
      )}
    </div>
  );
}
