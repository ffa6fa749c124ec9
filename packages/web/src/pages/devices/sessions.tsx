// Where this person is signed in: browsers and command lines. Signing out there acts at once.

import { endOtherSessions, endSession, type Session } from '../../api/sessions.ts';
import { useAction } from '../../app/use-action.ts';
import { known } from '../../format/known.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LastUsed, LocalTime } from '../../ui/moment.tsx';
import { useNotice } from '../../ui/notice.tsx';

/** The list, with the way out of all others below. */
export function Sessions({ sessions }: { readonly sessions: readonly Session[] }) {
  const notice = useNotice();
  const endOthers = useAction(endOtherSessions, ({ ended }) => notice(t.devices.endedOthers(ended)));
  return (
    <div className="space-y-4">
      <ul className="sheet divide-y divide-line">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button busy={endOthers.isPending} onClick={() => endOthers.mutate(undefined)}>
          {t.devices.endOthers}
        </Button>
      )}
      <FormError error={endOthers.error} />
    </div>
  );
}

function SessionRow({ session }: { readonly session: Session }) {
  const notice = useNotice();
  const name = known(t.devices.sessionName, session.kind)?.(session.program) ?? session.kind;
  const end = useAction(
    () => endSession(session.id),
    () => notice(t.devices.ended(name)),
  );
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-semibold wrap-anywhere">
          {name}
          {session.is_this && <span className="font-normal text-muted"> ({t.devices.thisOne})</span>}
        </h3>
        <Facts>
          <span>
            {t.devices.signedIn} <LocalTime at={session.created_at} />
          </span>
          <LastUsed at={session.last_used_at} />
          {session.ip_address && t.devices.fromAddress(session.ip_address)}
        </Facts>
        <FormError error={end.error} />
      </div>
      {!session.is_this && (
        <Button busy={end.isPending} onClick={() => end.mutate(undefined)} aria-label={t.devices.endOf(name)}>
          {t.devices.end}
        </Button>
      )}
    </li>
  );
}
