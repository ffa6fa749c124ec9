// Where an app sends the browser after the decision, in words and as a policy for the page.

/** Where the browser goes after the decision, as far as it is known. */
export type Destination =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'this_computer' }
  | { readonly kind: 'app_scheme'; readonly scheme: string };

/** Reads a redirect URI that was already matched to a registered one. */
export function destinationOf(redirectUri: string): Destination {
  const url = new URL(redirectUri);
  if (url.protocol === 'https:') return { kind: 'host', host: url.host };
  return url.protocol === 'http:'
    ? { kind: 'this_computer' }
    : { kind: 'app_scheme', scheme: url.protocol.slice(0, -1) };
}

/** The source for `form-action` that lets the form's redirect reach the app and nothing else. */
export function formActionOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // A policy can't name an IPv6 address.
  return isWeb && !url.hostname.startsWith('[') ? url.origin : url.protocol;
}
