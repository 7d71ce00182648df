import type { ChosenRows } from "../../analysis/index.js";
import { numbersOf, recordTexts, type RecordTexts, textsOf } from "../../study/index.js";
import { CodedColumn } from "./coded-column.js";
import { LazyColumn } from "./lazy-column.js";
import { numberColumn, NumberColumn } from "./number-column.js";

/** Rows of several files, one file after the other. */
export interface Gathered {
  readonly parts: readonly ChosenRows[];
  /** Rows together. */
  readonly total: number;
}

/** The rows of these parts. */
export const gathered = (parts: readonly ChosenRows[]): Gathered => ({
  parts,
  total: parts.reduce((sum, { rows }) => sum + rows.length, 0),
});

/** A text column of all parts, its values numbered anew. */
export function gatherTexts({ parts, total }: Gathered, name: string): CodedColumn<string | null> {
  const codeOf = new Map<string | null, number>();
  const codes = new Uint32Array(total);
  let at = 0;
  for (const { columns, rows } of parts) {
    const column = textsOf(columns, name);
    const known = new Int32Array(column.values.length).fill(-1);
    for (const row of rows) {
      const own = column.codes[row];
      if (known[own] < 0) known[own] = codeFor(codeOf, column.values[own]);
      codes[at++] = known[own];
    }
  }
  return new CodedColumn([...codeOf.keys()], codes);
}

function codeFor(codeOf: Map<string | null, number>, value: string | null): number {
  const known = codeOf.get(value);
  if (known !== undefined) return known;
  codeOf.set(value, codeOf.size);
  return codeOf.size - 1;
}

/** A number column of all parts; typed array where no row is null. */
export function gatherNumbers({ parts, total }: Gathered, name: string): Float64Array | NumberColumn {
  const data = new Float64Array(total);
  let at = 0;
  for (const { columns, rows } of parts) {
    const column = numbersOf(columns, name);
    for (const row of rows) data[at++] = column[row];
  }
  return numberColumn(data);
}

/** Codes of which part a row is of. @returns [total] */
export function gatherParts({ parts, total }: Gathered): Uint32Array {
  const codes = new Uint32Array(total);
  let at = 0;
  for (const [part, { rows }] of parts.entries()) codes.fill(part, at, (at += rows.length));
  return codes;
}

/** The prompts and the answers, read from the files when looked at. @param partOf `gatherParts` */
export function gatherLazily({ parts, total }: Gathered, partOf: Uint32Array): Readonly<Record<keyof RecordTexts, LazyColumn>> {
  const starts = parts.map((_, part) => parts.slice(0, part).reduce((sum, { rows }) => sum + rows.length, 0));
  const readers = parts.map(({ columns }) => recordTexts(columns));
  const texts = (row: number): RecordTexts => readers[partOf[row]](parts[partOf[row]].rows[row - starts[partOf[row]]]);
  return {
    prompt: new LazyColumn(total, (row) => texts(row).prompt),
    output: new LazyColumn(total, (row) => texts(row).output),
  };
}
