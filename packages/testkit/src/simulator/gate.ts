// A gate at which answers wait until the test lets them go on, so that no test needs a sleep.

import type { Point } from './script.ts';

/** Where answers wait. */
export interface Gate {
  /** Makes every answer wait at `point` (before its first byte unless told) until `release()`. */
  hold(point?: Point): void;
  /** Lets all waiting answers go on and ends `hold()`; a rule's own hold still holds the next answer. */
  release(): void;
  /** Resolves once `count` answers (one unless told) are waiting. */
  held(count?: number): Promise<void>;
  /** Where an answer without its own point has to wait. */
  readonly point: Point | undefined;
  /** Waits for the release, or until `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
}

/** An open gate. */
export function createGate(): Gate {
  let point: Point | undefined;
  const waiting = new Set<() => void>();
  let watchers: { count: number; resolve: () => void }[] = [];

  const notify = () => {
    for (const watcher of watchers) if (waiting.size >= watcher.count) watcher.resolve();
    watchers = watchers.filter((watcher) => waiting.size < watcher.count);
  };

  return {
    get point() {
      return point;
    },
    hold: (at = 'start') => {
      point = at;
    },
    release() {
      point = undefined;
      for (const go of waiting) go();
    },
    held(count = 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      watchers.push({ count, resolve });
      notify();
      return promise;
    },
    wait(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const go = () => {
        waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      if (signal.aborted) return Promise.resolve();
      signal.addEventListener('abort', go, { once: true });
      waiting.add(go);
      notify();
      return promise;
    },
  };
}
