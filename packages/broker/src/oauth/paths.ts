// Every path the authorization server answers. The table of routes reads it, so that no address of the server is written twice.

/** Paths of the authorization server; a trailing `/` stands for everything below it. */
export const OAUTH_PATHS = {
  authorize: '/authorize',
  /** Where the browser comes back after a decision, followed by the interaction's id. */
  resume: '/authorize/',
  token: '/token',
  par: '/par',
  introspect: '/introspect',
  revoke: '/revoke',
  /** Where a client asks for more of a grant without a browser. */
  backchannel: '/backchannel',
  /** Where an app on a device without a browser asks. */
  deviceAuthorization: '/device_authorization',
  /** Where an app registers by itself, and below it manages that; not there unless the operator turns it on. */
  register: '/register',
  registration: '/register/',
  /** Where an app that wants a key-shaped token asks, and where it gets that for its code; below `/api/v1` this one path alone. */
  keyRequest: '/auth',
  keys: '/api/v1/auth/keys',
  /** Where programs that nobody registered ask with OKAP: by its text, and as its Python SDK does; not there unless the operator turns it on. */
  okapAuthorize: '/okap/authorize',
  okapRequest: '/okap/request',
  /** The same in AIPassport's words. */
  grantRequests: '/grant-requests',
  programTokens: '/tokens',
  /** Where Anthropic's SDK refreshes the tokens of a profile; below the provider's name these two alone are not the gate's. */
  profileToken: '/anthropic/v1/oauth/token',
  profileTokenTwice: '/anthropic/v1/v1/oauth/token',
  jwks: '/jwks',
  serverMetadata: '/.well-known/oauth-authorization-server',
  openidMetadata: '/.well-known/openid-configuration',
  resourceMetadata: '/.well-known/oauth-protected-resource',
  grants: '/grants/',
} as const;

/** Where the owner decides; `consent/` serves it. */
export const consentPath = (uid: string): string => `/consent/${uid}`;

/** Where an owner types the code that a device shows; `accounts/` serves it. */
export const DEVICE_PATH = '/device';

/** Where the owner decides on a request for more; `consent/` serves it. */
export const requestPath = (requestId: string): string => `/consent/requests/${requestId}`;

/** Whether the authorization server answers this path (without its query). */
export const isOauthPath = (path: string): boolean =>
  Object.values(OAUTH_PATHS).some((own) => (own.endsWith('/') ? path.startsWith(own) : path === own));
