// The only place that knows the broker. It is loaded when asked for: every other command starts without it.

/** The broker's entry: listens and resolves when it has shut down, or as soon as it listens. */
type Main = (env: Readonly<Record<string, string | undefined>>) => Promise<unknown>;

/** Runs the broker in this process. Ctrl-C is the broker's from here on: it has calls to bring to an end. */
export async function startBroker(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const name: string = '@valetkey/broker';
  const { main }: { main: Main } = await import(name);
  process.removeAllListeners('SIGINT');
  await main(env);
}
