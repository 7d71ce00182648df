/** Shows one piece of work after another, each on a line of its own: what, how far, how long. */
export interface ProgressLine {
  readonly start: (title: string) => void;
  readonly note: (text: string) => void;
  /** Ends the line; `result` says how it went. */
  readonly end: (result: string) => void;
}

/** Where progress is written: a terminal, a pipe, a file. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** In a terminal the line is rewritten four times a second; elsewhere there is one at the start, one every ten seconds, one at the end. */
export function progressLine(stream: ProgressStream): ProgressLine {
  let [title, text, began] = ["", "", 0];
  let timer: NodeJS.Timeout | undefined;
  const line = (): string => [title, text, `${Math.round((Date.now() - began) / 1000)} s`].filter(Boolean).join(" · ");
  const draw = (): unknown =>
    stream.write(stream.isTTY ? `\r\u001b[K${line().slice(0, (stream.columns ?? 80) - 1)}` : `${line()}\n`);
  return {
    start: (next) => {
      [title, text, began] = [next, "", Date.now()];
      draw();
      timer = setInterval(draw, stream.isTTY ? 250 : 10_000);
    },
    note: (next) => (text = next),
    end: (result) => {
      if (timer === undefined) return; // nothing was started
      clearInterval(timer);
      timer = undefined;
      text = result;
      draw();
      if (stream.isTTY) stream.write("\n");
    },
  };
}
