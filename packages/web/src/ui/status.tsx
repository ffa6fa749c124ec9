// The state of grants and calls, in words with a mark: never by colour alone.

import type { CallStatus, Grant, GrantStatus } from '../api/types.ts';
import { known } from '../format/known.ts';
import { t } from '../messages/messages.ts';

const GRANT_TONE: Readonly<Record<GrantStatus, string>> = {
  active: 'text-accent',
  suspended: 'text-warn',
  revoked: 'text-muted',
  expired: 'text-muted',
};

const CALL_TONE: Readonly<Record<CallStatus, string>> = {
  admitted: 'text-warn',
  settled: 'text-muted',
  ceiling: 'text-warn',
  released: 'text-muted',
  refused: 'text-danger',
};

interface GrantStatusProps {
  readonly grant: Pick<Grant, 'status' | 'stopped_by'>;
}

/** The state of a grant, or the stop that keeps it from being used. */
export const GrantStatusMark = ({ grant: { status, stopped_by: stop } }: GrantStatusProps) =>
  stop && status === 'active' ? (
    <Mark tone="text-danger" hollow text={known(t.stops.mark, stop) ?? stop} />
  ) : (
    <Mark
      tone={known(GRANT_TONE, status) ?? 'text-muted'}
      hollow={status !== 'active'}
      text={known(t.grantStatus, status) ?? status}
    />
  );

/** The state of a live grant while one above it is paused or has ended. */
export const HeldUpMark = () => <Mark tone="text-warn" hollow text={t.delegation.heldUp} />;

/** The state of a call. */
export const CallStatusMark = ({ status }: { readonly status: CallStatus }) => (
  <Mark
    tone={known(CALL_TONE, status) ?? 'text-muted'}
    hollow={status === 'admitted'}
    text={known(t.callStatus, status) ?? status}
  />
);

function Mark({
  tone,
  hollow,
  text,
}: {
  readonly tone: string;
  readonly hollow: boolean;
  readonly text: string;
}) {
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm whitespace-nowrap ${tone}`}>
      <span
        aria-hidden="true"
        className={`size-[8px] shrink-0 rounded-full border-[1.5px] border-current ${hollow ? '' : 'bg-current'}`}
      />
      {text}
    </span>
  );
}
