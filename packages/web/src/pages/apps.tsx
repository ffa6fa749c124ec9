// Connected apps: whom the owner let spend, what is left, when last used. Idle ones stand apart, suggested for removal; what apps
// delegated is counted beside them and listed in their trees.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { grantsQuery, meQuery } from '../api/queries.ts';
import { t } from '../messages/messages.ts';
import { isIdle } from '../rules/attention.ts';
import { type Branch, growTrees } from '../rules/delegation.ts';
import { isLive } from '../rules/grants.ts';
import { buttonClass } from '../ui/button.tsx';
import { CopyField } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { useNow } from '../ui/moment.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Segments, segmentClass } from '../ui/segments.tsx';
import { GrantRow } from './apps/grant-row.tsx';
import { StopsInForce } from './stops/stops-in-force.tsx';

/** The list of grants. */
export function AppsPage() {
  const { show } = getRouteApi('/apps').useSearch();
  const grants = useQuery(grantsQuery('all'));
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
      <StopsInForce />
      <QueryView query={grants}>
        {({ data }) => {
          const apps = growTrees(data).filter(({ grant }) => show === 'all' || isLive(grant));
          return apps.length === 0 ? <NoApps /> : <GrantLists apps={apps} />;
        }}
      </QueryView>
    </Page>
  );
}

function GrantLists({ apps }: { readonly apps: readonly Branch[] }) {
  const nowMs = useNow();
  const idle = apps.filter(({ grant, lastUsedAt }) => isIdle({ ...grant, last_used_at: lastUsedAt }, nowMs));
  const busy = apps.filter((app) => app.grant.status === 'active' && !idle.includes(app));
  const paused = apps.filter(({ grant }) => grant.status === 'suspended');
  const ended = apps.filter(({ grant }) => !isLive(grant));
  return (
    <>
      {busy.length > 0 && <GrantList apps={busy} />}
      {idle.length > 0 && (
        <Section title={t.apps.idleTitle} lead={t.apps.idleText}>
          <GrantList apps={idle} />
        </Section>
      )}
      {paused.length > 0 && (
        <Section title={t.apps.pausedTitle}>
          <GrantList apps={paused} />
        </Section>
      )}
      {ended.length > 0 && (
        <Section title={t.apps.endedTitle}>
          <GrantList apps={ended} />
        </Section>
      )}
    </>
  );
}

const GrantList = ({ apps }: { readonly apps: readonly Branch[] }) => (
  <ul className="sheet divide-y divide-line">
    {apps.map((app) => (
      <GrantRow key={app.grant.id} app={app} />
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
