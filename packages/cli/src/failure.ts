// What a command may end in. Expected failures travel as values of this type and become one line on stderr and an exit code, nowhere else.

import { type ErrorCode, fail } from '@valetkey/core';
import { en } from './messages/en.ts';
import { type Messages, t } from './messages/messages.ts';

/** The documented exit codes. A code never changes its meaning: scripts branch on it. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  loginNeeded: 4,
  budgetRefused: 5,
  notGranted: 6,
  interrupted: 130,
} as const;

/** One of the documented exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Why a command ended without doing its work. */
export interface Failure {
  /** One of the documented codes, or that of a program that was run. */
  readonly exitCode: number;
  /** One line: what happened and what to do about it; empty where a program that was run has said it. MUST NOT contain a secret. */
  readonly message: string;
  /** The same in English, where a result may hold it, which programs read. */
  readonly plain?: string;
  /** The server's error code, where the server refused. */
  readonly code?: ErrorCode | (string & {});
}

/** A failure that is nobody's wrong command line. */
export const failWith = (message: string, exitCode: number = EXIT.error) =>
  fail<Failure>({ exitCode, message });

/** A failure in our own words that a result may hold. */
export const failSaying = (say: (words: Messages) => string, exitCode: number = EXIT.error) =>
  fail<Failure>({ exitCode, message: say(t), plain: say(en) });

/** The command line cannot be understood; `message` says what would be. */
export const usageError = (message: string) => failWith(message, EXIT.usage);
