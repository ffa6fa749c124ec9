// Server-sent events as the providers write them.

/** One event: its name if it has one, and its data as JSON (a string goes as it is). */
export function sseEvent(data: unknown, event?: string, newline = '\n'): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}${newline}`}data: ${text}${newline}${newline}`;
}
