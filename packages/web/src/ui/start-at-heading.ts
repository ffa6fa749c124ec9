// A view that replaces another under the same path starts like a page of its own. The frame only sees changes of path.

import { useEffect } from 'react';

/** Scrolls to the top and puts the focus on the heading, so that the new view is read out. */
export const useStartAtHeading = (): void =>
  useEffect(() => {
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, []);
