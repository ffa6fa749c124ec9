// Every limit of every app that the owner connected, fullest first, with what is spent and left of it. What an app delegated is part of it.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ceilingsQuery } from '../../api/alerts.ts';
import { grantsQuery } from '../../api/queries.ts';
import type { Grant, LimitState } from '../../api/types.ts';
import type { ActivitySearch } from '../../app/search.ts';
import { formatLimit, formatLimitNumber, formatPeriod } from '../../format/limit.ts';
import { formatUsd } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/grants.ts';
import { limitShares } from '../../rules/limits.ts';
import { rowsOfLimit } from '../../rules/rows.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { LedgerHead } from '../../ui/ledger-head.tsx';
import { useNow } from '../../ui/moment.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';

interface Row {
  readonly grant: Grant;
  readonly limit: LimitState;
  readonly provider: string;
}

const fullness = ({ limit }: Row): number => {
  const { settled, held } = limitShares(limit);
  return settled + held;
};

const rowsOf = (grants: readonly Grant[]): readonly Row[] =>
  grants
    .filter(({ parent_grant_id, status }) => parent_grant_id === null && status === 'active')
    .flatMap((grant) =>
      grant.parts.flatMap(({ provider, limits }) => limits.map((limit) => ({ grant, limit, provider }))),
    )
    .sort((one, other) => fullness(other) - fullness(one));

/** The section. */
export function AppLimits() {
  const grants = useQuery(grantsQuery('active'));
  const { data: ceilings } = useQuery(ceilingsQuery);
  const lead = ceilings && { lead: t.alerts.appsLead(formatUsd(ceilings.house_max_usd)) };
  return (
    <Section title={t.alerts.apps} {...lead}>
      <QueryView query={grants}>{({ data }) => <Limits rows={rowsOf(data)} />}</QueryView>
    </Section>
  );
}

function Limits({ rows }: { readonly rows: readonly Row[] }) {
  const nowMs = useNow();
  if (rows.length === 0)
    return (
      <Empty title={t.alerts.noApps} text={t.alerts.noAppsText}>
        <Link to="/connect" className={buttonClass('primary')}>
          {t.alerts.connect}
        </Link>
      </Empty>
    );
  return (
    <table className="ledger figures">
      <LedgerHead
        columns={[
          [t.alerts.app],
          [t.alerts.limitColumn, 'max-sm:hidden'],
          [t.alerts.used, 'text-right'],
          [t.alerts.left, 'text-right max-sm:pr-0'],
        ]}
      />
      <tbody>
        {rows.map(({ grant, limit, provider }) => (
          <tr key={`${grant.id} ${provider} ${limit.unit} ${limit.per}`}>
            <td>
              <Link
                to="/apps/$grantId"
                params={{ grantId: grant.id }}
                className="link font-medium wrap-anywhere"
              >
                {grantName(grant)}
              </Link>
              <div className="text-sm text-muted sm:hidden">
                <LimitName limit={limit} />
              </div>
            </td>
            <td className="max-sm:hidden">
              <LimitName limit={limit} />
            </td>
            <td className="text-right">
              <Used rows={rowsOfLimit(grant.id, provider, limit, nowMs)}>
                {formatLimitNumber(limit.unit, limit.settled)}
              </Used>
            </td>
            <td className="text-right font-medium max-sm:pr-0">
              {formatLimitNumber(limit.unit, limit.remaining)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface UsedProps {
  readonly rows: ActivitySearch | null;
  readonly children: string;
}

/** What is used, as the way to the calls that did. */
const Used = ({ rows, children }: UsedProps) =>
  rows ? (
    <Link to="/activity" search={rows} className="link">
      {children}
    </Link>
  ) : (
    children
  );

const LimitName = ({ limit: { unit, per, amount } }: { readonly limit: LimitState }) => (
  <>{t.limits.amountIn(formatLimit(unit, amount), formatPeriod(per))}</>
);
