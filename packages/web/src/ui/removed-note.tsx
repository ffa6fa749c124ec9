// Where a list of calls begins: what is older has left the journal.

import type { Removed } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { LocalTime } from './moment.tsx';

/** A line below the list; nothing while all calls are there. */
export function RemovedNote({ removed }: { readonly removed: Removed | null | undefined }) {
  if (!removed) return null;
  return (
    <p className="mt-4 text-sm text-muted">
      {t.audit.removedBefore} <LocalTime at={removed.before} />
      {t.audit.removedBy(removed.seq)}
    </p>
  );
}
