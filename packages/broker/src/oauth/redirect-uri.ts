// Which redirect URIs an app may register. A code goes only to one of these, byte for byte (a loopback port aside), so what is let in
// here is where codes can end up.

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A private-use scheme holds a dot, because it is a reversed domain name (RFC 8252 section 7.1); this keeps out `javascript:` and its kin. */
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;

/** Printable ASCII without space, quotes, `<>`, `\`, `^`, backquote, `{|}`, `#` and `*`. */
const PLAIN_URI = /^[!$-)+-;=?-[\]_a-z~]{1,1000}$/;

/** `https:app.test` is absolute to one reader and, on a page of https, a path to another (WHATWG URL, section 4.4). */
const WEB_SCHEME_ALONE = /^https?:(?!\/\/[^/])/i;

/** Whether the address is one of this machine: the app runs where the browser runs. */
const isLoopbackUri = (uri: string): boolean => LOOPBACK_HOSTS.has(URL.parse(uri)?.hostname ?? '');

/** Why the address can't be registered, as the end of a sentence that begins with it; null if it can. */
export function checkRedirectUri(uri: string): string | null {
  const url = PLAIN_URI.test(uri) ? URL.parse(uri) : null;
  if (url === null || WEB_SCHEME_ALONE.test(uri))
    return 'must be an absolute address without fragment, wildcard or spaces';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.protocol === 'https:') {
    return isLoopbackUri(uri) ? 'must use http, since it is an address of the own machine' : null;
  }
  if (url.protocol === 'http:') {
    return isLoopbackUri(uri) ? null : 'must use https; http is for 127.0.0.1, [::1] and localhost';
  }
  return PRIVATE_USE_SCHEME.test(url.protocol)
    ? null
    : 'must use https, http on the own machine, or a scheme with a dot such as com.example.app';
}

/** Web apps are reached by https alone; any other address means a program on the person's machine (RFC 8252). */
export const applicationTypeOf = (redirectUris: readonly string[]): 'web' | 'native' =>
  redirectUris.every((uri) => uri.startsWith('https:')) ? 'web' : 'native';
