// Usage: node query.mjs DIRECTORY QUERY.sql
// Runs a query over images.ndjson and report.json of DIRECTORY and prints CSV. The
// exit status is 1, and standard error names the targets, if rows are missing.
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const [directory, queryFile] = process.argv.slice(2);
const query = await readFile(resolve(queryFile), "utf8");
const here = dirname(process.argv[1]);
const sql = (name) => readFile(join(here, name), "utf8");

const instance = await DuckDBInstance.create(":memory:");
const db = await instance.connect();
const schema = await sql("schema.sql");
const incompleteQuery = await sql("incomplete.sql");
process.chdir(directory);
await db.run(schema);

const result = await db.runAndReadAll(query);
// cell is safe in a spreadsheet and on a terminal, whatever an image is called.
const cell = (value) => {
  const text = String(value ?? "")
    .replace(/^[=+\-@]/, "'$&")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
for (const row of [result.columnNames(), ...result.getRowsJson()]) {
  console.log(row.map(cell).join(","));
}

const incomplete = await db.runAndReadAll(incompleteQuery);
for (const [target, kind, reason] of incomplete.getRowsJson()) {
  console.error(`query: ${target} is incomplete: ${kind}: ${reason}`);
  process.exitCode = 1;
}
