// One process of the product in an endurance run, with a fault proxy on each of its wires. It says when its callers' connections may break.

import { type FaultProxy, type Simulator, startFaultProxy } from '@valetkey/testkit';
import type { PostgresServer } from '../postgres/start-postgres.ts';
import { Replica } from '../replicas/fleet.ts';

/** Farther on PostgreSQL, where a process by whose clock nothing can be decided refuses. */
const CLOCK_JUMP_MS = { embedded: 90_000, postgres: 3_600_000 };

/** One process with its wires. It keeps what its earlier lives printed. */
export class Member {
  readonly replica: Replica;
  readonly toProvider: FaultProxy;
  /** Null on a data folder. */
  readonly toDatabase: FaultProxy | null;
  /** When the process last did not run: ended, frozen, or not listening yet. Callers' connections may break then. */
  disturbedAtMs = 0;
  isDisturbed = false;
  /** How many processes there were. */
  life = 0;
  #printed = '';

  constructor(replica: Replica, toProvider: FaultProxy, toDatabase: FaultProxy | null) {
    this.replica = replica;
    this.toProvider = toProvider;
    this.toDatabase = toDatabase;
  }

  get pid(): number | null {
    return this.replica.process?.pid ?? null;
  }

  /** Runs `work` while connections to the process may break. */
  async disturbed(work: () => Promise<void>): Promise<void> {
    this.isDisturbed = true;
    try {
      await work();
    } finally {
      this.isDisturbed = false;
      this.disturbedAtMs = performance.now();
    }
  }

  async start(): Promise<void> {
    await this.replica.start();
    this.life += 1;
  }

  /** Ends the process. Resolves with its exit code; null if a signal ended it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { process } = this.replica;
    if (!process) return null;
    const code = await process.stop(signal);
    this.#printed += process.output();
    this.replica.process = null;
    return code;
  }

  /** Everything it has printed in all its lives. */
  output(): string {
    return this.#printed + (this.replica.process?.output() ?? '');
  }
}

/** What lives takes some 60 MB. A process that kept something of each call would not end the run. */
const HEAP_MEGABYTES = 192;

/** What one is started with. */
export interface MemberParts {
  /** Its number; the first one comes back under its name, the others have to be declared dead. */
  readonly at: number;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly engine: 'embedded' | 'postgres';
  readonly simulator: Simulator;
  readonly postgres: PostgresServer | null;
}

/** Starts one; resolves when it listens. */
export async function startMember({
  at,
  port,
  env,
  engine,
  simulator,
  postgres,
}: MemberParts): Promise<Member> {
  const toProvider = await startFaultProxy(Number(new URL(simulator.origin).port));
  const toDatabase = postgres ? await startFaultProxy(postgres.port) : null;
  const replica = new Replica(port, {
    ...env,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MEGABYTES}`,
    VALETKEY_UPSTREAM_OPENAI: toProvider.origin,
    CLOCK_JUMP_MS: String(CLOCK_JUMP_MS[engine]),
    ...(postgres && at === 0 && { VALETKEY_REPLICA_NAME: 'endurance-0' }),
    ...(toDatabase && {
      VALETKEY_DATABASE_URL: env.VALETKEY_DATABASE_URL!.replace(
        `:${postgres?.port}/`,
        `:${toDatabase.port}/`,
      ),
    }),
  });
  const member = new Member(replica, toProvider, toDatabase);
  await member.start();
  return member;
}
