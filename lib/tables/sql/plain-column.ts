/**
 * A column of a query's result in plain values: numbers, texts, flags, null. Whole numbers and decimals become numbers if the whole
 * column can be held exactly (up to 2^53, 15 digits), else they are texts with all their digits; dates, lists and the like are texts.
 */
export function plainColumn(values: readonly unknown[]): (string | number | boolean | null)[] {
  const exact = values.every(isExact);
  return values.map((value) => plainValue(value, exact));
}

function plainValue(value: unknown, exact: boolean): string | number | boolean | null {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  const text = textOf(value);
  return isWideNumber(value) && exact ? Number(text) : text;
}

/** DuckDB's values write themselves as SQL does. */
const textOf = (value: unknown): string => (typeof value === "object" && value !== null ? writtenBy(value) : String(value));
const writtenBy = (value: { toString(): string }): string => value.toString();

/** DuckDB's whole numbers of 64 and 128 bits, and its decimals. */
const isWideNumber = (value: unknown): boolean =>
  typeof value === "bigint" || (typeof value === "object" && value !== null && "scale" in value && "width" in value);

const isExact = (value: unknown): boolean =>
  !isWideNumber(value) ||
  (typeof value === "bigint" ? Number.isSafeInteger(Number(value)) : textOf(value).replace(/^-?[0.]*|\./g, "").length <= 15);
