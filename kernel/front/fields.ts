/** A JSON object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field as text, or the fallback if it is absent or something else. */
export function textOf(fields: Fields, name: string, fallback = ""): string {
  const value = fields[name];
  return typeof value === "string" ? value : fallback;
}

/** The field as a boolean, or the fallback. */
export function flagOf(fields: Fields, name: string, fallback: boolean): boolean {
  const value = fields[name];
  return typeof value === "boolean" ? value : fallback;
}

/** The field as an integer, or the fallback. */
export function integerOf<T extends number | null>(fields: Fields, name: string, fallback: T): number | T {
  const value = fields[name];
  return typeof value === "number" && Number.isInteger(value) ? value : fallback;
}

/** The field as an object, or an empty one. */
export function fieldsOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}
