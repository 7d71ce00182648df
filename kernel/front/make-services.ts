import { homedir } from "node:os";
import { join } from "node:path";
import type { Output } from "../link.js";
import { Compiler } from "./compiler.js";
import type { Fields } from "./fields.js";
import { openHistory } from "./history.js";
import { Runner } from "./runner.js";
import type { CellRecord, CellState, Services } from "./services.js";
import type { StdinDesk } from "./stdin.js";

/** Cells whose late output still finds its parent. */
const REMEMBERED_CELLS = 4_096;

/** What the services need of the sockets. */
export interface Lines {
  readonly publish: Services["publish"];
  readonly stdin: StdinDesk;
  readonly abortQueued: () => void;
  /** Sends what is queued and ends the process. */
  readonly leave: () => void;
}

/** Makes what requests are served with. Compiler, runner and history start when they are first asked for. */
export function createServices(lines: Lines): Services {
  const state: CellState = { count: 0, phase: "idle", cancelled: false };
  const cells = createCellRecords(lines.publish);
  const compiler = new Compiler();
  const history = once(() => openHistory(historyPath()));
  const runner = once(
    () =>
      new Runner({
        output: cells.show,
        input: (question) => {
          const record = cells.find(question.cell);
          if (record) lines.stdin.ask(question, record.message);
        },
        forgotten: () => compiler.tell({ kind: "reset" }),
        lost: (reason) => {
          lines.stdin.clear();
          compiler.tell({ kind: "reset" });
          const text = `The process that runs cells ended (${reason}). A new one was started; all variables are lost.\n`;
          cells.show(cells.newest(), { kind: "stream", name: "stderr", text });
        },
      }),
  );
  return {
    state,
    comms: new Map(),
    publish: lines.publish,
    abortQueued: lines.abortQueued,
    shutdown: lines.leave,
    newCell: cells.add,
    warmUp: () => {
      compiler.start();
      runner();
    },
    compiler,
    get runner() {
      return runner();
    },
    get history() {
      return history();
    },
    interrupt: () => {
      if (state.phase === "compiling") state.cancelled = true;
      return runner().interrupt();
    },
  };
}

/** Cells by number, and the way of their output to the frontends. */
interface CellRecords {
  readonly add: (record: CellRecord) => number;
  readonly find: (cell: number) => CellRecord | undefined;
  readonly newest: () => number;
  readonly show: (cell: number, output: Output) => void;
}

function createCellRecords(publish: Services["publish"]): CellRecords {
  const records = new Map<number, CellRecord>();
  let newest = 0;
  return {
    add: (record) => {
      records.set(++newest, record);
      records.delete(newest - REMEMBERED_CELLS);
      return newest;
    },
    find: (cell) => records.get(cell),
    newest: () => newest,
    show: (cell, output) => {
      const record = records.get(cell);
      if (record?.silent) return;
      const [type, content] = outputMessage(output);
      publish(type, content, record?.message.header ?? {});
    },
  };
}

function outputMessage(output: Output): [type: string, content: Fields] {
  if (output.kind === "stream") return ["stream", { name: output.name, text: output.text }];
  if (output.kind === "clear") return ["clear_output", { wait: output.wait }];
  const { update, displayId, data, metadata } = output;
  const transient = displayId === null ? {} : { display_id: displayId };
  return [update ? "update_display_data" : "display_data", { data, metadata, transient }];
}

function historyPath(): string {
  const state = process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
  return process.env.TOUCHSTONE_HISTORY ?? join(state, "touchstone", "history.jsonl");
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
