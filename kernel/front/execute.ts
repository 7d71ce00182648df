import type { Failure, Outcome, Program } from "../link.js";
import { fieldsOf, flagOf, textOf, type Fields } from "./fields.js";
import { INTERRUPTED, type Reply, type Request, type Services } from "./services.js";

/** The fields of an execute_request, with the protocol's defaults. */
interface Ask {
  readonly code: string;
  readonly silent: boolean;
  readonly store: boolean;
  readonly expressions: Fields;
  readonly allowStdin: boolean;
  readonly stopOnError: boolean;
}

/** How a cell ended: with help for the pager, or by running. */
type Ending = { readonly page: string } | Outcome;

/** Runs one cell and publishes what it shows; the reply is the last to be made. */
export async function execute(request: Request, services: Services): Promise<Reply> {
  const { message } = request;
  const ask = readAsk(message.content);
  const { state } = services;
  if (ask.store) state.count++;
  const count = state.count;
  if (!ask.silent) services.publish("execute_input", { code: ask.code, execution_count: count }, message.header);
  const ending = await runCell(ask.code, request, services);
  if ("page" in ending) return ok(count, { payload: [{ source: "page", data: { "text/plain": ending.page }, start: 0 }] });
  if (ending.status === "error") {
    if (ask.store) services.history.add(count, ask.code, null);
    return fail(ending, { ask, count, request, services });
  }
  const { result } = ending;
  if (result && !ask.silent) services.publish("execute_result", { execution_count: count, ...result }, message.header);
  if (ask.store) services.history.add(count, ask.code, result && textOf(result.data, "text/plain"));
  return ok(count, { user_expressions: await evaluate(ask.expressions, request, services) });
}

function readAsk(content: Fields): Ask {
  const silent = flagOf(content, "silent", false);
  return {
    code: textOf(content, "code").replace(/^\uFEFF/, ""), // an editor's byte order mark is no part of the cell
    silent,
    store: !silent && flagOf(content, "store_history", true),
    expressions: fieldsOf(content, "user_expressions"),
    allowStdin: flagOf(content, "allow_stdin", true),
    stopOnError: flagOf(content, "stop_on_error", true),
  };
}

const ok = (count: number, extra: Fields): Reply => ({
  status: "ok",
  execution_count: count,
  payload: [],
  user_expressions: {},
  ...extra,
});

async function runCell(code: string, request: Request, services: Services, keep = true): Promise<Ending> {
  const { state, compiler } = services;
  const cell = services.newCell({ message: request.message, silent: flagOf(request.message.content, "silent", false) });
  state.cancelled = false;
  state.phase = "compiling";
  try {
    const answer = await compiler.ask({ kind: "convert", cell, count: state.count, code });
    if (answer.kind === "page") return { page: answer.text };
    if (answer.kind === "refused") return { status: "error", ...answer.failure };
    if (answer.kind !== "program") throw new Error(`the compiler answered a cell with ${answer.kind}`);
    if (state.cancelled) return { status: "error", ...INTERRUPTED };
    return await runProgram(answer.program, request, services, keep);
  } finally {
    state.phase = "idle";
  }
}

async function runProgram(program: Program, request: Request, services: Services, keep: boolean): Promise<Outcome> {
  services.state.phase = "running";
  const allowStdin = flagOf(request.message.content, "allow_stdin", true);
  const outcome = await services.runner.run(program, allowStdin);
  if (outcome.status === "ok" && keep) services.compiler.tell({ kind: "commit", cell: program.cell });
  return outcome;
}

/** Where a failed cell was asked for. */
interface Place {
  readonly ask: Ask;
  readonly count: number;
  readonly request: Request;
  readonly services: Services;
}

/** Cells that are queued by now are aborted before the error's reply goes out; what a client sends after it will run. */
async function fail({ ename, evalue, traceback }: Failure, { ask, count, request, services }: Place): Promise<Reply> {
  if (!ask.silent) services.publish("error", { ename, evalue, traceback }, request.message.header);
  if (ask.stopOnError) {
    await new Promise((resolve) => setImmediate(resolve));
    services.abortQueued();
  }
  return { status: "error", execution_count: count, ename, evalue, traceback };
}

async function evaluate(expressions: Fields, request: Request, services: Services): Promise<Fields> {
  const answers: [string, Fields][] = [];
  for (const name of Object.keys(expressions)) {
    answers.push([name, expressionAnswer(await runCell(textOf(expressions, name), request, services, false))]);
  }
  return Object.fromEntries(answers); // of any name, "__proto__" too
}

function expressionAnswer(ending: Ending): Fields {
  if ("page" in ending) return { status: "ok", data: { "text/plain": ending.page }, metadata: {} };
  if (ending.status === "ok")
    return { status: "ok", ...(ending.result ?? { data: { "text/plain": "undefined" }, metadata: {} }) };
  return { status: "error", ename: ending.ename, evalue: ending.evalue, traceback: ending.traceback };
}
