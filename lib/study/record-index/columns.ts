/** Texts of rows by code: row i holds `values[codes[i]]`; code 0 is null. */
export interface CodedTexts {
  readonly values: readonly (string | null)[];
  readonly codes: Uint32Array;
}

/** Text fields of a record that an index holds, beside the slices and labels. */
export const TEXT_FIELDS = [
  ...(["task", "item", "cluster", "stratum", "suite", "settings", "judge"] as const),
  ...(["template", "precision", "backend"] as const),
] as const;

/** Number fields of a record that an index holds, beside the labels' values; NaN is null, as no record holds a NaN. */
export const NUMBER_FIELDS = ["repeat", "decodingSeed", "outputTokens", "seconds", "offset"] as const;

/** Whole numbers below 2^32: which answer a row is of, and the length in bytes and the CRC-32 of its line. */
export const WHOLE_FIELDS = ["place", "bytes", "check"] as const;

/** The name of a slice's text column. */
export const sliceField = (name: string): string => `slice ${name}`;
/** The name of a scorer's column: texts "official" and "state", number "value". */
export const labelField = (scorer: string, part: "official" | "state" | "value"): string => `${part} ${scorer}`;

/**
 * A file of records by columns, R rows, one for each line; prompts and answers stay in the file. Rows of one answer (labelled
 * again, or doubled) share a place; places count from 0 in the order of their first row.
 */
export interface RecordColumns {
  /** The file of records. */
  readonly path: string;
  readonly variant: string;
  readonly dimension: string;
  readonly rows: number;
  readonly texts: ReadonlyMap<string, CodedTexts>;
  /** Each [R]. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Each [R]. */
  readonly wholes: ReadonlyMap<string, Uint32Array>;
}

/** The names of a file's slices. */
export const sliceNames = ({ texts }: RecordColumns): string[] =>
  [...texts.keys()].filter((name) => name.startsWith(sliceField(""))).map((name) => name.slice(sliceField("").length));

/** The column of that name; all null where no row has it. @returns codes [R] */
export const textsOf = ({ texts, rows }: RecordColumns, name: string): CodedTexts =>
  texts.get(name) ?? { values: [null], codes: new Uint32Array(rows) };

/** The column of that name; all NaN where no row has it. @returns [R] */
export const numbersOf = ({ numbers, rows }: RecordColumns, name: string): Float64Array =>
  numbers.get(name) ?? new Float64Array(rows).fill(NaN);

/** The column of that name. @returns [R] */
export const wholesOf = ({ wholes, rows }: RecordColumns, name: (typeof WHOLE_FIELDS)[number]): Uint32Array =>
  wholes.get(name) ?? new Uint32Array(rows);
