// Changes as lines: what happened, to what, by whom and when; the entry itself opens below. On a phone all of it stands in one column.

import { Link } from '@tanstack/react-router';
import type { Change } from '../../api/audit-types.ts';
import { t } from '../../messages/messages.ts';
import { changedBy, changeWords, subjectOf } from '../../rules/audit.ts';
import { LedgerHead } from '../../ui/ledger-head.tsx';
import { LocalTime } from '../../ui/moment.tsx';

interface ChangesTableProps {
  readonly changes: readonly Change[];
  /** The names of apps by id. */
  readonly apps: ReadonlyMap<string, string>;
}

/** The table, newest first as given. */
export const ChangesTable = ({ changes, apps }: ChangesTableProps) => (
  <table className="ledger">
    <caption className="sr-only">{t.audit.table}</caption>
    <LedgerHead
      columns={[[t.audit.what], [t.audit.whose, 'max-md:hidden'], [t.audit.when, 'max-sm:hidden']]}
    />
    <tbody>
      {changes.map((change) => (
        <ChangeRow key={change.seq} change={change} subject={subjectOf(change, apps)} />
      ))}
    </tbody>
  </table>
);

interface ChangeRowProps {
  readonly change: Change;
  /** What it is about, if that is not a grant. */
  readonly subject: string | null;
}

function ChangeRow({ change, subject }: ChangeRowProps) {
  const { seq, at, kind, grant_id: grantId, grant_name: grantName, hash, body } = change;
  return (
    <tr>
      <td>
        <span className="font-medium wrap-anywhere">{changeWords(change)}</span>
        {subject && <span className="wrap-anywhere"> · {subject}</span>}
        {grantId && (
          <>
            {' · '}
            <Link to="/apps/$grantId" params={{ grantId }} className="link wrap-anywhere">
              {grantName ?? grantId}
            </Link>
          </>
        )}
        <div className="text-muted md:hidden">
          <span className="sm:hidden">
            <LocalTime at={at} /> ·{' '}
          </span>
          {changedBy(change)}
        </div>
        <details className="text-sm">
          <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">
            {t.audit.entryOf(seq)}
          </summary>
          <pre className="mt-1 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
            {JSON.stringify({ kind, ...body, hash }, null, 2)}
          </pre>
        </details>
      </td>
      <td className="max-md:hidden">{changedBy(change)}</td>
      <td className="max-sm:hidden">
        <LocalTime at={at} />
      </td>
    </tr>
  );
}
