// Home: what was spent today and this month, and whether anything is wrong.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { grantsQuery, latestCallsQuery, meQuery, usageQuery } from '../api/queries.ts';
import type { Grant, Usage } from '../api/types.ts';
import type { ActivitySearch } from '../app/search.ts';
import { formatUsd } from '../format/money.ts';
import { t } from '../messages/messages.ts';
import { type Branch, countLiveBelow, growTrees, namesOf } from '../rules/delegation.ts';
import { quickPeriods, rowsOfAll, sinceYesterday, usageDayMs } from '../rules/rows.ts';
import { CallsTable } from '../ui/calls-table.tsx';
import { DayChart } from '../ui/day-chart.tsx';
import { DelegatedCount } from '../ui/delegated-count.tsx';
import { useNow } from '../ui/moment.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Segments, segmentClass } from '../ui/segments.tsx';
import { AttentionList } from './home/attention-list.tsx';
import { Quickstart } from './home/quickstart.tsx';
import { SpendByApp } from './home/spend-by-app.tsx';
import { RequestsForMore } from './requests/requests-for-more.tsx';
import { StopControl } from './stops/stop-control.tsx';
import { StopsInForce } from './stops/stops-in-force.tsx';

const EVERYTHING = { scope: 'everything' } as const;
/** As many as the longest month has. */
const DAYS = 31;
const LATEST_CALLS = { limit: 6 };
/** Asked for by status: among the latest calls those of a busy hour would hide the ones to look at. */
const REFUSED_CALLS = { status: 'refused', limit: 200 } as const;
const CEILING_CALLS = { status: 'ceiling', limit: 200 } as const;

/** The first page. Without any grant it is the quickstart. */
export function HomePage() {
  const grants = useQuery(grantsQuery('all'));
  const usage = useQuery(usageQuery(DAYS));
  const { data: me } = useQuery(meQuery);
  const apps = growTrees(grants.data?.data ?? []);
  const isNew = grants.data && apps.length === 0 && usage.data?.by_grant.length === 0;
  if (isNew && me) return <Quickstart me={me} />;
  return (
    <Page
      title={t.home.title}
      actions={
        <StopControl
          what={EVERYTHING}
          name={t.stops.names.everything}
          label={t.stops.everything}
          isResumedElsewhere
        />
      }
    >
      <StopsInForce />
      <QueryView query={usage}>{(spend) => <Figures usage={spend} apps={apps} />}</QueryView>
      <RequestsForMore />
      <QueryView query={grants}>{({ data }) => <Attention grants={data} />}</QueryView>
      {usage.data && <SpendByDay usage={usage.data} />}
      {usage.data && apps.length > 0 && <SpendByApp usage={usage.data} apps={apps} />}
      <LatestCalls names={namesOf(grants.data?.data ?? [])} />
    </Page>
  );
}

function Figures({ usage, apps }: { readonly usage: Usage; readonly apps: readonly Branch[] }) {
  const { today, month } = quickPeriods(usageDayMs(usage));
  const spenders = apps.filter(({ grant }) => grant.status === 'active' && !grant.stopped_by);
  const delegated = spenders.reduce((sum, app) => sum + countLiveBelow(app), 0);
  return (
    <dl className="figures flex flex-wrap gap-x-10 gap-y-6 border-y border-line py-6 sm:grid sm:grid-cols-[auto_auto_1fr]">
      <Figure label={t.home.today} amount={usage.today_usd} rows={rowsOfAll(today)} large>
        <Link to="/activity" search={rowsOfAll(today)} className="link">
          {t.home.callsToday(usage.calls_today)}
        </Link>
      </Figure>
      <Figure label={t.home.month} amount={usage.month_usd} rows={rowsOfAll(month)} large>
        <Link to="/activity" search={rowsOfAll(month)} className="link">
          {t.home.callsMonth(usage.calls_month)}
        </Link>
      </Figure>
      <Figure label={t.home.total} amount={usage.total_usd} rows={rowsOfAll()}>
        <Link to="/apps" className="link">
          {t.home.canSpend(spenders.length)}
        </Link>{' '}
        <DelegatedCount count={delegated} />
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly amount: string;
  /** The calls that it adds up. */
  readonly rows: ActivitySearch;
  readonly large?: boolean;
  readonly children: React.ReactNode;
}

const Figure = ({ label, amount, rows, large = false, children }: FigureProps) => (
  <div className="flex flex-col sm:not-first:border-l sm:not-first:border-line sm:not-first:pl-10">
    <dt className="eyebrow">{label}</dt>
    <dd
      className={`mt-1 font-semibold tracking-tight ${large ? 'text-3xl sm:text-4xl' : 'text-2xl sm:mt-auto'}`}
    >
      <Link to="/activity" search={rows} className="title-link">
        {formatUsd(amount)}
      </Link>
    </dd>
    <dd className="mt-1.5 text-sm">{children}</dd>
  </div>
);

function Attention({ grants }: { readonly grants: readonly Grant[] }) {
  const since = sinceYesterday(useNow());
  const refused = useQuery(latestCallsQuery({ ...REFUSED_CALLS, ...since }));
  const ceiling = useQuery(latestCallsQuery({ ...CEILING_CALLS, ...since }));
  return (
    <Section title={t.home.attention}>
      <QueryView query={refused}>
        {({ data, next }) => (
          <QueryView query={ceiling}>
            {(posted) => (
              <AttentionList grants={grants} calls={[...data, ...posted.data]} isMore={next !== null} />
            )}
          </QueryView>
        )}
      </QueryView>
    </Section>
  );
}

function SpendByDay({ usage }: { readonly usage: Usage }) {
  const { view } = getRouteApi('/').useSearch();
  const choice = (
    <Segments label={t.home.view}>
      <Link to="/" search={{}} replace resetScroll={false} className={segmentClass(view === undefined)}>
        {t.common.showChart}
      </Link>
      <Link
        to="/"
        search={{ view: 'table' }}
        replace
        resetScroll={false}
        className={segmentClass(view === 'table')}
      >
        {t.common.showTable}
      </Link>
    </Segments>
  );
  return (
    <Section title={t.home.byDay} lead={t.home.byDayText} aside={choice}>
      <DayChart days={usage.by_day} asTable={view === 'table'} />
    </Section>
  );
}

function LatestCalls({ names }: { readonly names: ReadonlyMap<string, string> }) {
  const calls = useQuery(latestCallsQuery(LATEST_CALLS));
  const all = (
    <Link to="/activity" className="link text-sm">
      {t.home.allCalls}
    </Link>
  );
  return (
    <Section title={t.home.latest} aside={all}>
      <QueryView query={calls}>{(latest) => <CallsTable calls={latest.data} names={names} />}</QueryView>
    </Section>
  );
}
