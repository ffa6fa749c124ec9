// Asks before a grant is revoked, and says how many go with it.

import { useQuery } from '@tanstack/react-query';
import { revokeGrant } from '../../api/endpoints.ts';
import { grantsQuery } from '../../api/queries.ts';
import type { Grant } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { formatUsd } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { countLiveBelow, findBranch, growTrees } from '../../rules/delegation.ts';
import { grantName } from '../../rules/grants.ts';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useNotice } from '../../ui/notice.tsx';

interface RevokeDialogProps {
  readonly grant: Grant;
  readonly title: string;
  readonly onClose: () => void;
}

/** The dialog; the confirmation afterwards has the server's figures. */
export function RevokeDialog({ grant, title, onClose }: RevokeDialogProps) {
  const { data: live } = useQuery(grantsQuery('active'));
  const branch = findBranch(growTrees(live?.data ?? []), grant.id);
  const below = branch === null ? 0 : countLiveBelow(branch);
  const notice = useNotice();
  const revoke = useAction(
    () => revokeGrant(grant.id),
    (done) => {
      onClose();
      notice(t.revoke.done(grantName(grant), done.grants_stopped, done.streams_cut));
    },
  );
  return (
    <ConfirmDialog
      title={title}
      confirm={t.revoke.confirm(below + 1)}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(undefined)}
      onClose={onClose}
    >
      <p className="text-ink">{t.revoke.effect}</p>
      {below > 0 && <p className="text-ink">{t.revoke.below(below)}</p>}
      <p>{t.revoke.spent(formatUsd(grant.spent.month_usd), formatUsd(grant.spent.total_usd))}</p>
      {grant.status === 'active' && <p>{t.revoke.pauseInstead}</p>}
    </ConfirmDialog>
  );
}
