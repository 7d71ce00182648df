import type { Cell } from "../columns.js";

/** A column of few different values: row i holds `values[codes[i]]`. Arquero's verbs take it as any column. */
export class CodedColumn<T extends Cell = Cell> {
  readonly values: readonly T[];
  readonly codes: Uint32Array;

  constructor(values: readonly T[], codes: Uint32Array) {
    this.values = values;
    this.codes = codes;
  }

  get length(): number {
    return this.codes.length;
  }

  at(row: number): T {
    return this.values[this.codes[row]];
  }

  *[Symbol.iterator](): Generator<T> {
    for (const code of this.codes) yield this.values[code];
  }

  /** The same rows with each value replaced; codes are shared. */
  map<U extends Cell>(change: (value: T) => U): CodedColumn<U> {
    return new CodedColumn(this.values.map(change), this.codes);
  }
}
