import type { DuckDBConnection, DuckDBResultReader } from "@duckdb/node-api";
import type { ColumnTable } from "arquero";

import { InputError, throwIfInterrupted } from "../../core/errors.js";
import type { Study } from "../../study/index.js";
import { itemsTable } from "../items.js";
import { scoresTable } from "../scores.js";
import { variantsTable } from "../variants.js";
import { putTable, withDatabase } from "./database.js";
import { plainColumn } from "./plain-column.js";

/** What a query may name. */
const TABLES: Readonly<Record<string, (study: Study) => Promise<ColumnTable>>> = {
  answers: (study) => itemsTable(study),
  scores: (study) => scoresTable(study),
  variants: (study) => variantsTable(study),
};

/** The tables of `queryStudy`, by name. */
export const SQL_TABLES: readonly string[] = Object.keys(TABLES);

/** How to ask. */
export interface QueryOptions {
  /** For each `?` of the query. */
  readonly values?: readonly (string | number | boolean | null)[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * `%sql`: one statement of SQL (DuckDB's) over the tables `answers`, `scores` and `variants` of a study. Whole numbers and decimals
 * become numbers where these hold them exactly, else texts. No files, no network, no extensions.
 * @throws InputError with DuckDB's words where the statement is wrong
 */
export async function queryStudy(study: Study, sql: string, { values = [], signal }: QueryOptions = {}): Promise<ColumnTable> {
  throwIfInterrupted(signal);
  const { table } = await import("arquero");
  return withDatabase({ files: false }, async (connection, library) => {
    for (const [name, make] of Object.entries(TABLES))
      if (new RegExp(`\\b${name}\\b`, "i").test(sql)) await putTable({ connection, library }, name, await make(study));
    const reader = await ask(connection, sql, { values, signal });
    throwIfInterrupted(signal);
    const names = reader.deduplicatedColumnNames();
    const columns = reader.getColumns();
    return table(names.map((name, i): [string, unknown[]] => [name, plainColumn(columns[i] ?? [])]));
  });
}

const INTERRUPT_MS = 20;

async function ask(
  connection: DuckDBConnection,
  sql: string,
  { values = [], signal }: QueryOptions,
): Promise<DuckDBResultReader> {
  let repeated: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeated = setInterval(() => connection.interrupt(), INTERRUPT_MS); // one that comes before the statement runs is lost
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    if (sql.replace(/--.*|;/g, "").trim() === "") throw new Error("no statement");
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw new Error(`${statements.count} statements; ask one at a time`);
    const prepared = await statements.prepare(0);
    if (prepared.parameterCount !== values.length)
      throw new Error(`${prepared.parameterCount} places for values, and ${values.length} values`);
    if (values.length > 0) prepared.bind([...values]);
    throwIfInterrupted(signal);
    return await prepared.runAndReadAll();
  } catch (error) {
    throwIfInterrupted(signal);
    throw refused(error);
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearInterval(repeated);
  }
}

function refused(error: unknown): InputError {
  const [first = "", ...rest] = (error instanceof Error ? error.message : String(error)).split(/\n+/);
  const hint = rest.filter((line) => !/^(LINE \d|\s*\^)/.test(line)).join(" ");
  return new InputError({
    where: "SQL",
    found: [first, hint].filter((part) => part !== "").join("; "),
    expected: `one statement over ${SQL_TABLES.join(", ")}`,
    remedy: first.startsWith("Permission")
      ? "files and extensions are out of a query's reach"
      : "DESCRIBE answers lists the columns",
  });
}
