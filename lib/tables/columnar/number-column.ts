/** Numbers, some of which are null: NaN in `data`, which no record holds. */
export class NumberColumn {
  readonly data: Float64Array;

  constructor(data: Float64Array) {
    this.data = data;
  }

  get length(): number {
    return this.data.length;
  }

  at(row: number): number | null {
    const value = this.data[row];
    return Number.isNaN(value) ? null : value;
  }

  *[Symbol.iterator](): Generator<number | null> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}

/** The array itself where no row is null. */
export const numberColumn = (data: Float64Array): Float64Array | NumberColumn =>
  data.some(Number.isNaN) ? new NumberColumn(data) : data;
