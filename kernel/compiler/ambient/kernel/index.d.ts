// What every cell has in scope, beside the magics' functions (generated from the catalogue).
// The cells' compiler is TypeScript 5.0: no newer syntax here.

/// <reference path="./magics.d.ts" />

interface DisplayOptions {
  /** The value is a MIME bundle itself. */
  raw?: boolean;
  /** A name by which it can be shown anew. */
  displayId?: string;
  /** Replaces what was shown under `displayId`. */
  update?: boolean;
  metadata?: Record<string, unknown>;
}

interface ProgressLine {
  /** Shown at once at first, then at most four times a second. */
  update(progress: { stage: string; done: number; total: number; note?: string; memory?: number }): void;
  /** Replaces the line by a summary. */
  finish(summary?: string): void;
}

interface Display {
  /** Shows a value: a table, a plot, a MIME bundle ({raw: true}), or any object as text. */
  (value: unknown, options?: DisplayOptions): void;
  /** One live line below the cell, for long work. */
  progress(): ProgressLine;
  /** The same values, with a live line that counts them: for (const x of display.progress(list)) … */
  progress<T>(values: Iterable<T>, options?: { total?: number; stage?: string }): Iterable<T>;
  progress<T>(values: AsyncIterable<T>, options?: { total?: number; stage?: string }): AsyncIterable<T>;
}

declare const display: Display;

/** Removes what the cell has shown; with `wait`, when something new is shown. */
declare function clearOutput(options?: { wait?: boolean }): void;

/** Asks the person at the notebook for a line of text. */
declare function input(prompt?: string, options?: { password?: boolean }): Promise<string>;

/** Fires when the running cell is interrupted. */
declare function abortSignal(): AbortSignal;
