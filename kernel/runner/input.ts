import type { RunnerReport } from "../link.js";
import type { Cells } from "./cells.js";

/** The frontend has no way to ask a person, or doesn't allow it. */
export class StdinNotImplementedError extends Error {
  override readonly name = "StdinNotImplementedError";
}

/** Questions to the person at the notebook. */
export interface Questions {
  /** @throws StdinNotImplementedError if the frontend takes no questions */
  readonly ask: (prompt?: string, options?: { readonly password?: boolean }) => Promise<string>;
  answer(id: number, value: string): void;
  /** The cell was interrupted: nobody answers any more. */
  abandon(error: Error): void;
}

/** @param send hands a question to the front */
export function createQuestions(cells: Cells, send: (report: RunnerReport) => void): Questions {
  const open = new Map<number, { resolve: (value: string) => void; reject: (error: Error) => void }>();
  let next = 1;
  return {
    ask: (prompt = "", { password = false } = {}) => {
      const { running } = cells;
      if (!running?.allowStdin) {
        return Promise.reject(new StdinNotImplementedError("this frontend takes no questions (allow_stdin is false)"));
      }
      return new Promise((resolve, reject) => {
        open.set(next, { resolve, reject });
        send({ kind: "input", id: next++, cell: running.cell, prompt, password });
      });
    },
    answer: (id, value) => {
      open.get(id)?.resolve(value);
      open.delete(id);
    },
    abandon: (error) => {
      for (const { reject } of open.values()) reject(error);
      open.clear();
    },
  };
}
