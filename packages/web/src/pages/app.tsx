// One app: what it may do in plain words, its limits with what is spent and held, and exactly what it did.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { callsQuery, grantQuery, grantsQuery } from '../api/queries.ts';
import type { Grant } from '../api/types.ts';
import { formatCount } from '../format/limit.ts';
import { formatUsdFine } from '../format/money.ts';
import { t } from '../messages/messages.ts';
import { findBranch, growTrees } from '../rules/delegation.ts';
import { grantName, isLive } from '../rules/grants.ts';
import { quickPeriods, rowsOfGrant } from '../rules/rows.ts';
import { buttonClass } from '../ui/button.tsx';
import { CallsTable } from '../ui/calls-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { useNow } from '../ui/moment.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { GrantStatusMark, HeldUpMark } from '../ui/status.tsx';
import { DelegatedBy, DelegatedSection } from './app/delegated.tsx';
import { EditLimits } from './app/edit-limits.tsx';
import { GrantActions } from './app/grant-actions.tsx';
import { GrantPartView } from './app/grant-part.tsx';
import { GrantTerms } from './app/grant-terms.tsx';
import { TokenSection } from './app/token-section.tsx';
import { WhereSection } from './devices/where-section.tsx';
import { RequestsForMore } from './requests/requests-for-more.tsx';

const route = getRouteApi('/apps/$grantId');

/** The page of a grant. `?edit=limits` opens its limits. */
export function AppPage() {
  const { grantId } = route.useParams();
  const grant = useQuery(grantQuery(grantId));
  const back = (
    <Link to="/apps" className="link mb-1 inline-block text-sm">
      {t.app.back}
    </Link>
  );
  if (grant.data) return <GrantPage grant={grant.data} back={back} />;
  return (
    <Page title={t.home.app} above={back}>
      <QueryView query={grant}>{() => null}</QueryView>
    </Page>
  );
}

function GrantPage({ grant, back }: { readonly grant: Grant; readonly back: React.ReactNode }) {
  const { edit } = route.useSearch();
  const navigate = useNavigate();
  const { data: live } = useQuery(grantsQuery('active'));
  const branch = findBranch(growTrees(live?.data ?? []), grant.id);
  const hasChildren = (branch?.children.length ?? 0) > 0;
  const canEdit = isLive(grant);
  const closeEditor = () =>
    void navigate({ to: '/apps/$grantId', params: { grantId: grant.id }, replace: true, resetScroll: false });
  return (
    <Page
      title={grantName(grant)}
      lead={<Lead grant={grant} isHeldUp={branch?.isHeldUp ?? false} />}
      above={back}
      actions={canEdit && <GrantActions grant={grant} isWide />}
    >
      <Spent grant={grant} />
      <RequestsForMore grantId={grant.id} />
      <Section title={t.app.mayDo} aside={canEdit && <EditLink grantId={grant.id} />}>
        <div className="space-y-4">
          {grant.parts.map((part) => (
            <GrantPartView key={part.provider} grant={grant} part={part} isLive={canEdit} />
          ))}
        </div>
      </Section>
      {branch && <DelegatedSection branch={branch} />}
      <GrantTerms grant={grant} lastUsedAt={branch?.lastUsedAt ?? grant.last_used_at} />
      {canEdit && <WhereSection grant={grant} />}
      {canEdit && grant.has_key_token && <TokenSection grant={grant} />}
      <GrantCalls grantId={grant.id} hasChildren={hasChildren} />
      {canEdit && edit === 'limits' && <EditLimits grant={grant} onClose={closeEditor} />}
    </Page>
  );
}

interface LeadProps {
  readonly grant: Grant;
  readonly isHeldUp: boolean;
}

const Lead = ({ grant, isHeldUp }: LeadProps) => (
  <span className="flex flex-wrap items-baseline gap-x-3">
    {isHeldUp && !grant.stopped_by ? <HeldUpMark /> : <GrantStatusMark grant={grant} />}
    {grant.parent_grant_id === null ? (
      <Identity grant={grant} />
    ) : (
      <DelegatedBy grant={grant} parentId={grant.parent_grant_id} />
    )}
  </span>
);

const Identity = ({ grant: { client } }: { readonly grant: Grant }) =>
  client ? (
    <>
      {client.url && <span className="wrap-anywhere">{client.url}</span>}
      <span>{t.app.unverified}</span>
    </>
  ) : (
    <span>{t.apps.ownTool}</span>
  );

const EditLink = ({ grantId }: { readonly grantId: string }) => (
  <Link
    to="/apps/$grantId"
    params={{ grantId }}
    search={{ edit: 'limits' }}
    replace
    resetScroll={false}
    className={buttonClass()}
  >
    {t.app.editLimits}
  </Link>
);

/** What was spent, with what it delegated, as the way to the calls that did. */
function Spent({ grant }: { readonly grant: Grant }) {
  const { today_usd, month_usd, total_usd, calls } = grant.spent;
  const { today, month, any } = quickPeriods(useNow());
  const figures = [
    [t.app.spentToday, formatUsdFine(today_usd), today],
    [t.app.spentMonth, formatUsdFine(month_usd), month],
    [t.app.spentTotal, formatUsdFine(total_usd), any],
    [t.app.callCount, formatCount(calls), any],
  ] as const;
  return (
    <dl className="figures grid grid-cols-2 gap-x-8 gap-y-4 border-y border-line py-5 sm:flex sm:gap-x-14">
      {figures.map(([label, value, period]) => (
        <div key={label}>
          <dt className="eyebrow">{label}</dt>
          <dd className="mt-0.5 text-2xl font-semibold tracking-tight">
            <Link
              to="/activity"
              search={rowsOfGrant(grant.id, period)}
              className="title-link whitespace-nowrap"
            >
              {value}
            </Link>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface GrantCallsProps {
  readonly grantId: string;
  readonly hasChildren: boolean;
}

function GrantCalls({ grantId, hasChildren }: GrantCallsProps) {
  const calls = useInfiniteQuery(callsQuery({ grant_id: grantId }));
  const all = (
    <Link to="/activity" search={{ grant_id: grantId }} className="link text-sm">
      {t.app.callsAll}
    </Link>
  );
  return (
    <Section title={t.app.calls} aside={all}>
      <Paged
        query={calls}
        more={t.call.more}
        empty={
          hasChildren ? (
            <Empty title={t.app.noOwnCalls} text={t.app.noOwnCallsText} />
          ) : (
            <Empty title={t.app.noCalls} text={t.app.noCallsText} />
          )
        }
      >
        {(rows) => <CallsTable calls={rows} names={null} />}
      </Paged>
    </Section>
  );
}
