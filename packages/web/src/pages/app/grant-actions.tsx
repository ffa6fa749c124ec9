// Pause, resume and revoke. Pausing acts at once, because it can be undone; revoking asks first and states its effect.

import { useState } from 'react';
import { changeGrant } from '../../api/endpoints.ts';
import type { Grant } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/grants.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { StopControl } from '../stops/stop-control.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

interface GrantActionsProps {
  readonly grant: Grant;
  /** Whether its app can be stopped here as a whole, too. */
  readonly isWide?: boolean;
}

/** The buttons for a live grant. */
export function GrantActions({ grant, isWide = false }: GrantActionsProps) {
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
        {isWide && grant.client && (
          <StopControl
            what={{ scope: 'app', client_id: grant.client.id }}
            name={grant.client.name}
            label={t.stops.app}
            spoken={t.stops.appOf(grant.client.name)}
          />
        )}
        <Button tone="danger" onClick={() => setRevoking(true)} aria-label={t.apps.revokeOf(name)}>
          {t.apps.revoke}
        </Button>
      </div>
      <FormError error={change.error} />
      {isRevoking && (
        <RevokeDialog grant={grant} title={t.revoke.title(name)} onClose={() => setRevoking(false)} />
      )}
    </div>
  );
}
