import type { MimeBundle } from "../link.js";
import type { Session } from "./session.js";

/** How far a magic's work is; shown on its live line. */
export interface LiveProgress {
  /** "compress", "answer". */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** What is under way just now. */
  readonly note?: string;
  /** Peak memory so far, in bytes. */
  readonly memory?: number;
}

/** One line below the cell that follows long work; its last text stays in the notebook. */
export interface LiveLine {
  /** Shown at once at first, then at most four times a second. */
  readonly update: (progress: LiveProgress) => void;
  /** Replaces the line by a summary; without one, the line says what was done. */
  readonly finish: (summary?: string) => void;
}

/** How a value is shown. */
export interface DisplayOptions {
  /** The value is a MIME bundle itself. */
  readonly raw?: boolean;
  /** A name by which it can be shown anew. */
  readonly displayId?: string;
  /** Replaces what was shown under `displayId`. */
  readonly update?: boolean;
  readonly metadata?: MimeBundle;
}

/** What magics say about magics. */
export interface Guide {
  /** Every magic in a line. */
  readonly overview: () => string;
  /** How each is written. */
  readonly usages: () => string;
  /** Everything about one. @throws InputError with the nearest names */
  readonly about: (name: string) => string;
}

/** What a magic's body may use. */
export interface MagicContext {
  readonly session: Session;
  /** Fires when the cell is interrupted; the body has a second to end by itself. */
  readonly signal: AbortSignal;
  readonly live: LiveLine;
  readonly display: (value: unknown, options?: DisplayOptions) => void;
  readonly guide: Guide;
  /** A cell magic's text; a text magic's with "?" for each value in braces; empty for line magics. */
  readonly text: string;
  /** The values in a text magic's braces. */
  readonly values: readonly unknown[];
  /** What earlier cells declared. */
  readonly variables: () => Readonly<Record<string, unknown>>;
  /** Drops it all. */
  readonly forget: () => void;
  /** Gets all that the cell's code prints from now on, shown or not. */
  readonly record: (write: (text: string) => void) => void;
  /** What child processes and native code of this cell write past its streams is appended to that file. */
  readonly capture: (file: string) => void;
  /** Called when the cell ends, however it ends. */
  readonly atEnd: (action: () => void) => void;
}
