// Waits for what a page reads: a quiet placeholder, the error with a way to try again, or the page.

import type { ReactNode } from 'react';
import { t } from '../messages/messages.ts';
import { ErrorPanel } from './error-panel.tsx';

interface Loading<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** Renders `children` with the data once it is there; data that is already there outlives a failed refresh. */
export function QueryView<T>({
  query,
  children,
}: {
  readonly query: Loading<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  return <Placeholder />;
}

/** Three grey lines that are announced as loading. */
const Placeholder = () => (
  <div role="status" className="placeholder space-y-3 py-2 motion-safe:animate-pulse">
    <span className="sr-only">{t.common.loading}</span>
    <div className="h-4 w-2/5 rounded bg-sunken" />
    <div className="h-4 w-4/5 rounded bg-sunken" />
    <div className="h-4 w-3/5 rounded bg-sunken" />
  </div>
);
