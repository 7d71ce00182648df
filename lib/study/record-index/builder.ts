import type { ItemRecord } from "../record.js";
import {
  type CodedTexts,
  labelField,
  NUMBER_FIELDS,
  numbersOf,
  type RecordColumns,
  sliceField,
  TEXT_FIELDS,
  textsOf,
  WHOLE_FIELDS,
  wholesOf,
} from "./columns.js";

/** Where a record's line stands in its file. */
export interface Line {
  /** In bytes. */
  readonly offset: number;
  /** Without the line end. */
  readonly bytes: number;
  /** CRC-32 of these bytes. */
  readonly check: number;
}

/** Makes the columns of a file of records, one record after the other. */
export class ColumnsBuilder {
  readonly #file: Pick<RecordColumns, "path" | "variant" | "dimension">;
  readonly #texts = new Map<string, GrowingTexts>();
  readonly #numbers = new Map<string, GrowingNumbers>();
  readonly #wholes = new Map<string, GrowingWholes>();
  readonly #places = new Map<string, number>();
  #rows = 0;

  /** @param begun columns to go on from; they stay as they are */
  constructor(file: Pick<RecordColumns, "path" | "variant" | "dimension">, begun?: RecordColumns) {
    const { path, variant, dimension } = file;
    this.#file = { path, variant, dimension };
    if (begun !== undefined) this.#goOn(begun);
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  add(record: ItemRecord, { offset, bytes, check }: Line): void {
    const row = this.#rows++;
    const { generation, judgement, slices, labels, repeat, decodingSeed } = record;
    const texts = { ...record, judge: judgement?.judge ?? null };
    for (const name of TEXT_FIELDS) this.#text(name).set(row, texts[name]);
    for (const [name, value] of Object.entries(slices)) this.#text(sliceField(name)).set(row, value);
    for (const { scorer, official, state, value } of labels.toReversed()) {
      this.#text(labelField(scorer, "official")).set(row, official); // of two labels of one scorer the first counts
      this.#text(labelField(scorer, "state")).set(row, state);
      this.#number(labelField(scorer, "value")).set(row, value ?? NaN);
    }
    const { outputTokens, seconds } = generation;
    const numbers = { repeat, decodingSeed: decodingSeed ?? NaN, outputTokens, seconds, offset };
    for (const name of NUMBER_FIELDS) this.#number(name).set(row, numbers[name]);
    const wholes = { place: this.#placeOf(row), bytes, check };
    for (const name of WHOLE_FIELDS) this.#whole(name).set(row, wholes[name]);
  }

  columns(): RecordColumns {
    const rows = this.#rows;
    const finished = <T>(columns: ReadonlyMap<string, { finish(rows: number): T }>): Map<string, T> =>
      new Map([...columns].map(([name, column]) => [name, column.finish(rows)]));
    return {
      ...this.#file,
      rows,
      ...{ texts: finished(this.#texts), numbers: finished(this.#numbers), wholes: finished(this.#wholes) },
    };
  }

  #text = (name: string): GrowingTexts => entry(this.#texts, name, () => new GrowingTexts());
  #number = (name: string): GrowingNumbers => entry(this.#numbers, name, () => new GrowingNumbers());
  #whole = (name: string): GrowingWholes => entry(this.#wholes, name, () => new GrowingWholes());

  /** What makes two records answers to one question: `latest` in labelled.ts; variant and dimension are the file's. */
  #placeOf(row: number): number {
    const codes = ["suite", "settings", "task", "item"].map((name) => this.#text(name).codeAt(row));
    const numbers = ["repeat", "decodingSeed"].map((name) => this.#number(name).at(row));
    return entry(this.#places, [...codes, ...numbers].join(), () => this.#places.size);
  }

  #goOn(begun: RecordColumns): void {
    for (const name of begun.texts.keys()) this.#texts.set(name, new GrowingTexts(textsOf(begun, name)));
    for (const name of begun.numbers.keys()) this.#numbers.set(name, new GrowingNumbers(numbersOf(begun, name)));
    for (const name of WHOLE_FIELDS) this.#wholes.set(name, new GrowingWholes(wholesOf(begun, name)));
    for (this.#rows = 0; this.#rows < begun.rows; this.#rows++) this.#placeOf(this.#rows);
  }
}

function entry<T>(map: Map<string, T>, name: string, make: () => T): T {
  const known = map.get(name);
  if (known !== undefined) return known;
  const made = make();
  map.set(name, made);
  return made;
}

const FIRST_ROWS = 1024;

/** Room for more rows than there are; what was never set is 0. */
class GrowingWholes {
  #data: Uint32Array;
  constructor(begun: Uint32Array = new Uint32Array(FIRST_ROWS)) {
    this.#data = begun.slice();
  }
  set(row: number, value: number): void {
    if (row >= this.#data.length) this.#data = grown(this.#data, new Uint32Array(lengthFor(row)));
    this.#data[row] = value;
  }
  at = (row: number): number => (row < this.#data.length ? this.#data[row] : 0);
  finish = (rows: number): Uint32Array => grown(this.#data.subarray(0, rows), new Uint32Array(rows));
}

/** What was never set is NaN. */
class GrowingNumbers {
  #data: Float64Array;
  constructor(begun: Float64Array = new Float64Array(FIRST_ROWS).fill(NaN)) {
    this.#data = begun.slice();
  }
  set(row: number, value: number): void {
    if (row >= this.#data.length) this.#data = grown(this.#data, new Float64Array(lengthFor(row)).fill(NaN));
    this.#data[row] = value;
  }
  at = (row: number): number => (row < this.#data.length ? this.#data[row] : NaN);
  finish = (rows: number): Float64Array => grown(this.#data.subarray(0, rows), new Float64Array(rows).fill(NaN));
}

/** What was never set is null. */
class GrowingTexts {
  readonly #values: (string | null)[];
  readonly #codeOf: Map<string | null, number>;
  readonly #codes: GrowingWholes;
  constructor({ values, codes }: CodedTexts = { values: [null], codes: new Uint32Array(FIRST_ROWS) }) {
    this.#values = [...values];
    this.#codeOf = new Map(values.map((value, code) => [value, code]));
    this.#codes = new GrowingWholes(codes);
  }
  set(row: number, value: string | null): void {
    const known = this.#codeOf.get(value);
    const code = known ?? this.#values.push(value) - 1;
    if (known === undefined) this.#codeOf.set(value, code);
    this.#codes.set(row, code);
  }
  codeAt = (row: number): number => this.#codes.at(row);
  finish = (rows: number): CodedTexts => ({ values: this.#values, codes: this.#codes.finish(rows) });
}

const lengthFor = (row: number): number => Math.max(FIRST_ROWS, 2 * (row + 1));

function grown<T extends Uint32Array | Float64Array>(data: T, larger: T): T {
  larger.set(data);
  return larger;
}
