// Runs a change and then reads everything again: what pages show after a change is always the server's state.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/client.ts';

/** A change to run with `mutate`; `onDone` gets the server's answer before pages are refreshed. */
export function useAction<Input, Output>(
  run: (input: Input) => Promise<Output>,
  onDone?: (output: Output, input: Input) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (output, input) => {
      onDone?.(output, input);
      // Waited for: a control of the old state must not be pressed again before it shows the new one.
      return queries.invalidateQueries().then(() => afterPaint(rescueFocus));
    },
    // Somebody else was first: what the page shows is old.
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'conflict') void queries.invalidateQueries();
    },
  });
}

/** Two frames: in the first React draws what the refreshed queries say. */
const afterPaint = (run: () => void): void => void requestAnimationFrame(() => requestAnimationFrame(run));

/** When the control that was pressed is gone, the page's heading takes the focus instead of nothing. */
function rescueFocus(): void {
  if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus();
}
