// One grant with a token that can be pasted: when it was made and used, and from where it works.

import { Link } from '@tanstack/react-router';
import type { Grant } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/grants.ts';
import { LastUsed, LocalTime } from '../../ui/moment.tsx';
import { PinControl } from './pin-control.tsx';
import { PinnedTo } from './pinned-to.tsx';

/** A list item. */
export const TokenRow = ({ grant }: { readonly grant: Grant }) => (
  <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
    <div className="min-w-0 flex-1 basis-72">
      <h3 className="font-semibold">
        <Link to="/apps/$grantId" params={{ grantId: grant.id }} className="link wrap-anywhere">
          {grantName(grant)}
        </Link>
      </h3>
      <p className="text-sm text-muted">
        {t.devices.made} <LocalTime at={grant.created_at} />
        {' · '}
        <LastUsed at={grant.last_used_at} />
        {' · '}
        <PinnedTo devices={grant.devices} />
      </p>
    </div>
    <PinControl grant={grant} />
  </li>
);
