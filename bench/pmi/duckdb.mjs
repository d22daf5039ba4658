/** The same counts in DuckDB's SQL, from the table (document, position, id). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export async function openDuckDb(folder, stream, documents) {
  const file = join(folder, 'tokens.csv');
  const rows = [];
  for (let at = 0; at < stream.length; at++) rows.push(`${documents[at]},${at},${stream[at]}`);
  writeFileSync(file, `document,position,id\n${rows.join('\n')}\n`);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `CREATE TABLE tokens AS SELECT * FROM read_csv('${file}', columns = {'document': 'UINTEGER', 'position': 'UINTEGER', 'id': 'UINTEGER'})`,
  );
  return connection;
}

/** Counts into tables `counts1` … `counts5`. */
export async function countInDuckDb(connection, minimum) {
  const columns = Array.from({ length: 4 }, (_, i) => `lead(id, ${i + 1}) OVER w AS w${i + 2}`);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE grams AS SELECT id AS w1, ${columns.join(', ')} FROM tokens WINDOW w AS (PARTITION BY document ORDER BY position)`,
  );
  for (let n = 1; n <= 5; n++) {
    const words = wordsOf(n);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE counts${n} AS SELECT ${words}, count(*)::INTEGER AS count FROM grams WHERE w${n} IS NOT NULL GROUP BY ${words} HAVING count(*) >= ${minimum}`,
    );
  }
}

const wordsOf = (n) => Array.from({ length: n }, (_, i) => `w${i + 1}`).join(', ');

/** What was counted: by length, a map of ids joined by spaces to counts. */
export async function readCounts(connection) {
  const results = [];
  for (let n = 1; n <= 5; n++) {
    const rows = (await connection.runAndReadAll(`SELECT * FROM counts${n}`)).getRows();
    results.push(new Map(rows.map((row) => [row.slice(0, -1).join(' '), row.at(-1)])));
  }
  return results;
}
