// What can be measured, and what a target shows of itself once it is ready for requests.

import type { Vary } from './load.ts';
import type { Running } from './processes.ts';
import type { SharedStore } from './shared-store.ts';

/** The one path that is asked. */
export const PATH = '/v1/chat/completions';

/** Where a run takes place. */
export interface Ground {
  /** Scratch folder of this target, empty. */
  readonly dir: string;
  /** For what is slow to make: of the whole run, or of several. */
  readonly kept: string;
  /** This port and the two after it are the target's. */
  readonly port: number;
  readonly providerPort: number;
  readonly providerKey: string;
}

/** How a caller shows who it is. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  readonly vary?: Vary;
}

/** What only a broker can give out. */
export interface Issuer {
  /** A JWT that an app was given through PAR and consent. */
  oauth(): Promise<Credential>;
  /** Such a token bound to a key, with proofs for this many requests, dated now. */
  dpop(requests: number): Promise<Credential>;
  /** A token of a grant that is so many delegations below its owner's. */
  delegated(depth: number): Promise<Credential>;
  /** A token that is good for this many requests. */
  limited(requests: number): Promise<Credential>;
}

/** A target that is ready for requests. */
export interface Ready {
  /** Those that are measured; none for the provider itself. */
  readonly processes: readonly Running[];
  readonly ports: readonly number[];
  readonly path: string;
  readonly credential: Credential;
  readonly issuer?: Issuer;
  /** Tokens of grants that no one has used since the start. */
  readonly cold?: Credential;
  /** The PostgreSQL behind it. */
  readonly store?: SharedStore;
}

/** Something that can be measured. */
export interface Target {
  readonly name: string;
  /** Why it cannot run here; null if it can. */
  readonly missing: () => string | null;
  readonly start: (ground: Ground) => Promise<Ready>;
}

/** The header of a token. */
export const bearer = (token: string): Credential => ({ headers: { authorization: `Bearer ${token}` } });

/** Where the mock provider listens. */
export const originOf = ({ providerPort }: Pick<Ground, 'providerPort'>): string =>
  `http://127.0.0.1:${providerPort}`;
