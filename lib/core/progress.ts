/** How far a long piece of work is. Yielded by the library; shown by whoever called it. */
export interface Progress {
  /** What is being done, in a word or two: "compress", "answer". */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** What is under way just now: a variant, a block, a file. */
  readonly note?: string;
}

/** Long work: yields its progress, returns its result, can be stopped between two steps. */
export type Task<Result> = AsyncGenerator<Progress, Result, void>;

/** Lets sockets, timers and signals be served; call it between the steps of long synchronous work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs a task to its end without showing its progress. */
export async function finish<Result>(task: Task<Result>): Promise<Result> {
  for (;;) {
    const step = await task.next();
    if (step.done) return step.value;
  }
}
