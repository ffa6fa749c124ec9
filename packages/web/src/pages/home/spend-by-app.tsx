// Spend by app, most this month first. Every name leads to its page. What an app delegated is part of its own spend, so only apps
// that the owner connected have a line: the lines add up to the whole.

import { Link } from '@tanstack/react-router';
import { usdNanos } from '@valetkey/core';
import type { Usage } from '../../api/types.ts';
import { formatCount } from '../../format/limit.ts';
import { formatUsdFine } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { type Branch, countLiveBelow } from '../../rules/delegation.ts';
import { quickPeriods, rowsOfGrant, usageDayMs } from '../../rules/rows.ts';
import { DelegatedCount } from '../../ui/delegated-count.tsx';
import { LedgerHead } from '../../ui/ledger-head.tsx';
import { Section } from '../../ui/page.tsx';

interface SpendByAppProps {
  readonly usage: Usage;
  readonly apps: readonly Branch[];
}

/** The table of apps with what they spent. */
export function SpendByApp({ usage, apps }: SpendByAppProps) {
  const delegated = new Map(apps.map((app) => [app.grant.id, countLiveBelow(app)]));
  const { month } = quickPeriods(usageDayMs(usage));
  const rows = usage.by_grant
    .filter(({ grant_id: id }) => delegated.has(id))
    .sort((one, other) => usdNanos(other.month_usd) - usdNanos(one.month_usd));
  return (
    <Section title={t.home.byApp}>
      <table className="ledger figures">
        <LedgerHead
          columns={[
            [t.home.app],
            [t.home.thisMonth, 'text-right'],
            [t.home.inTotal, 'text-right max-sm:pr-0'],
            [t.home.callCount, 'text-right max-sm:hidden'],
          ]}
        />
        <tbody>
          {rows.map((row) => (
            <tr key={row.grant_id}>
              <td>
                <Link to="/apps/$grantId" params={{ grantId: row.grant_id }} className="link font-medium">
                  {row.name}
                </Link>{' '}
                <DelegatedCount count={delegated.get(row.grant_id) ?? 0} grantId={row.grant_id} />
              </td>
              <td className="text-right font-medium">
                <Link to="/activity" search={rowsOfGrant(row.grant_id, month)} className="link">
                  {formatUsdFine(row.month_usd)}
                </Link>
              </td>
              <td className="text-right text-muted max-sm:pr-0">
                <Link to="/activity" search={rowsOfGrant(row.grant_id)} className="link">
                  {formatUsdFine(row.total_usd)}
                </Link>
              </td>
              <td className="text-right max-sm:hidden">
                <Link to="/activity" search={rowsOfGrant(row.grant_id)} className="link">
                  {formatCount(row.calls)}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
