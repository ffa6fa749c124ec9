// Where this person is signed in: read and ended on the page of devices and tokens, and loaded with it.

import { queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';
import type { Page, TimeText } from './types.ts';

/** A browser, or a command line that was let in. */
export interface Session {
  readonly id: string;
  readonly kind: 'browser' | 'terminal';
  /** As it calls itself. */
  readonly program: string | null;
  readonly ip_address: string | null;
  readonly created_at: TimeText;
  readonly last_used_at: TimeText;
  /** Whether it is this very one. */
  readonly is_this: boolean;
}

/** Every session, the one used last first. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => callApi<Page<Session>>('GET', '/sessions'),
});

/** Signs out there. */
export const endSession = (id: string) => callApi<void>('DELETE', `/sessions/${encodeURIComponent(id)}`);

/** Signs out everywhere but here. */
export const endOtherSessions = () => callApi<{ readonly ended: number }>('POST', '/sessions/end-others');
