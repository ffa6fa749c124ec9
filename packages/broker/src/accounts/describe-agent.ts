// Says in a word which program a session belongs to, from what it said of itself: for people, decides nothing.

const BROWSERS: Readonly<Record<string, string>> = {
  Edg: 'Edge',
  OPR: 'Opera',
  Firefox: 'Firefox',
  Chrome: 'Chrome',
  Safari: 'Safari',
};

/** `Firefox`, or the first word of a `User-Agent`; null without one. */
export const describeAgent = (agent: string | null | undefined): string | null => {
  if (!agent) return null;
  const browser = Object.keys(BROWSERS).find((name) => agent.includes(`${name}/`));
  return browser ? (BROWSERS[browser] ?? browser) : agent.split(/[ /]/, 1)[0]!.slice(0, 40);
};
