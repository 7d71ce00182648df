import { createAllowance } from "../allowance.js";
import type { MimeBundle, Output } from "../link.js";

/** Text waits so long, or until there is so much of it, to travel as one message. */
const GATHER_MILLISECONDS = 10;
const GATHER_CHARACTERS = 16_384;
/** A larger text, a page or a picture, is named and not shown. */
const LARGEST_TEXT = 16 * 1024 * 1024;

/** Data and metadata of something shown. */
export interface Bundle {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

/** What cells show, on its way to the front: nothing overtakes, and only what is too long to be shown is left out. */
export interface Outputs {
  stream(cell: number, name: "stdout" | "stderr", text: string): void;
  /** A bundle that is still being rendered holds back what follows it. */
  display(
    cell: number,
    bundle: Bundle | Promise<Bundle>,
    place: { readonly displayId: string | null; readonly update: boolean },
  ): void;
  clear(cell: number, wait: boolean): void;
  /** This gets all text of the cell from now on, shown or not, until the cell ends. */
  record(cell: number, write: (text: string) => void): void;
  /** The cell is over. */
  end(cell: number): void;
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
export function createOutputs(send: (cell: number, output: Output) => void, allowance = createAllowance()): Outputs {
  const recorders = new Map<number, (text: string) => void>();
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
  const { gather, flush } = createGatherer(post);
  return {
    stream: (cell, name, text) => {
      recorders.get(cell)?.(text);
      const { shown, remark } = allowance.take(cell, text);
      gather(cell, name, shown);
      if (remark !== undefined) gather(cell, "stderr", remark);
    },
    display: (cell, bundle, { displayId, update }) => {
      flush();
      const output = ({ data, metadata }: Bundle): Output => ({
        kind: "display",
        update,
        displayId,
        data: bounded(data),
        metadata,
      });
      post(cell, bundle instanceof Promise ? bundle.then(output) : output(bundle));
    },
    clear: (cell, wait) => {
      flush();
      allowance.renew(cell);
      post(cell, { kind: "clear", wait });
    },
    record: (cell, write) => void recorders.set(cell, write),
    end: (cell) => {
      recorders.delete(cell);
      gather(cell, "stderr", allowance.end(cell) ?? "");
    },
    settled: () => {
      flush();
      return tail;
    },
  };
}

/** Gathers text into few messages. @param post takes what is ready */
function createGatherer(post: (cell: number, output: Output) => void) {
  const later = globalThis.setTimeout; // before user code can see a wrapped one
  let gathered: Gathered | undefined;
  let flushing = false;
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
  const gather = (cell: number, name: "stdout" | "stderr", text: string): void => {
    if (text === "") return;
    if (gathered && (gathered.cell !== cell || gathered.name !== name)) flush();
    gathered ??= { cell, name, since: Date.now(), text: "" };
    gathered.text += text;
    const full = gathered.text.length >= GATHER_CHARACTERS;
    if (full || Date.now() - gathered.since >= GATHER_MILLISECONDS) flush();
    else flushLater();
  };
  return { gather, flush };
}

/** Texts that no notebook can hold are replaced by their size. */
export function bounded(data: MimeBundle): MimeBundle {
  const large = Object.entries(data).filter(([, value]) => typeof value === "string" && value.length > LARGEST_TEXT);
  if (large.length === 0) return data;
  const kept = Object.entries(data).filter(([type]) => !large.some(([other]) => other === type));
  const notes = large.map(([type, value]) => `[${type} of ${String(value).length} characters is not shown]`);
  const plain = kept.find(([type]) => type === "text/plain")?.[1];
  const text = [...(typeof plain === "string" ? [plain] : []), ...notes].join("\n");
  return { ...Object.fromEntries(kept), "text/plain": text };
}
