import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { ColumnTable } from "arquero";

import { InputError } from "../../core/errors.js";
import { columnOf } from "../columns.js";

/** Loaded with the first query: 70 MB, and optional. */
type Library = typeof import("@duckdb/node-api");

/** What a database in memory may do beside computing. */
export interface DatabaseOptions {
  /** Reading and writing files, for our own statements only: never for a notebook's. */
  readonly files: boolean;
}

/** A database in memory, for as long as `use` takes. @throws InputError where DuckDB is not installed */
export async function withDatabase<T>(
  { files }: DatabaseOptions,
  use: (connection: DuckDBConnection, library: Library) => Promise<T>,
): Promise<T> {
  const library = await loadDuckDB();
  const instance = await library.DuckDBInstance.create(":memory:", {
    enable_external_access: String(files),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: "4GB",
    lock_configuration: "true",
  });
  try {
    const connection = await instance.connect();
    try {
      return await use(connection, library);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

async function loadDuckDB(): Promise<Library> {
  try {
    return await import("@duckdb/node-api");
  } catch {
    throw new InputError({
      where: "SQL and Parquet",
      found: "no DuckDB in this installation",
      expected: "the package @duckdb/node-api",
      remedy: "npm install @duckdb/node-api in touchstone's folder",
    });
  }
}

/** Rows of a chunk, DuckDB's own number. */
const CHUNK = 2048;

/** Puts an Arquero table into the database; names that differ only in case get a number, as SQL takes them for one. */
export async function putTable(
  { connection, library }: { readonly connection: DuckDBConnection; readonly library: Library },
  name: string,
  table: ColumnTable,
): Promise<void> {
  const whole = table.reify();
  const names = whole.columnNames();
  const columns = names.map((column) => sqlColumn(library, whole, column));
  const declared = distinctNames(names).map((column, i) => `${quoted(column)} ${String(columns[i].type)}`);
  await connection.run(`CREATE TABLE ${quoted(name)} (${declared.join(", ")})`);
  const appender = await connection.createAppender(name);
  for (let from = 0; from < whole.numRows(); from += CHUNK) {
    const rows = Math.min(CHUNK, whole.numRows() - from);
    const chunk = library.DuckDBDataChunk.create(
      columns.map(({ type }) => type),
      rows,
    );
    chunk.setColumns(columns.map(({ at }) => Array.from({ length: rows }, (_, i) => at(from + i))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

interface SqlColumn {
  readonly type: DuckDBType;
  readonly at: (row: number) => DuckDBValue;
}

/** Numbers, flags, or else texts; a column without values is what its declaration says. */
function sqlColumn({ DOUBLE, BOOLEAN, VARCHAR }: Library, table: ColumnTable, name: string): SqlColumn {
  const get = (row: number): unknown => {
    const value: unknown = table.get(name, row);
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  const kinds = new Set<string>();
  for (let row = 0; row < table.numRows() && !kinds.has("string"); row++) {
    const value = get(row);
    if (value !== null) kinds.add(typeof value);
  }
  const declared = { number: "number", flag: "boolean", text: "string" }[columnOf(name)?.type ?? "text"];
  const [kind = declared] = kinds;
  if (kinds.size < 2 && kind === "number") return { type: DOUBLE, at: (row) => numberOrNull(get(row)) };
  if (kinds.size < 2 && kind === "boolean") return { type: BOOLEAN, at: (row) => flagOrNull(get(row)) };
  return { type: VARCHAR, at: (row) => textOrNull(get(row)) };
}

const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);
const flagOrNull = (value: unknown): boolean | null => (typeof value === "boolean" ? value : null);
const textOrNull = (value: unknown): string | null =>
  value === null ? null : typeof value === "string" ? value : JSON.stringify(value);

function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name}_${number}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

/** A name in SQL. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
