// The dates and the identity of a grant, and the app's own words for why it asked, marked as its words.

import type { ReactNode } from 'react';
import type { Grant, TimeText } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { LocalTime } from '../../ui/moment.tsx';

interface GrantTermsProps {
  readonly grant: Grant;
  /** When it or anything below it was last used. */
  readonly lastUsedAt: TimeText | null;
}

/** The list of facts. */
export function GrantTerms({ grant, lastUsedAt }: GrantTermsProps) {
  const reasons = grant.authorization_details.flatMap((detail) => detail.reason ?? []);
  return (
    <dl className="grid grid-cols-2 gap-x-8 gap-y-4 text-sm sm:grid-cols-4">
      <Fact term={grant.depth === 0 ? t.app.connected : t.app.made}>
        <LocalTime at={grant.created_at} />
      </Fact>
      <Fact term={t.app.lastUsed}>{lastUsedAt ? <LocalTime at={lastUsedAt} /> : t.common.never}</Fact>
      {grant.revoked_at ? (
        <Fact term={t.app.revokedAt}>
          <LocalTime at={grant.revoked_at} />
        </Fact>
      ) : (
        <Fact term={t.app.ends}>
          {grant.expires_at ? <LocalTime at={grant.expires_at} /> : t.app.endsNever}
          {grant.expires_if_unused_at && (
            <span className="block text-muted">
              {t.app.endsUnused} <LocalTime at={grant.expires_if_unused_at} />
            </span>
          )}
        </Fact>
      )}
      <Fact term={t.app.grantId}>
        <span className="font-mono text-xs wrap-anywhere select-all">{grant.id}</span>
      </Fact>
      {reasons.length > 0 && (
        <div className="col-span-full">
          <dt className="eyebrow">{t.app.reason}</dt>
          <dd className="mt-0.5">“{reasons.join('” “')}”</dd>
        </div>
      )}
    </dl>
  );
}

const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="eyebrow">{term}</dt>
    <dd className="mt-0.5">{children}</dd>
  </div>
);
