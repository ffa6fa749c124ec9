// The only place that knows the broker. It is loaded when asked for: every other command starts without it.

/** Runs the broker in this process; false if it could not start, after it has said why. */
export async function startBroker(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const { main } = await import('@valetkey/broker');
  // Ctrl-C is the broker's from here on: it has calls to bring to an end.
  process.removeAllListeners('SIGINT');
  return (await main(env)) !== null;
}
