// What the button says. An app may replace each of these, for another language or its own words.

/** Texts; those with a value are functions of it. */
export interface ButtonMessages {
  readonly connect: string;
  readonly address: string;
  readonly addressExample: string;
  readonly waiting: string;
  readonly cancel: string;
  readonly connected: (host: string) => string;
  readonly left: (amount: string) => string;
  readonly noLimit: string;
  readonly manage: string;
  readonly disconnect: string;
  readonly usedUp: string;
  readonly raise: string;
  readonly failed: string;
  readonly retry: string;
}

/** English. */
export const ENGLISH: ButtonMessages = {
  connect: 'Connect your AI',
  address: 'Address of your Valetkey',
  addressExample: 'keys.example.com',
  waiting: 'Waiting for you to decide in the other window.',
  cancel: 'Cancel',
  connected: (host) => `Your AI is connected, by ${host}.`,
  left: (amount) => `${amount} left`,
  noLimit: 'No spending limit',
  manage: 'Manage',
  disconnect: 'Disconnect',
  usedUp: 'The budget of this app is used up.',
  raise: 'Raise it',
  failed: 'That did not work.',
  retry: 'Try again',
};
