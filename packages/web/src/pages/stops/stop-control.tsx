// Stops everything, an app or a provider key, and resumes it. Stopping asks first and states its effect; resuming acts at once.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { resumeStop, stopWhole } from '../../api/endpoints.ts';
import { grantsQuery, latestCallsQuery, stopsQuery } from '../../api/queries.ts';
import type { NewStop, Stop } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { findStop, reachedBy } from '../../rules/stops.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { useNotice } from '../../ui/notice.tsx';

const RUNNING = { status: 'admitted', limit: 200 } as const;

interface StopControlProps {
  readonly what: NewStop;
  /** What is stopped, for people: the app or the key. */
  readonly name: string;
  /** The words on the button, and what a screen reader says of it. */
  readonly label: string;
  readonly spoken?: string;
  /** Whether the page has another button to resume it. */
  readonly isResumedElsewhere?: boolean;
}

/** One button: to stop it or, while it is stopped, to resume it. */
export function StopControl({
  what,
  name,
  label,
  spoken = label,
  isResumedElsewhere = false,
}: StopControlProps) {
  const [isAsking, setAsking] = useState(false);
  const { data: stops } = useQuery(stopsQuery);
  const stop = findStop(stops?.data ?? [], what);
  if (stop) return isResumedElsewhere ? null : <ResumeButton stop={stop} name={name} />;
  return (
    <>
      <Button
        tone={what.scope === 'everything' ? 'danger' : 'quiet'}
        onClick={() => setAsking(true)}
        aria-label={spoken}
      >
        {label}
      </Button>
      {isAsking && <StopDialog what={what} name={name} onClose={() => setAsking(false)} />}
    </>
  );
}

interface ResumeButtonProps {
  readonly stop: Stop;
  readonly name: string;
}

/** Brings back what the stop stopped. */
export function ResumeButton({ stop, name }: ResumeButtonProps) {
  const notice = useNotice();
  const isApp = stop.scope === 'app';
  const resume = useAction(
    () => resumeStop(stop.id),
    () => notice(t.stops.resumed(name)),
  );
  return (
    <div>
      <Button
        busy={resume.isPending}
        onClick={() => resume.mutate(undefined)}
        aria-label={isApp ? t.stops.resumeAppOf(name) : t.stops.resumeOf(name)}
      >
        {isApp ? t.stops.resumeApp : t.stops.resume}
      </Button>
      <FormError error={resume.error} />
    </div>
  );
}

interface StopDialogProps {
  readonly what: NewStop;
  readonly name: string;
  readonly onClose: () => void;
}

function StopDialog({ what, name, onClose }: StopDialogProps) {
  const { data: live } = useQuery(grantsQuery('active'));
  const { data: running } = useQuery(latestCallsQuery(RUNNING));
  const reached = reachedBy(what, live?.data ?? []);
  const delegated = reached.filter(({ depth }) => depth > 0).length;
  const ids = new Set(reached.map(({ id }) => id));
  const ending = (running?.data ?? []).filter((call) => ids.has(call.grant_id)).length;
  const notice = useNotice();
  const stop = useAction(
    () => stopWhole(what),
    ({ grants_stopped, streams_cut }) => {
      onClose();
      notice(t.stops.done(name, grants_stopped, streams_cut));
    },
  );
  const title = what.scope === 'everything' ? t.stops.title.everything : t.stops.title[what.scope](name);
  return (
    <ConfirmDialog
      title={title}
      confirm={t.stops.confirm}
      busy={stop.isPending}
      error={stop.error}
      onConfirm={() => stop.mutate(undefined)}
      onClose={onClose}
    >
      {live && (
        <p className="text-ink">
          {reached.length === 0
            ? t.stops.effectNone
            : t.stops.effect(reached.length - delegated, delegated, ending)}
        </p>
      )}
      {what.scope === 'app' && <p className="text-ink">{t.stops.appWide}</p>}
      {what.scope === 'provider_key' && <p className="text-ink">{t.stops.keyWide}</p>}
      <p>{t.stops.reversible}</p>
      {what.scope === 'app' && <p>{t.stops.pauseInstead}</p>}
    </ConfirmDialog>
  );
}
