import type { Program } from "../link.js";

/** A cell while it runs. */
export interface RunningCell {
  readonly cell: number;
  readonly allowStdin: boolean;
  readonly abort: AbortController;
  /** What is to be done when it ends, however it ends. */
  readonly atEnd: (() => void)[];
  /** Ends the cell with an error, whatever its code still does. */
  readonly reject: (error: Error) => void;
}

/** Which cell's code is running: output, timers and errors belong to it. */
export interface Cells {
  /** The running cell; between cells, undefined. */
  running: RunningCell | undefined;
  /** The cell that output belongs to just now; 0 before the first. */
  current: number;
  /** Cells that were interrupted: their timers don't fire any more. */
  readonly interrupted: Set<number>;
  /** Calls of our own library that are under way, each by a token of its own. */
  readonly libraryCalls: Set<symbol>;
  /** The programs that ran last, oldest first, for the positions in errors. */
  readonly programs: Map<number, Program>;
}

/** Before the first cell. */
export const createCells = (): Cells => ({
  running: undefined,
  current: 0,
  interrupted: new Set(),
  libraryCalls: new Set(),
  programs: new Map(),
});

/** Programs that are kept: a session of thousands of cells must not grow by every one of them. */
const MOST_PROGRAMS = 500;

/** Keeps a program for the positions in errors, and lets go of the oldest beyond the last 500. */
export function keepProgram({ programs }: Cells, program: Program): void {
  programs.set(program.cell, program);
  for (const cell of programs.keys()) {
    if (programs.size <= MOST_PROGRAMS) return;
    programs.delete(cell);
  }
}

/** Runs a callback as part of a cell. */
export function withinCell<T>(cells: Cells, cell: number, callback: () => T): T {
  const before = cells.current;
  cells.current = cell;
  try {
    return callback();
  } finally {
    cells.current = cells.running?.cell ?? before;
  }
}
