// Asks a PostgreSQL from outside of the product, over a connection of its own.

import pg from 'pg';

/** The rows of one statement. Integers of 64 bits come as text. */
export const queryRows = async <Row extends object>(url: string, sql: string): Promise<readonly Row[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};
