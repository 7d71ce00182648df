import { Worker } from "node:worker_threads";
import type { CompilerAnswer, CompilerAsk } from "../link.js";

type Kind = CompilerAnswer["kind"];

/** The compiler thread, as the front sees it: one question, one answer. */
export interface Compiler {
  ask(question: CompilerAsk): Promise<CompilerAnswer>;
  /** As `ask`, where only one kind of answer makes sense. @throws Error on another */
  askFor<K extends Kind>(kind: K, question: CompilerAsk): Promise<Extract<CompilerAnswer, { kind: K }>>;
  stop(): Promise<number>;
}

interface Pending {
  readonly resolve: (answer: CompilerAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** What the thread sends: the answer, or why there is none. */
interface Reply {
  readonly id: number;
  readonly answer: CompilerAnswer | null;
  readonly error: string;
}

/** Starts the thread; questions wait in its queue until it is ready. */
export function startCompiler(): Compiler {
  const worker = new Worker(new URL("../compiler/thread.js", import.meta.url));
  const pending = new Map<number, Pending>();
  let next = 1;
  worker.on("message", ({ id, answer, error }: Reply) => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (answer) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  });
  worker.on("error", (error) => {
    for (const waiting of pending.values()) waiting.reject(new Error(`the compiler thread failed: ${String(error)}`));
    pending.clear();
  });
  const ask = (question: CompilerAsk): Promise<CompilerAnswer> =>
    new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject });
      worker.postMessage({ id: next++, question });
    });
  return {
    ask,
    askFor: async (kind, question) => {
      const answer = await ask(question);
      if (isOfKind(answer, kind)) return answer;
      throw new Error(`the compiler answered ${question.kind} with ${answer.kind}`);
    },
    stop: () => worker.terminate(),
  };
}

function isOfKind<K extends Kind>(answer: CompilerAnswer, kind: K): answer is Extract<CompilerAnswer, { kind: K }> {
  return answer.kind === kind;
}
