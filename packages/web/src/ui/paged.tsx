// A list that grows downwards, page after page.

import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Page } from '../api/types.ts';
import { Button } from './button.tsx';
import { QueryView } from './query-view.tsx';
import { RemovedNote } from './removed-note.tsx';

interface PagedProps<Row> {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page<Row>>, Error>;
  /** The words on the button for older ones. */
  readonly more: string;
  /** What stands here when nothing matches. */
  readonly empty: ReactNode;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** The rows read so far, with a button for older ones, and where the list begins. */
export function Paged<Row>({ query, more, empty, children }: PagedProps<Row>) {
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.data);
        if (rows.length === 0) return empty;
        return (
          <>
            {children(rows)}
            {query.hasNextPage && (
              <Button
                className="mt-4"
                busy={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {more}
              </Button>
            )}
            <RemovedNote removed={pages[0]?.removed} />
          </>
        );
      }}
    </QueryView>
  );
}
