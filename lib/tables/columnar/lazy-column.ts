/** A column of texts that are read when they are looked at. */
export class LazyColumn {
  readonly length: number;
  readonly #read: (row: number) => string;

  constructor(length: number, read: (row: number) => string) {
    this.length = length;
    this.#read = read;
  }

  at(row: number): string {
    return this.#read(row);
  }

  *[Symbol.iterator](): Generator<string> {
    for (let row = 0; row < this.length; row++) yield this.#read(row);
  }
}
