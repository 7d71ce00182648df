import { parentPort } from "node:worker_threads";

import type { CompilerAnswer, CompilerAsk } from "../link.js";
import { makeCollector } from "./collect.js";
import { completeAt } from "./complete.js";
import { judgeCompleteness } from "./completeness.js";
import { convertCell } from "./convert.js";
import { inspectAt } from "./inspect.js";
import { commitCell, createWorkbench, resetWorkbench, type Workbench } from "./workbench.js";

/** Answers one question about cells. */
function answer(bench: Workbench, question: CompilerAsk): CompilerAnswer {
  switch (question.kind) {
    case "convert":
      return convertCell(bench, question);
    case "commit":
      commitCell(bench, question.cell);
      return { kind: "done" };
    case "reset":
      resetWorkbench(bench);
      return { kind: "done" };
    case "isComplete":
      return judgeCompleteness(bench, question.code);
    case "complete":
      return completeAt(bench, question.code, question.cursor);
    case "inspect": {
      const data = inspectAt(bench, question);
      return { kind: "inspection", found: Object.keys(data).length > 0, data };
    }
  }
}

const bench = createWorkbench();
const collectGarbage = makeCollector();

parentPort?.on("message", ({ id, question }: { readonly id: number; readonly question: CompilerAsk }) => {
  try {
    parentPort?.postMessage({ id, answer: answer(bench, question), error: "" });
  } catch (error) {
    parentPort?.postMessage({ id, answer: null, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  if (question.kind === "commit") collectGarbage(); // the cell runs now
});
