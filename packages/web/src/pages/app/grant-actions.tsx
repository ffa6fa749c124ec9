// Pause, resume and revoke. Pausing acts at once, because it can be undone; revoking asks first and states its effect.

import { useState } from 'react';
import { changeGrant, revokeGrant } from '../../api/endpoints.ts';
import type { Grant } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { formatUsd } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/attention.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { useNotice } from '../../ui/notice.tsx';

/** The buttons for a live grant. */
export function GrantActions({ grant }: { readonly grant: Grant }) {
  const [isRevoking, setRevoking] = useState(false);
  const notice = useNotice();
  const name = grantName(grant);
  const isPaused = grant.status === 'suspended';
  const change = useAction(
    () => changeGrant(grant.id, { status: isPaused ? 'active' : 'suspended' }),
    (changed) => notice(changed.status === 'active' ? t.apps.resumed(name) : t.apps.paused(name)),
  );
  return (
    <div>
      <div className="flex flex-wrap gap-2 xl:justify-end">
        <Button
          busy={change.isPending}
          onClick={() => change.mutate(undefined)}
          aria-label={isPaused ? t.apps.resumeOf(name) : t.apps.pauseOf(name)}
        >
          {isPaused ? t.apps.resume : t.apps.pause}
        </Button>
        <Button tone="danger" onClick={() => setRevoking(true)} aria-label={t.apps.revokeOf(name)}>
          {t.apps.revoke}
        </Button>
      </div>
      <FormError error={change.error} />
      {isRevoking && <RevokeDialog grant={grant} onClose={() => setRevoking(false)} />}
    </div>
  );
}

function RevokeDialog({ grant, onClose }: { readonly grant: Grant; readonly onClose: () => void }) {
  const notice = useNotice();
  const name = grantName(grant);
  const revoke = useAction(
    () => revokeGrant(grant.id),
    (done) => {
      onClose();
      notice(t.revoke.done(name, done.grants_stopped, done.streams_cut));
    },
  );
  const mayDelegate = grant.authorization_details.some((detail) => (detail.delegation?.max_depth ?? 0) > 0);
  return (
    <ConfirmDialog
      title={t.revoke.title(name)}
      confirm={t.revoke.confirm}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(undefined)}
      onClose={onClose}
    >
      <p className="text-ink">{t.revoke.effect}</p>
      {mayDelegate && <p>{t.revoke.children}</p>}
      <p>{t.revoke.spent(formatUsd(grant.spent.month_usd), formatUsd(grant.spent.total_usd))}</p>
      {grant.status === 'active' && <p>{t.revoke.pauseInstead}</p>}
    </ConfirmDialog>
  );
}
