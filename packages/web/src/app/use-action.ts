// Runs a change and then reads everything again: what pages show after a change is always the server's state.

import { useMutation, useQueryClient } from '@tanstack/react-query';

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
      void queries.invalidateQueries();
    },
  });
}
