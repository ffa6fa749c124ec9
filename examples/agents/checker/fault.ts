// What the checker throws: the first thing that does not hold, and where.

/** A sentence about the evidence that is not true. */
export class Fault extends Error {}

/** Throws unless it holds. */
export function must(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new Fault(problem);
}

/** The value of a JSON text; `what` is what it is of. */
export function jsonOf<Value>(text: string, what: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(`${what} is not JSON`);
  }
}

/** The value, which has to be there. */
export function known<Value>(value: Value | undefined, problem: string): Value {
  must(value !== undefined, problem);
  return value;
}
