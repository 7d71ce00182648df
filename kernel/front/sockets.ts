import { Reply, Router, XPublisher } from "zeromq";
import type { Connection } from "./connection.js";

/** Frames of one multipart message. */
export type Frames = (Buffer | string)[];

/** One send queue for each socket: never two sends at a time, order kept. */
export interface Outbox {
  push(frames: Frames): void;
  /** Resolves when all that was pushed so far is with ZeroMQ. */
  flushed(): Promise<void>;
}

/** The five sockets, bound. */
export interface Sockets {
  readonly shell: Outbox;
  readonly control: Outbox;
  readonly stdin: Outbox;
  readonly iopub: Outbox;
  /** Starts to receive; before, what comes waits with ZeroMQ. */
  listen(receivers: Receivers): void;
  /** Sends what is queued, then closes; lingers at most half a second. */
  close(): Promise<void>;
}

/** Who gets what the sockets receive. */
export interface Receivers {
  readonly shell: (frames: Buffer[]) => void;
  readonly control: (frames: Buffer[]) => void;
  readonly stdin: (frames: Buffer[]) => void;
  /** A frontend subscribed to this prefix. */
  readonly subscription: (prefix: string) => void;
}

/** Binds the sockets; the heartbeat echoes by itself. @throws Error if an address is taken */
export async function openSockets(connection: Connection): Promise<Sockets> {
  const options = { linger: 500, sendHighWaterMark: 0, receiveHighWaterMark: 0 };
  const [shell, control, stdin] = [new Router(options), new Router(options), new Router(options)];
  const iopub = new XPublisher({ ...options, verbosity: "allSubs" }); // a second frontend is welcomed too
  const heartbeat = new Reply({ linger: 0 });
  const channels = { shell, control, stdin, iopub, hb: heartbeat } as const;
  for (const channel of CHANNELS) await bind(channels[channel], channel, connection.address(channel));
  void echo(heartbeat);
  const outboxes = { shell: outbox(shell), control: outbox(control), stdin: outbox(stdin), iopub: outbox(iopub) };
  return {
    ...outboxes,
    listen: (receivers) => {
      void receive(shell, receivers.shell);
      void receive(control, receivers.control);
      void receive(stdin, receivers.stdin);
      void receive(iopub, ([frame]) => {
        if (frame[0] === 1) receivers.subscription(frame.subarray(1).toString("utf8"));
      });
    },
    close: async () => {
      await Promise.all(Object.values(outboxes).map((box) => box.flushed()));
      for (const socket of [shell, control, stdin, iopub, heartbeat]) socket.close();
    },
  };
}

const CHANNELS = ["shell", "control", "stdin", "iopub", "hb"] as const;

async function bind(socket: { bind(address: string): Promise<void> }, channel: string, address: string): Promise<void> {
  try {
    await socket.bind(address);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the ${channel} socket can't be bound to ${address}: ${reason}`, { cause: error });
  }
}

async function receive(socket: AsyncIterable<Buffer[]>, receiver: (frames: Buffer[]) => void): Promise<void> {
  for await (const frames of socket) receiver(frames);
}

async function echo(socket: Reply): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}

function outbox(socket: { send(frames: Frames): Promise<void> }): Outbox {
  let queue: Frames[] = [];
  let draining = Promise.resolve();
  let busy = false;
  const drain = async (): Promise<void> => {
    busy = true;
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      for (const frames of batch) await socket.send(frames).catch(() => undefined); // only a closed socket refuses
    }
    busy = false;
  };
  return {
    push: (frames) => {
      queue.push(frames);
      if (!busy) draining = drain();
    },
    flushed: () => draining,
  };
}
