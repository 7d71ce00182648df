import type { Fields } from "./fields.js";
import { handlers } from "./requests.js";
import type { Reply, Request, Services } from "./services.js";
import type { Message } from "./wire.js";

/** Serves shell requests one after the other, and control requests at once. */
export interface Server {
  readonly shell: (message: Message) => void;
  readonly control: (message: Message) => void;
  /** Marks every execute_request that waits: it is answered "aborted". */
  abortQueued(): void;
}

/** How replies leave. */
export interface Exits {
  readonly publish: (type: string, content: Fields, parent: Fields) => void;
  readonly reply: (request: Request, type: string, content: Reply) => void;
  readonly log: (text: string) => void;
}

/** Around every request: busy, what it does, its reply, idle. */
export function createServer(services: Services, exits: Exits): Server {
  const queue: Request[] = [];
  let serving = false;

  const serve = async (request: Request): Promise<void> => {
    const { message } = request;
    exits.publish("status", { execution_state: "busy" }, message.header);
    const reply = await answer(request, services, exits.log);
    if (reply) exits.reply(request, message.type.replace(/_request$/, "_reply"), reply);
    exits.publish("status", { execution_state: "idle" }, message.header);
  };
  const serveAll = async (): Promise<void> => {
    serving = true;
    for (let request = queue.shift(); request; request = queue.shift()) await serve(request);
    serving = false;
  };
  return {
    shell: (message) => {
      queue.push({ message, channel: "shell", aborted: false });
      if (!serving) void serveAll();
    },
    control: (message) => void serve({ message, channel: "control", aborted: false }),
    abortQueued: () => {
      for (const request of queue) request.aborted = request.message.type === "execute_request";
    },
  };
}

async function answer(request: Request, services: Services, log: (text: string) => void): Promise<Reply | undefined> {
  const { type } = request.message;
  const handler = handlers.get(type);
  if (!handler) {
    log(`no handler for ${JSON.stringify(type.slice(0, 100))}`); // quoted, so that a type can't forge a line
    return undefined;
  }
  if (request.aborted) return { status: "aborted", execution_count: services.state.count };
  try {
    return await handler(request, services);
  } catch (error) {
    const evalue = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(`${type} failed: ${evalue}`);
    const counted = type === "execute_request" ? { execution_count: services.state.count } : {};
    return { status: "error", ...counted, ename: "KernelError", evalue, traceback: [evalue] };
  }
}
