// Reads what pages show again as soon as the broker tells that something changed. Only makes pages quicker: what looks again by itself goes
// on doing so. MUST NOT touch what somebody typed: forms keep their own state.

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const MOST_OFTEN_MS = 1_000;
/** A refresh that took long is followed by a pause this many times as long: an open page is no load. */
const PAUSE_FACTOR = 4;
const TRY_AGAIN_MS = 15_000;

/** Listens while the tab can be seen. */
export function useLiveUpdates(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const refresh = createRefresh(queries);
    let source: EventSource | null = null;
    let tryAgain: ReturnType<typeof setTimeout> | undefined;
    const close = () => {
      clearTimeout(tryAgain);
      source?.close();
      source = null;
    };
    const open = () => {
      close();
      const opened = new EventSource('/api/v1/events');
      source = opened;
      opened.addEventListener('changed', refresh);
      opened.addEventListener('error', () => {
        // A lost connection is made again by the browser, a refusal is not.
        if (source === opened && opened.readyState === EventSource.CLOSED)
          tryAgain = setTimeout(open, TRY_AGAIN_MS);
      });
    };
    const follow = () => {
      if (document.hidden) return close();
      open();
      void refresh();
    };
    if (!document.hidden) open();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      close();
    };
  }, [queries]);
}

/** Has everything that is shown read again, one round at a time; a call during a round makes for one more. */
const createRefresh = (queries: QueryClient): (() => Promise<void>) => {
  let isWanted = false;
  let isRunning = false;
  return async () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    while (isWanted) {
      const beganAt = performance.now();
      // What is being read already is not begun anew, so it may not hold the change yet.
      isWanted = queries.isFetching() > 0;
      await queries.invalidateQueries({}, { cancelRefetch: false });
      const tookMs = performance.now() - beganAt;
      await new Promise((resolve) => setTimeout(resolve, Math.max(MOST_OFTEN_MS, PAUSE_FACTOR * tookMs)));
    }
    isRunning = false;
  };
};
