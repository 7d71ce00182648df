import type { Match } from "../link.js";
import { toPoints, toUnits } from "./code-points.js";
import { execute } from "./execute.js";
import { flagOf, integerOf, textOf, type Fields } from "./fields.js";
import type { HistoryEntry } from "./history.js";
import { kernelInfo } from "./kernel-info.js";
import type { Reply, Request, Services } from "./services.js";

/** Serves one request. Without a reply (comm messages) it returns undefined. */
export type Handler = (request: Request, services: Services) => Promise<Reply | undefined> | Reply | undefined;

/** Every request type that is served, by its name. */
export const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["kernel_info_request", () => kernelInfo],
  ["execute_request", execute],
  ["is_complete_request", isComplete],
  ["complete_request", complete],
  ["inspect_request", inspect],
  ["history_request", history],
  ["comm_info_request", commInfo],
  ["comm_open", commOpen],
  ["comm_msg", () => undefined],
  ["comm_close", commClose],
  ["interrupt_request", interrupt],
  ["shutdown_request", shutdown],
]);

async function isComplete({ message }: Request, { compiler }: Services): Promise<Reply> {
  const answer = await compiler.askFor("completeness", { kind: "isComplete", code: textOf(message.content, "code") });
  return answer.status === "incomplete" ? { status: answer.status, indent: answer.indent } : { status: answer.status };
}

async function complete({ message }: Request, { compiler, runner }: Services): Promise<Reply> {
  const code = textOf(message.content, "code");
  const cursor = toUnits(code, integerOf(message.content, "cursor_pos", code.length));
  const answer = await compiler.ask({ kind: "complete", code, cursor });
  if (answer.kind === "matches") return matchesReply(code, answer.matches, answer);
  if (answer.kind !== "values") throw new Error(`the compiler answered a completion with ${answer.kind}`);
  const values = await runner.values(answer.magic, answer.parameter);
  const fitting = values.filter((value) => value.startsWith(answer.prefix));
  return matchesReply(code, fitting.map((text) => ({ text, type: "value" })), answer); // prettier-ignore
}

function matchesReply(code: string, matches: readonly Match[], place: { readonly start: number; readonly end: number }): Reply {
  const [start, end] = [toPoints(code, place.start), toPoints(code, place.end)];
  return {
    status: "ok",
    matches: matches.map(({ text }) => text),
    cursor_start: start,
    cursor_end: end,
    metadata: { _jupyter_types_experimental: matches.map(({ text, type }) => ({ start, end, text, type })) },
  };
}

async function inspect({ message }: Request, { compiler }: Services): Promise<Reply> {
  const code = textOf(message.content, "code");
  const cursor = toUnits(code, integerOf(message.content, "cursor_pos", code.length));
  const detail = integerOf(message.content, "detail_level", 0);
  const { found, data } = await compiler.askFor("inspection", { kind: "inspect", code, cursor, detail });
  return { status: "ok", found, data, metadata: {} };
}

function history({ message: { content } }: Request, services: Services): Reply {
  const withOutput = flagOf(content, "output", false);
  return {
    status: "ok",
    history: wantedEntries(content, services).map(({ session, line, input, output }) => [
      session,
      line,
      withOutput ? [input, output] : input,
    ]),
  };
}

function wantedEntries(content: Fields, { history: past }: Services): HistoryEntry[] {
  const access = textOf(content, "hist_access_type");
  if (access === "range") {
    return past.range(integerOf(content, "session", 0), integerOf(content, "start", 0), integerOf(content, "stop", null));
  }
  if (access === "search") {
    return past.search(textOf(content, "pattern", "*"), flagOf(content, "unique", false), integerOf(content, "n", null));
  }
  return past.tail(integerOf(content, "n", 10));
}

function commInfo({ message }: Request, { comms }: Services): Reply {
  const target = textOf(message.content, "target_name");
  const open = [...comms].filter(([, name]) => target === "" || name === target);
  return { status: "ok", comms: Object.fromEntries(open.map(([id, name]) => [id, { target_name: name }])) };
}

/** No target is offered yet, so every comm is closed at once, as the protocol wants. */
function commOpen({ message }: Request, services: Services): undefined {
  services.publish("comm_close", { comm_id: textOf(message.content, "comm_id"), data: {} }, message.header);
}

function commClose({ message }: Request, { comms }: Services): undefined {
  comms.delete(textOf(message.content, "comm_id"));
}

function interrupt(_request: Request, services: Services): Reply {
  void services.interrupt();
  return { status: "ok" };
}

function shutdown({ message }: Request, services: Services): Reply {
  const content = { status: "ok", restart: flagOf(message.content, "restart", false) };
  services.runner.stop();
  services.publish("shutdown_reply", content, message.header);
  services.shutdown();
  return content;
}
