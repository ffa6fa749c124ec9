// Everything outside the process that a command can touch, as one value: commands get it passed in and touch nothing else, so that tests can
// stand in for the network, the terminal and the clock.

import type { CallGraph } from '@valetkey/broker/call-graph';
import type { ClaimsInJournal } from '@valetkey/broker/claims-of-export';
import type { Result } from '@valetkey/core';
import type { Access } from '@valetkey/sdk';
import type { ProofOptions, ProofProxy } from './proof-proxy.ts';

/** A stream that text is written to. */
export interface TextSink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters where it is a terminal. */
  readonly columns: number;
}

/** Standard input. */
export interface TextSource {
  readonly isTerminal: boolean;
  /** All of it, as UTF-8, once it has ended. */
  readAll(): Promise<string>;
  /** One line typed at the terminal without echo, or null when interrupted. MUST only be called where `isTerminal`. */
  readHidden(prompt: string): Promise<string | null>;
  /** One line typed at the terminal, or null when interrupted. MUST only be called where `isTerminal`. */
  readLine(prompt: string): Promise<string | null>;
}

/** What a verification of a data folder found; the broker's `LedgerReport`. */
export interface FileReport {
  readonly entries: number;
  readonly owners: number;
  readonly calls: number;
  readonly openCalls: number;
  readonly removedCalls: number;
  readonly links: number;
  readonly faults: readonly {
    readonly entryId: number | null;
    readonly ownerId: string | null;
    readonly problem: string;
  }[];
}

/** What a move to PostgreSQL moved. */
export interface MigrateReport {
  readonly entries: number;
  readonly owners: number;
  readonly calls: number;
  readonly links: number;
  readonly copiedEntries: number;
  readonly rows: Readonly<Record<string, number>>;
}

/** What a backup holds: its size, the newest journal entry, and the file in the data folder that holds the master key, if one does. */
export interface BackupReport {
  readonly lastEntry: { readonly id: number; readonly hash: string } | null;
  readonly bytes: number;
  readonly masterKeyFile: string | null;
}

/** How the rotation of a master key stands; the broker's `RotationState`. */
export type RotationState = 'done' | 'running' | 'at_next_start';

/** What is verified against what; the broker's `ExportFiles`. */
export interface ExportFiles {
  readonly journal: string;
  readonly signed: { readonly checkpoints: string; readonly keys: string } | null;
  readonly isPart: boolean;
}

/** An export in which every entry belongs; the broker's `ExportReport`. */
export interface ExportReport {
  readonly owner: string;
  readonly entries: number;
  readonly firstSeq: number;
  readonly firstAtMs: number;
  readonly lastSeq: number;
  readonly lastAtMs: number;
  readonly lastHash: string;
  readonly checkpoints: number;
  readonly signedSeq: number | null;
  readonly removed: {
    readonly calls: number;
    readonly entries: number;
    readonly untilMs: number;
    readonly seq: number;
    readonly checkpoints: number;
  } | null;
}

/** The outside world of one run of the command line. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  readonly stdin: TextSource;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Writes bytes to standard output as they are; resolves when there is room for more. */
  readonly writeOut: (bytes: Uint8Array) => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Shows a web page to the person, if it can; a failure is silent, because the address is printed too. */
  readonly openBrowser: (url: string) => void;
  /** The text of a file, UTF-8; fails with a sentence. */
  readonly readFile: (path: string) => Result<string, string>;
  /** Runs a program with this terminal and these variables; its exit code, or why it could not be started. */
  readonly runProgram: (
    words: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) => Promise<Result<number, string>>;
  /** Gives what would end this process, such as Ctrl-C, to `listener` instead, until what it returns is called. */
  readonly takeSignals: (listener: () => void) => () => void;
  /** Starts what proves this device's key for a program that can not. */
  readonly startProofProxy: (options: ProofOptions) => Promise<ProofProxy>;
  /** Starts the broker, which then runs until it is told to stop; false if it could not, after it has said why. */
  readonly startBroker: (env: Readonly<Record<string, string | undefined>>) => Promise<boolean>;
  /** Serves the tools of the grant behind `access` on standard input and output until the input ends; children's tokens go to `tokenFolder`. */
  readonly serveMcp: (access: Access, tokenFolder: string | null) => Promise<void>;
  /** Verifies the ledger of a data folder without changing it; fails with a sentence when there is nothing to verify. */
  readonly verifyLedger: (dataDir: string) => Promise<Result<FileReport, string>>;
  /** Verifies an exported journal offline; fails with the first fault. */
  readonly verifyExport: (
    files: ExportFiles,
  ) => Promise<Result<ExportReport, { readonly seq: number | null; readonly problem: string }>>;
  /** How a call was allowed, from an exported journal, offline; fails with a sentence. */
  readonly graphOfExport: (file: string, callId: string) => Promise<Result<CallGraph, string>>;
  /** What an exported journal says of calls, in the claims of receipts; fails with a sentence. */
  readonly claimsOfExport: (
    file: string,
    callIds: readonly string[],
  ) => Promise<Result<ClaimsInJournal, string>>;
  /** Moves a data folder's database to PostgreSQL and verifies it there; fails with a sentence that does not hold the url. */
  readonly migrate: (dataDir: string, url: string) => Promise<Result<MigrateReport, string>>;
  /** Copies a data folder's database into a new file; fails with a sentence. */
  readonly backUp: (dataDir: string, file: string) => Promise<Result<BackupReport, string>>;
  /** Puts a new master key into a data folder and waits until a running broker has taken it up; fails with a sentence. */
  readonly rotateMasterKey: (dataDir: string) => Promise<Result<RotationState, string>>;
  /** Makes a data folder of a backup, unless what it returns names faults; fails with a sentence. */
  readonly restore: (file: string, dataDir: string) => Promise<Result<FileReport, string>>;
}
