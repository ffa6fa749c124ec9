// Builds the query part of API addresses and the sign-in address. Pure, so that encoding is tested once and nowhere
// assembled by hand.

/** `?a=1&b=2` of the members that have a value, in the order given; empty when none has. Values are percent-encoded. */
export function queryString(
  members: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

/** Where to sign in so that the person comes back to `path` (path and query of this origin, never a full URL). */
export const signInAddress = (path: string): string => `/sign-in${queryString({ return_to: path })}`;
