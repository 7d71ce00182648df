import type { Missing } from "./prerequisites.js";

/** What the set-up can bring: the Jupyter environment, TensorFlow for Node, the model of the first notebook. */
export type Need = "python" | "native" | "model";

/** What a step takes: disk space while it works, in bytes, and what this machine lacks apart from space and network. */
export interface Demands {
  readonly bytes: number;
  readonly missing: readonly Missing[];
}

/** One thing that the set-up brings. */
export interface Step {
  readonly need: Need;
  /** What the progress line calls it. */
  readonly title: string;
  /** Whether it is there and whole. Quick: this runs before every command. */
  readonly isReady: () => Promise<boolean>;
  /** What making it takes here and now; less where parts of it are in the cache already. */
  readonly demands: () => Promise<Demands>;
  /** Makes it; tells `note` how far it is. @throws Error in words for a person */
  readonly make: (note: (text: string) => void) => Promise<void>;
}
