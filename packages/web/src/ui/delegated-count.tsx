// How many live grants hang below an app, as the way to its tree.

import { Link } from '@tanstack/react-router';
import { t } from '../messages/messages.ts';

interface DelegatedCountProps {
  readonly count: number;
  /** The app; all of them without it. */
  readonly grantId?: string;
}

/** `+ 3 delegated`; nothing for none. */
export const DelegatedCount = ({ count, grantId }: DelegatedCountProps) =>
  count > 0 && (
    <Link
      to="/delegation"
      search={{ grant_id: grantId }}
      className="link -my-1 inline-block py-1 text-sm whitespace-nowrap"
    >
      {t.delegation.count(count)}
    </Link>
  );
