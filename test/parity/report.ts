/** One cell of a report: numbers are shown as given, so round them first where that helps. */
export type Cell = string | number | boolean | null;

/** What a parity command found. */
export interface ParityReport {
  /** "parity:compression". */
  readonly command: string;
  /** Rows of the table, all with the same columns. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** The figures for the last line, and for whoever reads it by machine. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** Floors that were missed, in words; none means pass. */
  readonly missed: readonly string[];
}

/**
 * Prints a table, then the floors that were missed, then as the last line one line of JSON with the figures and "pass";
 * sets the exit code 1 where a floor was missed.
 */
export function printReport({ command, rows, figures, missed }: ParityReport): void {
  const pass = missed.length === 0;
  const lines = [
    ...table(rows),
    "",
    ...missed.map((floor) => `missed: ${floor}`),
    pass ? `${command}: pass` : `${command}: FAIL`,
  ];
  console.log(lines.join("\n"));
  console.log(JSON.stringify({ command, ...figures, missed, pass }));
  if (!pass) process.exitCode = 1;
}

/** Runs a parity command; what it throws becomes a failed report, whose last line is still JSON. */
export async function runParity(command: string, find: () => Promise<Omit<ParityReport, "command">>): Promise<void> {
  try {
    printReport({ command, ...(await find()) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    printReport({ command, rows: [], figures: {}, missed: [reason] });
  }
}

/** Columns aligned: numbers to the right, all else to the left. */
export function table(rows: readonly Readonly<Record<string, Cell>>[]): string[] {
  if (rows.length === 0) return [];
  const columns = Object.keys(rows[0]);
  const numeric = columns.map((column) => rows.every((row) => row[column] === null || typeof row[column] === "number"));
  const texts = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_, i) => Math.max(...texts.map((cells) => cells[i].length)));
  const lines = texts.map((cells) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1)];
}

const cellText = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "" : String(cell));
