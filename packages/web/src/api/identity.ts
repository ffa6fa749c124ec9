// How a person proves who they are, from inside a page: by password or by passkey. A proof replaces the session, so the page goes on with it.

import { t } from '../messages/messages.ts';
import { callSignIn } from './client.ts';

/** Proves it by password; throws with a sentence for the person. */
export const proveByPassword = async (email: string, password: string): Promise<void> =>
  void (await callSignIn('/sign-in/email', t.confirm.wrong, { email, password }));

/** Proves it by a passkey that the browser offers; throws with a sentence for the person. */
export async function proveByPasskey(): Promise<void> {
  const wrong = t.confirm.noPasskey;
  const options = await callSignIn<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
    wrong,
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
    ...options,
    userVerification: 'required',
  });
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) throw new Error(wrong);
  await callSignIn('/passkey/verify-authentication', wrong, { response: credential.toJSON() });
}
