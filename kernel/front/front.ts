import { readConnection } from "./connection.js";
import { createServices } from "./make-services.js";
import { watchParent } from "./parent-watch.js";
import { createServer, type Server } from "./server.js";
import type { Services } from "./services.js";
import { openSockets } from "./sockets.js";
import { createStdin } from "./stdin.js";
import type { Fields } from "./fields.js";
import { createCodec, type Message } from "./wire.js";

/** How long the helpers' start is put off, so that kernel_info is answered first. Milliseconds. */
const HEAD_START = 20;

/** Runs the kernel on a connection file, until it is shut down or its launcher dies. */
export async function startFront(connectionFile: string): Promise<void> {
  const connection = readConnection(connectionFile);
  const codec = createCodec(connection.key);
  const sockets = await openSockets(connection);
  const publish = (type: string, content: Fields, parent: Fields): void => {
    sockets.iopub.push(codec.encode({ type, content, parent }, [`kernel.${codec.session}.${type}`]).frames);
  };
  const stdin = createStdin(
    (type, content, to) => {
      const { id, frames } = codec.encode({ type, content, parent: to.header }, to.identities);
      sockets.stdin.push(frames);
      return id;
    },
    (id, value) => services.runner.send({ kind: "input", id, value }),
  );
  const services = createServices({
    publish,
    stdin,
    abortQueued: () => server.abortQueued(),
    leave: () => setImmediate(() => void sockets.close().finally(() => process.exit(0))),
  });
  const server: Server = createServer(services, {
    publish,
    log,
    reply: ({ message, channel }, type, content) =>
      sockets[channel].push(codec.encode({ type, content, parent: message.header }, message.identities).frames),
  });
  publish("status", { execution_state: "starting" }, {});
  const reader =
    (take: (message: Message) => void) =>
    (frames: Buffer[]): void => {
      const message = codec.decode(frames);
      if (typeof message === "string") log(`dropped ${message}`);
      else take(message);
    };
  sockets.listen({
    shell: reader(server.shell),
    control: reader(server.control),
    stdin: reader(stdin.receive),
    subscription: (prefix) => {
      const welcome = { type: "iopub_welcome", content: { subscription: prefix }, parent: {} };
      sockets.iopub.push(codec.encode(welcome, prefix === "" ? [] : [prefix]).frames);
    },
  });
  setTimeout(services.warmUp, HEAD_START);
  serveProcess(services);
}

/** Signals and the launcher's death. */
function serveProcess(services: Services): void {
  const leave = (): void => {
    services.runner.stop();
    services.shutdown();
  };
  process.on("SIGINT", () => void services.interrupt());
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, leave);
  process.on("uncaughtException", (error) => log(error.stack ?? error.message));
  watchParent(leave);
}

const log = (text: string): void => void process.stderr.write(`touchstone kernel: ${text}\n`);
