import { Worker } from "node:worker_threads";
import type { CompilerAnswer, CompilerAsk } from "../link.js";

type Kind = CompilerAnswer["kind"];

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

/** Each cell leaves some megabytes of syntax trees behind: a small nursery has them collected soon, at no measurable cost. */
const LIMITS = { maxYoungGenerationSizeMb: 6 };

/** The compiler thread, as the front sees it: one question, one answer. A thread that failed is started anew when it is needed. */
export class Compiler {
  private readonly pending = new Map<number, Pending>();
  private worker: Worker | undefined;
  private next = 1;

  /** Starts the thread, if it does not run; questions wait in its queue until it is ready. */
  start(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(new URL("../compiler/thread.js", import.meta.url), { resourceLimits: LIMITS });
    worker.on("message", (reply: Reply) => this.receive(reply));
    worker.on("error", (error) => this.fail(worker, new Error(`the compiler thread failed: ${String(error)}`)));
    worker.on("exit", () => this.fail(worker, new Error("the compiler thread ended")));
    this.worker = worker;
    return worker;
  }

  /** Ends the thread; a question starts it anew. */
  stop(): void {
    void this.worker?.terminate();
  }

  /** @throws Error if the thread fails */
  ask(question: CompilerAsk): Promise<CompilerAnswer> {
    const worker = this.start();
    return new Promise((resolve, reject) => {
      this.pending.set(this.next, { resolve, reject });
      worker.postMessage({ id: this.next++, question });
    });
  }

  /** What needs no answer: the next question comes behind it. A thread that fails with it is started anew, and knows nothing then. */
  tell(word: CompilerAsk): void {
    this.ask(word).catch(() => undefined);
  }

  /** As `ask`, where only one kind of answer makes sense. @throws Error on another */
  async askFor<K extends Kind>(kind: K, question: CompilerAsk): Promise<Extract<CompilerAnswer, { kind: K }>> {
    const answer = await this.ask(question);
    if (isOfKind(answer, kind)) return answer;
    throw new Error(`the compiler answered ${question.kind} with ${answer.kind}`);
  }

  private receive({ id, answer, error }: Reply): void {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (answer) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  private fail(worker: Worker, error: Error): void {
    if (this.worker === worker) this.worker = undefined;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

function isOfKind<K extends Kind>(answer: CompilerAnswer, kind: K): answer is Extract<CompilerAnswer, { kind: K }> {
  return answer.kind === kind;
}
