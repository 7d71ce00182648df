import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { violations, type SendingChannel } from "./protocol.js";

/** A message as the kernel sent it. */
export interface Received {
  readonly type: string;
  readonly header: Record<string, unknown>;
  readonly parent: Record<string, unknown>;
  readonly content: Record<string, unknown>;
}

/** All that one request brought: its reply, and what was published until its idle. */
export interface Answered {
  readonly id: string;
  readonly reply: Received;
  /** Everything published for the request, in order, status included. */
  readonly published: readonly Received[];
}

type Channel = "shell" | "control" | "stdin";

/** A kernel process, and a frontend connected to it. */
export interface Client {
  readonly process: ChildProcess;
  readonly folder: string;
  /** Where it listens. */
  readonly ports: readonly number[];
  /** Everything published so far. */
  readonly published: readonly Received[];
  /** Sends a request; returns its msg_id. */
  send(type: string, content: object, channel?: Channel): string;
  /** Sends frames as they are, on shell. */
  sendRaw(frames: (string | Buffer)[]): Promise<void>;
  /** Sends and waits for the reply and for idle. */
  request(type: string, content: object, channel?: Channel): Promise<Answered>;
  execute(code: string, more?: object): Promise<Answered>;
  /** Waits until a request that was sent is answered and idle. */
  answered(id: string): Promise<Answered>;
  /** Waits for a message that fits. */
  until(fits: (message: Received) => boolean, seconds?: number): Promise<Received>;
  heartbeat(text: string): Promise<string>;
  sign(parts: readonly string[]): string;
  /** Another frontend of the same kernel. */
  another(): Promise<Client>;
  /** Closes this frontend; the kernel goes on. @throws Error if a message of the kernel was against the protocol */
  leave(): Promise<void>;
  /** Kills what is left and removes the folder. @throws Error if a message of the kernel was against the protocol */
  stop(): Promise<void>;
}

/** The built kernel. */
export const KERNEL = new URL("../../dist/kernel/main.js", import.meta.url).pathname;
const CHANNELS = ["shell", "control", "stdin", "iopub", "hb"] as const;

/** Starts the built kernel in a fresh folder. @param launch starts the process; by default directly */
export async function startKernel(
  launch: (command: string, args: string[], folder: string) => ChildProcess = spawnKernel,
): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-kernel-"));
  const key = randomUUID();
  const ports = await freePorts(CHANNELS.length);
  const connection = Object.fromEntries(CHANNELS.map((channel, index) => [`${channel}_port`, ports[index]]));
  const file = join(folder, "connection.json");
  writeFileSync(file, JSON.stringify({ ...connection, key, ip: "127.0.0.1", transport: "tcp", signature_scheme: "hmac-sha256" }));
  const child = launch(process.execPath, ["--disable-warning=ExperimentalWarning", KERNEL, file], folder);
  return welcomed(connect(child, { folder, key, ports }));
}

async function welcomed(client: Client): Promise<Client> {
  await client.until(({ type }) => type === "iopub_welcome", 20);
  return client;
}

function spawnKernel(command: string, args: string[], folder: string): ChildProcess {
  const env = { ...process.env, TOUCHSTONE_HISTORY: join(folder, "history.jsonl"), TMPDIR: folder };
  return spawn(command, args, { cwd: folder, env, stdio: ["ignore", "ignore", process.env.KERNEL_LOG ? "inherit" : "ignore"] });
}

interface Place {
  readonly folder: string;
  readonly key: string;
  readonly ports: readonly number[];
}

