/** What went wrong with something a person gave us: which place, what stood there, what would do. */
export interface Finding {
  /** File, field, option, line or offset; as exact as is known. */
  readonly where: string;
  /** What was found there, in words or as a value. */
  readonly found: string;
  /** What would have been right. */
  readonly expected: string;
  /** What the person can do now, if it is not plain from `expected`. */
  readonly remedy?: string;
}

/**
 * The one error for bad input: a file, a setting, a magic's words, a suite. It reads as one paragraph.
 * Internal contradictions throw a plain `Error` instead.
 */
export class InputError extends Error implements Finding {
  override readonly name = "InputError";
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy?: string;

  constructor(finding: Finding) {
    super(describe(finding));
    this.where = finding.where;
    this.found = finding.found;
    this.expected = finding.expected;
    if (finding.remedy !== undefined) this.remedy = finding.remedy;
  }
}

/** The work was stopped on request; what was finished before is kept. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** @throws InterruptedError if the signal has fired */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new InterruptedError("interrupted; what was finished is kept, and the same command goes on");
}

function describe({ where, found, expected, remedy }: Finding): string {
  const sentence = `${where}: found ${found}, expected ${expected}.`;
  if (remedy === undefined) return sentence;
  return `${sentence} ${capitalize(remedy)}${remedy.startsWith("did you mean") ? "?" : "."}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
