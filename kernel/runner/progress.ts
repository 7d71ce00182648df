import type { ClosableLine } from "./live-line.js";

/** What a loop's live line says. */
export interface ProgressOptions {
  /** How many there are, where the iterable doesn't say. */
  readonly total?: number;
  /** What is done with them: "score". */
  readonly stage?: string;
}

/** What can be looped over. */
export type Loop<T> = Iterable<T> | AsyncIterable<T>;

/** The same values, with a live line that counts them; a list is looped over with `for`, a stream with `for await`. */
export function follow<T>(values: Iterable<T>, line: ClosableLine, options?: ProgressOptions): Iterable<T>;
export function follow<T>(values: AsyncIterable<T>, line: ClosableLine, options?: ProgressOptions): AsyncIterable<T>;
export function follow<T>(values: Loop<T>, line: ClosableLine, options?: ProgressOptions): Loop<T>;
export function follow<T>(values: Loop<T>, line: ClosableLine, options: ProgressOptions = {}): Loop<T> {
  return isSync(values) ? followList(values, line, options) : followStream(values, line, options);
}

function* followList<T>(values: Iterable<T>, line: ClosableLine, options: ProgressOptions): Generator<T, void, void> {
  const tell = counter(line, sizeOf(values), options);
  try {
    for (const value of values) {
      tell(false);
      yield value;
      tell(true);
    }
    line.finish();
  } finally {
    line.close();
  }
}

async function* followStream<T>(
  values: AsyncIterable<T>,
  line: ClosableLine,
  options: ProgressOptions,
): AsyncGenerator<T, void, void> {
  const tell = counter(line, undefined, options);
  try {
    for await (const value of values) {
      tell(false);
      yield value;
      tell(true);
    }
    line.finish();
  } finally {
    line.close();
  }
}

function counter(line: ClosableLine, size: number | undefined, { total = size, stage = "loop" }: ProgressOptions) {
  let done = 0;
  return (one: boolean): void => {
    if (one) done++;
    line.update({ stage, done, total: total ?? done });
  };
}

function sizeOf(values: object): number | undefined {
  const size: unknown = Reflect.get(values, "length") ?? Reflect.get(values, "size");
  return typeof size === "number" ? size : undefined;
}

const isSync = <T>(values: Loop<T>): values is Iterable<T> => Symbol.iterator in Object(values);
