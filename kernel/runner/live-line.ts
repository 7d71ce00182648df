import type { LiveLine, LiveProgress } from "../magics/context.js";
import type { MimeBundle } from "../link.js";

const PERIOD = 250;

/** Where a live line is shown, and the clock it reads, in milliseconds. */
export interface LiveScreen {
  show(data: MimeBundle, update: boolean): void;
  now(): number;
}

/** A live line that can be left in the middle. */
export interface ClosableLine extends LiveLine {
  /** The work ended without a summary: what was shown last says so. */
  readonly close: () => void;
}

/** A line below the cell, made at the first update and then changed at most four times a second. */
export function createLiveLine(screen: LiveScreen): ClosableLine {
  let shownAt = Number.NEGATIVE_INFINITY;
  let began: { readonly stage: string; readonly at: number; readonly done: number } | undefined;
  let latest: LiveProgress | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let finished = false;
  const write = (text: string, progress: LiveProgress | undefined): void => {
    screen.show({ "text/html": toHtml(text, progress), "text/plain": text }, shownAt > Number.NEGATIVE_INFINITY);
    shownAt = screen.now();
  };
  const show = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (latest) write(describeProgress(latest, began && timeLeft(latest, began, screen.now())), latest);
  };
  const end = (text: string): void => {
    clearTimeout(timer);
    finished = true;
    write(text, undefined);
  };
  return {
    update: (progress) => {
      if (finished) return;
      if (began?.stage !== progress.stage) began = { stage: progress.stage, at: screen.now(), done: progress.done };
      latest = progress;
      const wait = shownAt + PERIOD - screen.now();
      if (wait <= 0) show();
      else timer ??= setTimeout(show, wait);
    },
    finish: (summary) => {
      if (!finished && (latest ?? summary) !== undefined) end(summary ?? (latest ? `${describeProgress(latest)}: done` : ""));
    },
    close: () => {
      if (!finished && latest) end(`${describeProgress(latest)}: stopped`);
    },
  };
}

/** "answer 120/300 · 1 min 5 s left · smollm2/rtn-4bit-g64 · peak 1.2 GiB". */
export function describeProgress({ stage, done, total, note, memory }: LiveProgress, secondsLeft?: number): string {
  const parts = [`${stage} ${done}/${total}`];
  if (secondsLeft !== undefined) parts.push(`${describeSeconds(secondsLeft)} left`);
  if (note !== undefined) parts.push(note);
  if (memory !== undefined) parts.push(`peak ${(memory / 2 ** 30).toFixed(1)} GiB`);
  return parts.join(" · ");
}

/** Seconds until the stage is done, if it goes on as fast; undefined while there is no telling. */
function timeLeft(
  { done, total }: LiveProgress,
  began: { readonly at: number; readonly done: number },
  now: number,
): number | undefined {
  const gained = done - began.done;
  return gained > 0 && now > began.at ? ((now - began.at) / 1000 / gained) * (total - done) : undefined;
}

function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function toHtml(text: string, progress: LiveProgress | undefined): string {
  const bar = progress ? `<progress value="${progress.done}" max="${Math.max(progress.total, 1)}"></progress> ` : "";
  return `<div>${bar}<span>${escapeHtml(text)}</span></div>`;
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
