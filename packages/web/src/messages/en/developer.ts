// The words of the page “Developer apps”, in English.

import { many } from './counts.ts';

/** Registering an app and keeping it. */
export const developer = {
  title: 'Developer apps',
  lead: 'Apps that you build and that ask people for access with OAuth.',
  register: 'Register an app',
  preview: 'Preview',
  previewOf: (name: string) => `Preview the page on which people decide about ${name}`,
  registerTitle: 'Register an app',
  editTitle: (name: string) => `Edit ${name}`,
  name: 'Name',
  nameHint: 'People see it when they are asked for access.',
  url: 'Home page',
  redirects: 'Redirect URIs',
  redirectsHint: 'One on each line. They are compared character by character.',
  type: 'Where does its code run?',
  public: 'On people’s devices',
  publicText: 'Browser, mobile, desktop or command line: cannot keep a secret. Public client with PKCE.',
  confidential: 'On a server',
  confidentialText: 'Can keep a secret. Confidential client.',
  dpop: 'Require proof of possession (DPoP)',
  dpopText: 'A stolen token is useless without the app’s private key.',
  clientId: 'Client ID',
  secret: 'Client secret',
  secretOnce: 'Copy it now. It is stored as a hash and not shown again.',
  registered: (name: string) => `${name} is registered`,
  edited: (name: string) => `${name} is changed.`,
  typeName: { public: 'Public', confidential: 'Confidential' },
  bound: 'DPoP required',
  byDocument: 'known by its metadata document',
  grants: (count: number) =>
    count === 0 ? 'no live grant of yours' : many(count, 'live grant of yours', 'live grants of yours'),
  edit: 'Edit',
  editOf: (name: string) => `Edit ${name}`,
  rotate: 'New secret',
  rotateOf: (name: string) => `New secret for ${name}`,
  rotateTitle: (name: string) => `Make a new secret for ${name}?`,
  rotateEffect:
    'The present secret stops at once. The app cannot get or refresh tokens until it has the new one.',
  rotateConfirm: 'Replace secret',
  rotated: (name: string) => `New secret for ${name}`,
  remove: 'Delete',
  removeOf: (name: string) => `Delete ${name}`,
  removeTitle: (name: string) => `Delete ${name}?`,
  removeEffect: (count: number) =>
    count === 0
      ? 'It can no longer ask anybody for access.'
      : `It can no longer ask anybody for access, and ${many(count, 'grant', 'grants')} of yours to it ${count === 1 ? 'is' : 'are'} revoked at once.`,
  removeConfirm: 'Delete app',
  removed: (name: string) => `${name} is deleted.`,
  empty: 'You have registered no app.',
  emptyText: 'An app finds everything it needs from this address, and pushes its request with PKCE:',
  discovery: 'Discovery document',
  created: 'registered',
};
