// One grant with a token that can be pasted: when it was made and used, from where it works, and its end.

import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Grant } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/grants.ts';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LastUsed, LocalTime } from '../../ui/moment.tsx';
import { RevokeDialog } from '../app/revoke-dialog.tsx';
import { PinControl } from './pin-control.tsx';
import { PinnedTo } from './pinned-to.tsx';

/** A list item. */
export const TokenRow = ({ grant }: { readonly grant: Grant }) => {
  const [isRevoking, setRevoking] = useState(false);
  const name = grantName(grant);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <h3>
          <Link to="/apps/$grantId" params={{ grantId: grant.id }} className="title-link">
            {name}
          </Link>
        </h3>
        <Facts>
          <span>
            {t.devices.made} <LocalTime at={grant.created_at} />
          </span>
          <LastUsed at={grant.last_used_at} />
          <PinnedTo devices={grant.devices} />
        </Facts>
      </div>
      <div className="flex flex-wrap gap-2">
        <PinControl grant={grant} />
        <Button tone="danger" onClick={() => setRevoking(true)} aria-label={t.devices.revokeOf(name)}>
          {t.devices.revoke}
        </Button>
      </div>
      {isRevoking && (
        <RevokeDialog grant={grant} title={t.revoke.title(name)} onClose={() => setRevoking(false)} />
      )}
    </li>
  );
};
