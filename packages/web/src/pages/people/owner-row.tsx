// One account of the house: what was spent, what may be, and the ways to hold it up. Whoever runs the house has none of these.

import { useState } from 'react';
import { type Owner, resumeOwner } from '../../api/people.ts';
import { useAction } from '../../app/use-action.ts';
import { formatCount } from '../../format/limit.ts';
import { formatUsd } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { maximaWords } from '../../rules/maxima.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LocalTime } from '../../ui/moment.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { MaximaDialog } from './maxima-dialog.tsx';
import { RemoveDialog, SuspendDialog } from './owner-dialogs.tsx';

/** A list item. */
export const OwnerRow = ({ owner }: { readonly owner: Owner }) => (
  <li className="space-y-3 px-4 py-4 sm:px-5">
    <div>
      <h3 className="font-semibold wrap-anywhere">
        {owner.email}
        {owner.role === 'operator' && <span className="font-normal text-muted"> ({t.people.you})</span>}
        {owner.status === 'suspended' && <span className="text-danger"> · {t.people.suspended}</span>}
      </h3>
      <p className="text-sm text-muted">
        {t.people.joined} <LocalTime at={owner.joined_at} />
      </p>
      <Facts className="figures mt-1">
        {t.limits.amountIn(formatUsd(owner.spent.month_usd), t.people.month)}
        {t.limits.amountIn(formatUsd(owner.spent.today_usd), t.people.today)}
        {t.limits.amountIn(formatUsd(owner.spent.total_usd), t.people.total)}
        {t.limits.amountIn(formatCount(owner.spent.calls), t.people.calls)}
      </Facts>
      {owner.role === 'owner' && (
        <p className="text-sm text-muted first-letter:uppercase">
          {owner.maxima.length === 0 ? t.people.noMaxima : `${t.people.maxima}: ${maximaWords(owner.maxima)}`}
        </p>
      )}
    </div>
    {owner.role === 'owner' && <Actions owner={owner} />}
  </li>
);

type Asking = 'maxima' | 'suspend' | 'remove';
const DIALOGS = { maxima: MaximaDialog, suspend: SuspendDialog, remove: RemoveDialog };

function Actions({ owner }: { readonly owner: Owner }) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const Asked = asking && DIALOGS[asking];
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => setAsking('maxima')} aria-label={t.people.setMaximaOf(owner.email)}>
        {t.people.setMaxima}
      </Button>
      {owner.status === 'suspended' ? (
        <Resume owner={owner} />
      ) : (
        <Button
          tone="danger"
          onClick={() => setAsking('suspend')}
          aria-label={t.people.suspendOf(owner.email)}
        >
          {t.people.suspend}
        </Button>
      )}
      <Button tone="danger" onClick={() => setAsking('remove')} aria-label={t.people.removeOf(owner.email)}>
        {t.people.remove}
      </Button>
      {Asked && <Asked owner={owner} onClose={() => setAsking(null)} />}
    </div>
  );
}

function Resume({ owner: { id, email } }: { readonly owner: Owner }) {
  const notice = useNotice();
  const resume = useAction(
    () => resumeOwner(id),
    () => notice(t.people.resumeDone(email)),
  );
  return (
    <>
      <Button
        busy={resume.isPending}
        onClick={() => resume.mutate(undefined)}
        aria-label={t.people.resumeOf(email)}
      >
        {t.people.resume}
      </Button>
      <FormError error={resume.error} />
    </>
  );
}
