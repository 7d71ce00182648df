import type { Failure } from "../link.js";
import type { Compiler } from "./compiler.js";
import type { Fields } from "./fields.js";
import type { History } from "./history.js";
import type { Runner } from "./runner.js";
import type { Message } from "./wire.js";

/** A request under way. */
export interface Request {
  readonly message: Message;
  readonly channel: "shell" | "control";
  /** A cell before it failed, and it must not run. */
  aborted: boolean;
}

/** A reply's content; its type is the request's with `_reply`. */
export type Reply = Fields;

/** What the front knows of a cell while output may still come from it. */
export interface CellRecord {
  readonly message: Message;
  readonly silent: boolean;
}

/** Where the execution of cells stands. */
export interface CellState {
  /** The counter of the last stored cell. */
  count: number;
  phase: "idle" | "compiling" | "running";
  /** An interrupt came while the compiler was at work. */
  cancelled: boolean;
}

/** All that a request's handler may use. */
export interface Services {
  readonly compiler: Compiler;
  readonly runner: Runner;
  readonly history: History;
  readonly state: CellState;
  /** Comm ids that frontends opened, with their target. */
  readonly comms: Map<string, string>;
  /** Registers a cell under a fresh number, by which its output finds its parent. */
  newCell(record: CellRecord): number;
  readonly publish: (type: string, content: Fields, parent: Fields) => void;
  /** Marks every execute_request that waits. */
  abortQueued(): void;
  interrupt(): Promise<void>;
  /** Starts what starts slowly. */
  readonly warmUp: () => void;
  /** Ends the kernel after the reply is out. */
  shutdown(): void;
}

/** The error of a cell that a person stopped. */
export const INTERRUPTED: Failure = {
  ename: "KeyboardInterrupt",
  evalue: "the cell was interrupted; variables of earlier cells are kept",
  traceback: ["KeyboardInterrupt: the cell was interrupted; variables of earlier cells are kept"],
};
