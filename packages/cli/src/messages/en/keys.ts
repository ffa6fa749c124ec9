// Words about provider keys.

const draw = (grants: number): string => (grants === 1 ? 'one grant draws' : `${grants} grants draw`);

/** English. */
export const keys = {
  readKey: {
    missing: (command: string) => `No key came in. Write it to standard input: ${command} < key.txt`,
    malformed: 'A key is one line without spaces; give only the key itself',
  },
  keysAdd: {
    summary: 'Seal a provider key in the vault; the key is read from standard input',
    label: 'how you call this key, if you have several',
    prompt: (provider: string) => `API key for ${provider}`,
    unknownProvider: (names: string) => `There is no provider of that name here. Choose one of: ${names}.`,
    done: (provider: string, id: string) =>
      `Sealed the key for ${provider}. Try it with: valetkey keys test ${id}`,
  },
  keysList: {
    summary: 'List the provider keys in the vault',
    empty: 'No provider keys yet. Add one: valetkey keys add openai < key.txt',
  },
  keysRm: {
    summary: 'Remove a provider key from the vault',
    revokeGrants: 'also revoke every grant that draws on it',
    inUse:
      'Apps draw on this key (see: valetkey apps list). To revoke them together with the key, add --revoke-grants.',
    done: 'Removed the key.',
  },
  keysRotate: {
    summary: 'Replace a provider key in place; the new one is read from standard input',
    prompt: (id: string) => `New API key in place of ${id}`,
    done: (provider: string, grants: number, id: string) =>
      `Replaced the key for ${provider}; ${draw(grants)} on it. Try it with: valetkey keys test ${id}, then end the old one at ${provider}.`,
  },
  keysTest: {
    summary: 'Ask the provider whether a key works; exit code 1 if it does not',
    works: (ok: boolean) => (ok ? 'yes' : 'no'),
    refused: (message: string) => `The key does not work: ${message}`,
  },
};
