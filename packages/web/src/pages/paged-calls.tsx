// A list of calls that grows downwards, page after page.

import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Call, Page } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { Button } from '../ui/button.tsx';
import { CallsTable, type CallsTableProps } from '../ui/calls-table.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { RemovedNote } from '../ui/removed-note.tsx';

interface PagedCallsProps {
  readonly calls: UseInfiniteQueryResult<InfiniteData<Page<Call>>, Error>;
  readonly names: CallsTableProps['names'];
  /** What stands here when no call matches. */
  readonly empty: ReactNode;
}

/** The calls, with a button for older ones. */
export function PagedCalls({ calls, names, empty }: PagedCallsProps) {
  return (
    <QueryView query={calls}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.data);
        if (rows.length === 0) return empty;
        return (
          <>
            <CallsTable calls={rows} names={names} />
            {calls.hasNextPage && (
              <Button
                className="mt-4"
                busy={calls.isFetchingNextPage}
                onClick={() => void calls.fetchNextPage()}
              >
                {t.call.more}
              </Button>
            )}
            <RemovedNote removed={pages[0]?.removed} />
          </>
        );
      }}
    </QueryView>
  );
}
