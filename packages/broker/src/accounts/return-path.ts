// Where a person goes on to after signing in. Only ever a path of our own origin: anything else would make the sign-in page an open redirect.

/** `wanted` as path, query and fragment below `issuer`, or `/` if it would lead elsewhere. */
export const parseReturnPath = (wanted: string | null | undefined, issuer: string): string => {
  if (!wanted?.startsWith('/')) return '/';
  try {
    const url = new URL(wanted, issuer);
    if (url.origin !== new URL(issuer).origin) return '/';
    return url.pathname + url.search + url.hash;
  } catch {
    return '/';
  }
};
