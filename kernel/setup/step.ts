import type { Missing } from "./prerequisites.js";

/** What the set-up can bring: the Jupyter environment, TensorFlow for Node, the model of the first notebook. */
export type Need = "python" | "native" | "model";

/** One thing that the set-up brings. */
export interface Step {
  readonly need: Need;
  /** What the progress line calls it. */
  readonly title: string;
  /** Disk space it takes while it is being made, in bytes. */
  readonly bytes: number;
  /** Whether it is there and whole. Quick: this runs before every command. */
  readonly isReady: () => Promise<boolean>;
  /** What this machine lacks to make it, apart from disk space and network. */
  readonly missing: () => Promise<readonly Missing[]>;
  /** Makes it; tells `note` how far it is. @throws Error in words for a person */
  readonly make: (note: (text: string) => void) => Promise<void>;
}
