import { openScratchFile } from "../../formats/index.js";

/** Activations of a calibration set in chunks of one size, in memory or in a file. */
export interface ActivationStore {
  readonly chunks: number;
  /** A chunk, which nobody writes to. */
  read(chunk: number): Promise<Float32Array>;
  write(chunk: number, values: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** How much there is to hold. */
export interface ActivationSize {
  readonly chunks: number;
  /** Floats a chunk. */
  readonly floats: number;
  /** Bytes that are held in memory at most; more go into a file. */
  readonly limitBytes: number;
}

/** A store in memory where the limit allows, else in a file that is gone when the process is. */
export function openActivations(size: ActivationSize): Promise<ActivationStore> {
  return 4 * size.chunks * size.floats <= size.limitBytes ? Promise.resolve(inMemory(size)) : inFile(size);
}

function inMemory({ chunks, floats }: ActivationSize): ActivationStore {
  const held: Float32Array[] = [];
  return {
    chunks,
    read: (chunk) => (chunk in held ? Promise.resolve(held[chunk]) : Promise.reject(unwritten(chunk))),
    write: async (chunk, values) => {
      checkFloats(values, floats);
      held[chunk] = values;
      return Promise.resolve();
    },
    close: () => {
      held.length = 0;
      return Promise.resolve();
    },
  };
}

async function inFile({ chunks, floats }: ActivationSize): Promise<ActivationStore> {
  const file = await openScratchFile();
  const written = new Set<number>();
  return {
    chunks,
    read: (chunk) => (written.has(chunk) ? file.read(chunk * floats, floats) : Promise.reject(unwritten(chunk))),
    write: async (chunk, values) => {
      checkFloats(values, floats);
      await file.write(chunk * floats, values);
      written.add(chunk);
    },
    close: () => file.close(),
  };
}

function checkFloats(values: Float32Array, floats: number): void {
  if (values.length !== floats) throw new Error(`${values.length} activations in a chunk of ${floats}`);
}

const unwritten = (chunk: number): Error => new Error(`activations of chunk ${chunk} were not written`);
