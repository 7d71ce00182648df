/** What magics leave for later magics of the same kernel. One for each runner process. */
export interface Session {
  /** Models by name. */
  readonly models: Map<string, unknown>;
  /** Variants by id. */
  readonly variants: Map<string, unknown>;
  /** The study that records go to. */
  study: unknown;
}
