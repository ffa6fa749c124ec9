// Where a person goes on to after signing in. Only ever a path of our own origin: anything else would make the sign-in page an open redirect.

/** `wanted` as path, query and fragment below `issuer`, or `/` if it would lead elsewhere. */
export const parseReturnPath = (wanted: string | null | undefined, issuer: string): string => {
  if (!wanted?.startsWith('/')) return '/';
  try {
    const url = new URL(wanted, issuer);
    const path = url.pathname + url.search + url.hash;
    // Read again as a browser will: `/..//host` is a path of ours, and `//host`, which it comes to, is not.
    return url.origin === new URL(issuer).origin && URL.parse(path, issuer)?.href === url.href ? path : '/';
  } catch {
    return '/';
  }
};
