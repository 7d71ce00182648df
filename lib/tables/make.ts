import type { ColumnTable } from "arquero";

import type { Cell } from "./columns.js";

/** An Arquero table; named here, so that only this folder knows the package. */
export type Table = ColumnTable;

/** A row by column name. */
export type Row = Readonly<Record<string, Cell>>;

/** Rows as an Arquero table with these columns in this order, also where there is no row; what a row lacks is null. */
export async function makeTable(names: readonly string[], rows: readonly Row[]): Promise<ColumnTable> {
  const { table } = await import("arquero");
  return table(
    names.map((name): [string, Cell[]] => [name, rows.map((row) => row[name] ?? null)]),
    [...names],
  );
}
