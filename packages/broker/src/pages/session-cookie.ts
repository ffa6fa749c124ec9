// What the session cookie is called: under https so that only this very host can have set it, and for all of its paths (RFC 6265bis, 4.1.3.2).

/** What the names of the sign-in room’s cookies begin with. */
export const cookiePrefix = (issuer: string): string =>
  issuer.startsWith('https:') ? '__Host-valetkey' : 'valetkey';

/** The cookie that carries a session. */
export const sessionCookie = (issuer: string): string => `${cookiePrefix(issuer)}.session_token`;
