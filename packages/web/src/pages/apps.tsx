// Connected apps: who can spend, what is left, when last used. Idle ones stand apart, suggested for removal.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { grantsQuery, meQuery } from '../api/queries.ts';
import type { Grant } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { isIdle } from '../rules/attention.ts';
import { buttonClass } from '../ui/button.tsx';
import { CopyField } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { useNow } from '../ui/moment.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Segments, segmentClass } from '../ui/segments.tsx';
import { GrantRow } from './apps/grant-row.tsx';

/** The list of grants. */
export function AppsPage() {
  const { show } = getRouteApi('/apps').useSearch();
  const grants = useQuery(grantsQuery(show ?? 'active'));
  const choice = (
    <Segments label={t.apps.filter}>
      <Link to="/apps" search={{}} className={segmentClass(show === undefined)}>
        {t.apps.live}
      </Link>
      <Link to="/apps" search={{ show: 'all' }} className={segmentClass(show === 'all')}>
        {t.apps.all}
      </Link>
    </Segments>
  );
  return (
    <Page title={t.apps.title} lead={t.apps.lead} actions={choice}>
      <QueryView query={grants}>
        {({ data }) => (data.length === 0 ? <NoApps /> : <GrantLists grants={data} />)}
      </QueryView>
    </Page>
  );
}

function GrantLists({ grants }: { readonly grants: readonly Grant[] }) {
  const nowMs = useNow();
  const idle = grants.filter((grant) => isIdle(grant, nowMs));
  const busy = grants.filter((grant) => grant.status === 'active' && !idle.includes(grant));
  const paused = grants.filter((grant) => grant.status === 'suspended');
  const ended = grants.filter((grant) => grant.status === 'revoked' || grant.status === 'expired');
  return (
    <>
      {busy.length > 0 && <GrantList grants={busy} />}
      {idle.length > 0 && (
        <Section title={t.apps.idleTitle} lead={t.apps.idleText}>
          <GrantList grants={idle} />
        </Section>
      )}
      {paused.length > 0 && (
        <Section title={t.apps.pausedTitle}>
          <GrantList grants={paused} />
        </Section>
      )}
      {ended.length > 0 && (
        <Section title={t.apps.endedTitle}>
          <GrantList grants={ended} />
        </Section>
      )}
    </>
  );
}

const GrantList = ({ grants }: { readonly grants: readonly Grant[] }) => (
  <ul className="sheet divide-y divide-line">
    {grants.map((grant) => (
      <GrantRow key={grant.id} grant={grant} />
    ))}
  </ul>
);

function NoApps() {
  const { data: me } = useQuery(meQuery);
  return (
    <Empty title={t.apps.empty} text={t.apps.emptyText}>
      {me && <CopyField label={t.apps.emptyIssuer} value={me.issuer} />}
      <Link to="/connect" className={buttonClass('primary')}>
        {t.nav.connect}
      </Link>
    </Empty>
  );
}
