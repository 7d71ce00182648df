import type { DisplayOptions, MagicContext } from "../magics/context.js";
import type { Invocation, Magic } from "../magics/magic.js";
import { guide } from "../magics/registry.js";
import type { Session } from "../magics/session.js";
import { splitWords } from "../magics/words.js";
import type { Cells } from "./cells.js";
import type { ClosableLine } from "./live-line.js";

/** What magics are run with. */
export interface MagicBench {
  readonly cells: Cells;
  readonly session: Session;
  readonly display: (value: unknown, options?: DisplayOptions) => void;
  readonly liveLine: () => ClosableLine;
  /** What cells declared, and how to drop it. */
  readonly variables: MagicContext["variables"];
  readonly forget: MagicContext["forget"];
  readonly record: MagicContext["record"];
  readonly capture: MagicContext["capture"];
  /** Tells the front whether our own library is at work: it is asked to stop, not cut off at once. */
  readonly announce: (running: boolean) => void;
}

/** The two forms of a magic in a cell. */
export interface MagicForms {
  /** What a magic's line becomes: a template's tag. */
  readonly tag: (pieces: TemplateStringsArray, ...values: unknown[]) => unknown;
  readonly call: (...values: unknown[]) => Promise<unknown>;
}

/** Binds a magic to the runner. */
export function magicForms(magic: Magic, bench: MagicBench): MagicForms {
  return {
    tag: (pieces, ...values) => {
      if (magic.kind === "text") {
        const written = { text: pieces.join("?").trim(), values };
        return runMagic(magic, { kind: "line", words: [] }, bench, written);
      }
      const invocation: Invocation = { kind: "line", words: splitWords(pieces, values) };
      if (magic.kind !== "cell") return runMagic(magic, invocation, bench);
      return (text: string) => runMagic(magic, invocation, bench, { text: text.replace(/^\r?\n/, ""), values: [] });
    },
    call: (...values) => runMagic(magic, { kind: "call", values }, bench),
  };
}

async function runMagic(
  magic: Magic,
  invocation: Invocation,
  bench: MagicBench,
  { text, values }: Pick<MagicContext, "text" | "values"> = { text: "", values: [] },
): Promise<unknown> {
  const { cells, session, display } = bench;
  const live = bench.liveLine();
  const signal = cells.running?.abort.signal ?? new AbortController().signal;
  const { variables, forget, record, capture } = bench;
  const atEnd = (action: () => void): void => void cells.running?.atEnd.push(action);
  const context: MagicContext = {
    session,
    signal,
    live,
    display,
    guide,
    text,
    values,
    variables,
    forget,
    atEnd,
    record,
    capture,
  };
  const call = Symbol(magic.name);
  cells.libraryCalls.add(call);
  bench.announce(true);
  try {
    return await magic.run(invocation, context);
  } finally {
    live.close();
    if (cells.libraryCalls.delete(call) && cells.libraryCalls.size === 0) bench.announce(false);
  }
}

/** The cell is over, and with it its library calls; a cut leaves them no time to say so themselves. */
export function endLibraryCalls({ cells, announce }: Pick<MagicBench, "cells" | "announce">): void {
  if (cells.libraryCalls.size === 0) return;
  cells.libraryCalls.clear();
  announce(false);
}