function connect(child: ChildProcess, { folder, key, ports }: Place): Client {
  const identity = { routingId: randomUUID(), linger: 0 };
  const sockets = { shell: new Dealer(identity), control: new Dealer(identity), stdin: new Dealer(identity) };
  const [iopub, hb] = [new Subscriber({ linger: 0, receiveHighWaterMark: 0 }), new Request({ linger: 0, receiveTimeout: 5_000 })];
  const address = (index: number): string => `tcp://127.0.0.1:${ports[index]}`;
  sockets.shell.connect(address(0));
  sockets.control.connect(address(1));
  sockets.stdin.connect(address(2));
  iopub.connect(address(3));
  hb.connect(address(4));
  iopub.subscribe("");
  const published: Received[] = [];
  const received: Received[] = [];
  const waiters = new Set<() => void>();
  const against: string[] = [];
  const sign = (parts: readonly (string | Buffer)[]): string =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac("sha256", key)).digest("hex");
  const listen = async (socket: AsyncIterable<Buffer[]>, channel: SendingChannel): Promise<void> => {
    for await (const frames of socket) {
      const { message, problems } = parse(frames, channel, sign);
      against.push(...problems);
      (channel === "iopub" ? published : received).push(message);
      for (const waiter of waiters) waiter();
    }
  };
  const listening = [
    listen(iopub, "iopub"),
    listen(sockets.shell, "shell"),
    listen(sockets.control, "control"),
    listen(sockets.stdin, "stdin"),
  ];
  const waitFor = <T>(look: () => T | undefined, seconds = 30): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiters.delete(check);
        reject(new Error(`waited ${seconds} s in vain; last: ${JSON.stringify([...published, ...received].slice(-3))}`));
      }, seconds * 1000);
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timer);
        waiters.delete(check);
        resolve(found);
      };
      waiters.add(check);
      check();
    });
  const send = (type: string, content: object, channel: Channel = "shell"): string => {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      username: "test",
      session: "test",
      date: new Date().toISOString(),
      version: "5.4",
    };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    void sockets[channel].send(["<IDS|MSG>", sign(parts), ...parts]);
    return header.msg_id;
  };
  const answered = (id: string): Promise<Answered> =>
    waitFor(() => {
      const of = (message: Received): boolean => message.parent.msg_id === id;
      const reply = received.find((message) => of(message) && message.type.endsWith("_reply"));
      const own = published.filter(of);
      const idle = own.some(({ type, content }) => type === "status" && content.execution_state === "idle");
      return reply && idle ? { id, reply, published: own } : undefined;
    });
  const request = (type: string, content: object, channel?: Channel): Promise<Answered> => answered(send(type, content, channel));
  const leave = async (): Promise<void> => {
    for (const socket of [iopub, hb, sockets.shell, sockets.control, sockets.stdin]) socket.close();
    await Promise.all(listening);
    if (against.length > 0) throw new Error(`against the protocol:\n${[...new Set(against)].join("\n")}`);
  };
  return {
    process: child,
    folder,
    ports,
    published,
    send,
    sendRaw: (frames) => sockets.shell.send(frames),
    request,
    answered,
    sign,
    execute: (code, more = {}) => request("execute_request", { code, silent: false, ...more }),
    until: (fits, seconds) => waitFor(() => [...published, ...received].find(fits), seconds),
    heartbeat: async (text) => {
      await hb.send(text);
      return String((await hb.receive())[0]);
    },
    another: () => welcomed(connect(child, { folder, key, ports })),
    leave,
    stop: async () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
      await leave();
    },
  };
}

const toFields = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? { ...value } : {});

/** Reads a message of the kernel's, and says what is against the protocol in it. */
function parse(
  frames: readonly Buffer[],
  channel: SendingChannel,
  sign: (parts: readonly Buffer[]) => string,
): { readonly message: Received; readonly problems: readonly string[] } {
  const start = frames.findIndex((frame) => String(frame) === "<IDS|MSG>");
  const raw = frames.slice(start + 2, start + 6);
  const [header, parent, metadata, content] = raw.map((frame) => toFields(JSON.parse(String(frame))));
  const type = String(header.msg_type);
  const topic = start > 0 ? String(frames[0]) : "";
  const problems = [
    ...violations(channel, { header, parent, metadata, content }),
    ...(String(frames[start + 1]) === sign(raw) ? [] : [`${type} on ${channel}: a wrong signature`]),
    ...(channel === "iopub" && type !== "iopub_welcome" && !topic.endsWith(`.${type}`) ? [`${type}: topic ${topic}`] : []),
  ];
  return { message: { type, header, parent, content }, problems };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  return Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          const address = server.address();
          server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
        }),
    ),
  );
}

/** The text that a request's cell wrote to a stream. */
export const streamText = ({ published }: Answered, name: "stdout" | "stderr" = "stdout"): string =>
  published.flatMap(({ type, content }) => (type === "stream" && content.name === name ? [String(content.text)] : [])).join("");

/** The types of what was published, in order. */
export const typesOf = ({ published }: Answered): string[] =>
  published.map(({ type, content }) => (type === "status" ? String(content.execution_state) : type));

/** The plain text of the cell's result. */
export const resultText = ({ published }: Answered): unknown => {
  const result = published.find(({ type }) => type === "execute_result");
  const data: unknown = result?.content.data;
  return typeof data === "object" && data !== null ? Reflect.get(data, "text/plain") : undefined;
};
