// An app with a DPoP-bound access token, which it refreshes now and then: its tokens are signed with whatever key signs at the time, so they
// show that a rotation under load fails nobody. An app that lost its refresh token in a fault is authorized anew.

import { hash, randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, type JWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { type AuthorizedApp, authorizeApp } from '../house/authorize-app.ts';
import type { EnduranceHouse } from './house.ts';

const PATH = '/openai/v1/chat/completions';

/** See the top of this file. */
export class BoundApp {
  /** How often it got tokens, lost its way to them, and by how many signing keys they were signed. */
  readonly figures = { refreshed: 0, refused: 0, authorized: 0 };
  readonly signedBy = new Set<string>();
  readonly #house: EnduranceHouse;
  readonly #keys: client.CryptoKeyPair;
  readonly #jwk: JWK;
  #app: AuthorizedApp;
  #tokens: { readonly access: string; readonly refresh: string };

  private constructor(house: EnduranceHouse, keys: client.CryptoKeyPair, jwk: JWK, app: AuthorizedApp) {
    this.#house = house;
    this.#keys = keys;
    this.#jwk = jwk;
    this.#app = app;
    this.#tokens = { access: app.accessToken, refresh: app.refreshToken };
    this.#note();
  }

  static async authorize(house: EnduranceHouse): Promise<BoundApp> {
    const keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
    const app = await BoundApp.#ask(house, keys);
    return new BoundApp(house, keys, await exportJWK(keys.publicKey), app);
  }

  static #ask(house: EnduranceHouse, keys: client.CryptoKeyPair): Promise<AuthorizedApp> {
    const details = [{ provider: 'openai', models: ['gpt-4o-mini'], limits: { monthly_spend: 50 } }];
    return authorizeApp({ url: house.issuer, api: house.api }, details, {}, keys);
  }

  get grantId(): string {
    return this.#app.grantId;
  }

  /** The headers of one request to the gate, with a proof made for it. */
  async headers(): Promise<Record<string, string>> {
    const { access } = this.#tokens;
    const claims = {
      htm: 'POST',
      htu: this.#house.issuer + PATH,
      jti: randomUUID(),
      ath: hash('sha256', access, 'base64url'),
    };
    const dpop = await new SignJWT(claims)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.#jwk })
      .setIssuedAt()
      .sign(this.#keys.privateKey as CryptoKey);
    return { authorization: `DPoP ${access}`, dpop };
  }

  /** Gets new tokens. Never rejects: in a fault it tries again the next time. */
  async refresh(): Promise<void> {
    const DPoP = client.getDPoPHandle(this.#app.config, this.#keys);
    try {
      const { refresh } = this.#tokens;
      const tokens = await client.refreshTokenGrant(this.#app.config, refresh, undefined, { DPoP });
      this.#tokens = { access: tokens.access_token, refresh: tokens.refresh_token ?? refresh };
      this.figures.refreshed += 1;
    } catch (error) {
      this.figures.refused += 1;
      // Only this says that the refresh token is gone: its successor was lost on the way.
      if ((error as { error?: string }).error === 'invalid_grant') await this.#authorizeAnew();
    }
    this.#note();
  }

  async #authorizeAnew(): Promise<void> {
    const app = await BoundApp.#ask(this.#house, this.#keys).catch(() => null);
    if (!app) return;
    this.#app = app;
    this.#tokens = { access: app.accessToken, refresh: app.refreshToken };
    this.figures.authorized += 1;
  }

  #note(): void {
    const [header] = this.#tokens.access.split('.');
    this.signedBy.add(JSON.parse(Buffer.from(header!, 'base64url').toString()).kid);
  }
}
