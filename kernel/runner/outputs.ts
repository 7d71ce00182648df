import type { MimeBundle, Output } from "../link.js";

/** Text waits so long, or until there is so much of it, to travel as one message. */
const GATHER_MILLISECONDS = 10;
const GATHER_CHARACTERS = 16_384;

/** Data and metadata of something shown. */
export interface Bundle {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

/** What cells show, on its way to the front: nothing is dropped, and nothing overtakes. */
export interface Outputs {
  stream(cell: number, name: "stdout" | "stderr", text: string): void;
  /** A bundle that is still being rendered holds back what follows it. */
  display(
    cell: number,
    bundle: Bundle | Promise<Bundle>,
    place: { readonly displayId: string | null; readonly update: boolean },
  ): void;
  clear(cell: number, wait: boolean): void;
  /** Resolves when all so far is sent. */
  settled(): Promise<void>;
}

interface Gathered {
  readonly cell: number;
  readonly name: "stdout" | "stderr";
  readonly since: number;
  text: string;
}

/** @param send hands an output to the front; in order */
export function createOutputs(send: (cell: number, output: Output) => void): Outputs {
  const later = globalThis.setTimeout; // before user code can see a wrapped one
  let gathered: Gathered | undefined;
  let flushing = false;
  let waiting = 0;
  let tail = Promise.resolve();

  const post = (cell: number, output: Output | Promise<Output>): void => {
    if (waiting === 0 && !(output instanceof Promise)) {
      send(cell, output);
      return;
    }
    waiting++;
    tail = tail.then(async () => {
      send(cell, await output);
      waiting--;
    });
  };
  const flush = (): void => {
    const ready = gathered;
    gathered = undefined;
    if (ready) post(ready.cell, { kind: "stream", name: ready.name, text: ready.text });
  };
  const flushLater = (): void => {
    if (flushing) return;
    flushing = true;
    later(() => {
      flushing = false;
      flush();
    }, GATHER_MILLISECONDS);
  };
  return {
    stream: (cell, name, text) => {
      if (text === "") return;
      if (gathered && (gathered.cell !== cell || gathered.name !== name)) flush();
      gathered ??= { cell, name, since: Date.now(), text: "" };
      gathered.text += text;
      const full = gathered.text.length >= GATHER_CHARACTERS;
      if (full || Date.now() - gathered.since >= GATHER_MILLISECONDS) flush();
      else flushLater();
    },
    display: (cell, bundle, { displayId, update }) => {
      flush();
      const output = ({ data, metadata }: Bundle): Output => ({ kind: "display", update, displayId, data, metadata });
      post(cell, bundle instanceof Promise ? bundle.then(output) : output(bundle));
    },
    clear: (cell, wait) => {
      flush();
      post(cell, { kind: "clear", wait });
    },
    settled: () => {
      flush();
      return tail;
    },
  };
}
