// How an app proves to the broker who it is (RFC 6749 section 2.3, RFC 7523). A secret or a key MUST stay on a server: code in a browser has
// neither.

/** A secret, or a JWT that the client signed (`signAssertion`). A public client leaves it out. */
export type ClientAuth = { readonly secret: string } | { readonly assertion: string };

/** The form fields that name the client. */
export const clientFields = (clientId: string, auth?: ClientAuth): Record<string, string> => ({
  client_id: clientId,
  ...(auth &&
    'assertion' in auth && {
      client_assertion: auth.assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }),
});

/** The headers that prove it: `client_secret_basic`, the method of registered apps; RFC 6749 section 2.3.1. */
export const clientHeaders = (clientId: string, auth?: ClientAuth): Record<string, string> =>
  auth && 'secret' in auth
    ? { authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(auth.secret)}`)}` }
    : {};
