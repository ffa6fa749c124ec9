// Devices and tokens: what can call for the owner from where, where the owner is signed in, and the one press that ends each.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { devicesQuery, grantsQuery } from '../api/queries.ts';
import { sessionsQuery } from '../api/sessions.ts';
import type { Device, Grant } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { buttonClass } from '../ui/button.tsx';
import { Command } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { DeviceRow } from './devices/device-row.tsx';
import { Sessions } from './devices/sessions.tsx';
import { TokenRow } from './devices/token-row.tsx';

/** The page. */
export function DevicesPage() {
  const devices = useQuery(devicesQuery);
  const grants = useQuery(grantsQuery('active'));
  const sessions = useQuery(sessionsQuery);
  return (
    <Page title={t.devices.title} lead={t.devices.lead}>
      <Section title={t.devices.devices} lead={t.devices.lostHint}>
        <QueryView query={devices}>{({ data }) => <Devices devices={data} />}</QueryView>
      </Section>
      <Section title={t.devices.sessions} lead={t.devices.sessionsLead}>
        <QueryView query={sessions}>{({ data }) => <Sessions sessions={data} />}</QueryView>
      </Section>
      <Section title={t.devices.tokens} lead={t.devices.tokensLead}>
        <QueryView query={grants}>
          {({ data }) => <Tokens grants={data.filter((grant) => grant.has_key_token)} />}
        </QueryView>
      </Section>
    </Page>
  );
}

function Devices({ devices }: { readonly devices: readonly Device[] }) {
  const command = <Command code={t.devices.code} label={t.devices.command} />;
  if (devices.length === 0)
    return (
      <Empty title={t.devices.emptyTitle} text={t.devices.emptyText}>
        {command}
      </Empty>
    );
  return (
    <div className="space-y-4">
      <ul className="sheet divide-y divide-line">
        {devices.toSorted(livingFirst).map((device) => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </ul>
      {command}
    </div>
  );
}

const livingFirst = (left: Device, right: Device): number =>
  Number(left.lost_at !== null) - Number(right.lost_at !== null);

function Tokens({ grants }: { readonly grants: readonly Grant[] }) {
  if (grants.length === 0)
    return (
      <Empty title={t.devices.noTokens} text={t.devices.noTokensText}>
        <Link to="/connect" className={buttonClass('primary')}>
          {t.nav.connect}
        </Link>
      </Empty>
    );
  return (
    <ul className="sheet divide-y divide-line">
      {grants.map((grant) => (
        <TokenRow key={grant.id} grant={grant} />
      ))}
    </ul>
  );
}
