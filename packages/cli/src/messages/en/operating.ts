// Words about starting a broker and looking after its data.

/** English. */
export const operating = {};
