// Moments on the page: local time or distance in view, UTC on hover. The only reader of the browser's clock.

import { useSyncExternalStore } from 'react';
import type { TimeText } from '../api/types.ts';
import { localTime, relativeTime, utcTime } from '../format/time.ts';
import { t } from '../messages/messages.ts';

const TICK_MS = 20_000;
const currentTick = (): number => Math.floor(Date.now() / TICK_MS) * TICK_MS;

function everyTick(notify: () => void): () => void {
  const timer = setInterval(notify, TICK_MS);
  return () => clearInterval(timer);
}

/** The present in epoch milliseconds, in steps of 20 s, so that all distances on a page agree. */
export const useNow = (): number => useSyncExternalStore(everyTick, currentTick) + TICK_MS;

/** A moment in local time. */
export function LocalTime({ at }: { readonly at: TimeText }) {
  const nowMs = useNow();
  return (
    <time dateTime={at} title={utcTime(at)} className="figures whitespace-nowrap">
      {localTime(at, nowMs)}
    </time>
  );
}

/** When something was used last, in words that begin small. */
export const LastUsed = ({ at }: { readonly at: TimeText | null }) =>
  at === null ? (
    t.time.neverUsed
  ) : (
    <>
      {t.time.lastUsed} <RelativeTime at={at} />
    </>
  );

/** A moment as its distance from now. */
export function RelativeTime({ at }: { readonly at: TimeText }) {
  const nowMs = useNow();
  return (
    <time dateTime={at} title={`${localTime(at, nowMs)} · ${utcTime(at)}`} className="whitespace-nowrap">
      {relativeTime(at, nowMs)}
    </time>
  );
}
