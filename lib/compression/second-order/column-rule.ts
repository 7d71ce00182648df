/** Weights are walked in columns of `TILE` rows at a time, and stored with rows filled up to a multiple of it. */
export const TILE = 4;

/** Columns that are compensated for together, before any of them is decided. */
export interface ColumnBlock {
  /** First column, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** Rows filled up to a multiple of `TILE`, the added ones with zeros. */
  readonly stride: number;
  /** [reach − first, stride] the weights as all columns before `first` have left them */
  readonly weights: Float32Array;
}

/** What a method does with compensated weights. Columns count in the order in which they are walked. */
export interface ColumnRule {
  /** Columns a block: 128 in the authors' code. */
  readonly blockColumns: number;
  /** Columns whose weights are seen together by `choose`: m of n:m; 1 for none. */
  readonly together: number;
  /** The column behind the last that `begin` wants to see; at least `end`. */
  reach(first: number, end: number): number;
  begin(block: ColumnBlock): void;
  /** Before the first of `together` columns; `weights` [together, TILE] hold theirs, of the rows from `row` on. */
  choose(column: number, row: number, weights: Float64Array): void;
  /** Replaces the compensated weights [TILE] of a column, rows from `row` on, by what is left of them. */
  keepInto(weights: Float64Array, column: number, row: number): void;
}

/** Rows of a matrix as they are stored for the walk. */
export const strideOf = (rows: number): number => TILE * Math.ceil(rows / TILE);
