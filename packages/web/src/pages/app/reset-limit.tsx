// The reset of one limit: what was spent so far stops counting against it. It asks first, because it cannot be taken back.

import { useState } from 'react';
import { resetLimit } from '../../api/endpoints.ts';
import type { Grant, LimitState } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { known } from '../../format/known.ts';
import { formatLimit, formatPeriod } from '../../format/limit.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useNotice } from '../../ui/notice.tsx';

interface ResetLimitProps {
  readonly grant: Grant;
  readonly provider: string;
  readonly limit: LimitState;
}

/** The small button beside a limit's meter. */
export function ResetLimit({ grant, provider, limit }: ResetLimitProps) {
  const [isAsking, setAsking] = useState(false);
  const notice = useNotice();
  const kind = known(t.limits.kind, limit.unit)?.[limit.per] ?? formatPeriod(limit.per);
  const reset = useAction(
    () => resetLimit(grant.id, provider, limit),
    () => {
      setAsking(false);
      notice(t.reset.done(kind));
    },
  );
  return (
    <>
      <Button className="min-h-7 shrink-0 px-2" onClick={() => setAsking(true)} aria-label={t.reset.of(kind)}>
        {t.reset.action}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t.reset.title(kind)}
          confirm={t.reset.confirm}
          tone="primary"
          busy={reset.isPending}
          error={reset.error}
          onConfirm={() => reset.mutate(undefined)}
          onClose={() => setAsking(false)}
        >
          <p className="text-ink">{t.reset.effect}</p>
          <p>{t.reset.counts(formatLimit(limit.unit, limit.settled), formatPeriod(limit.per))}</p>
          <p>{t.reset.others}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
