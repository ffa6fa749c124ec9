// The figures of runs that were asked for by hand. `npm test` prints none.

/** Prints a line if the environment has `variable`, by which such a run is made longer. */
export const report = (variable: string, line: string): void => {
  if (process.env[variable] !== undefined) process.stdout.write(`${line}\n`);
};
