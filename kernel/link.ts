/** The contract between the kernel's parts: what front, compiler and runner say to one another. Types only, and plain data. */

/** MIME type to content; JSON-safe. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** One replaced stretch of a cell's text: [from, to) became [newFrom, newTo). */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/** A cell as it was written and as the compiler read it, with the way back. */
export interface CellText {
  readonly source: string;
  readonly translated: string;
  readonly edits: readonly Edit[];
}

/** JavaScript of a local .ts or .js file that a cell imports; CommonJS. */
export interface SideFile {
  readonly path: string;
  readonly output: string;
  /** Specifiers that its code imports. */
  readonly imports: readonly string[];
}

/** A cell, ready to run. */
export interface Program {
  readonly cell: number;
  /** The number that the notebook shows beside it. */
  readonly count: number;
  readonly text: CellText;
  /** CommonJS JavaScript; the body of an async function of `exports`, `require` and `__import`. */
  readonly output: string;
  /** Source map (JSON) from TypeScript to the ES module, and from that to `output`. */
  readonly maps: readonly string[];
  /** The export that holds the last expression's value. */
  readonly lastValue: string | null;
  readonly imports: readonly string[];
  /** Local files that the runner does not have yet. */
  readonly sideFiles: readonly SideFile[];
}

/** An error as a frontend shows it. */
export interface Failure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Front to compiler. */
export type CompilerAsk =
  | { readonly kind: "convert"; readonly cell: number; readonly count: number; readonly code: string }
  | { readonly kind: "commit"; readonly cell: number }
  | { readonly kind: "reset" }
  | { readonly kind: "isComplete"; readonly code: string }
  | { readonly kind: "complete"; readonly code: string; readonly cursor: number }
  | { readonly kind: "inspect"; readonly code: string; readonly cursor: number; readonly detail: number };

/** One completion. */
export interface Match {
  readonly text: string;
  /** "function", "const", "magic", "option", … */
  readonly type: string;
}

/** Compiler to front. All offsets are UTF-16 units of the cell's own text. */
export type CompilerAnswer =
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "page"; readonly text: string }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "done" }
  | { readonly kind: "completeness"; readonly status: "complete" | "incomplete" | "invalid"; readonly indent: string }
  | { readonly kind: "matches"; readonly matches: readonly Match[]; readonly start: number; readonly end: number }
  | {
      /** The values of a magic's parameter are known to the runner only. */
      readonly kind: "values";
      readonly magic: string;
      readonly parameter: string;
      readonly prefix: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "inspection"; readonly found: boolean; readonly data: MimeBundle };

/** Front to runner. */
export type RunnerOrder =
  | { readonly kind: "run"; readonly program: Program; readonly allowStdin: boolean }
  | { readonly kind: "interrupt"; readonly number: number }
  | { readonly kind: "values"; readonly id: number; readonly magic: string; readonly parameter: string }
  | { readonly kind: "input"; readonly id: number; readonly value: string };

/** What a cell shows. */
export type Output =
  | { readonly kind: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly kind: "display";
      readonly update: boolean;
      readonly displayId: string | null;
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
    }
  | { readonly kind: "clear"; readonly wait: boolean };

/** How a cell ended. */
export type Outcome =
  | { readonly status: "ok"; readonly result: { readonly data: MimeBundle; readonly metadata: MimeBundle } | null }
  | ({ readonly status: "error" } & Failure);

/** Runner to front. */
export type RunnerReport =
  | { readonly kind: "ready" }
  | { readonly kind: "output"; readonly cell: number; readonly output: Output }
  | { readonly kind: "finished"; readonly cell: number; readonly outcome: Outcome }
  | { readonly kind: "interrupted" }
  /** What native code and child processes of the cell write is to be appended to that file too. */
  | { readonly kind: "capture"; readonly cell: number; readonly file: string }
  /** The variables of all cells are gone. */
  | { readonly kind: "forgotten" }
  | { readonly kind: "library"; readonly running: boolean }
  | { readonly kind: "values"; readonly id: number; readonly values: readonly string[] }
  | { readonly kind: "input"; readonly id: number; readonly cell: number; readonly prompt: string; readonly password: boolean };
