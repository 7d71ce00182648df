import type { ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { createAllowance } from "../allowance.js";
import { endTree } from "../descendants.js";
import type { Outcome, Output, Program, RunnerOrder, RunnerReport } from "../link.js";
import { cutOff, launchRunner } from "./runner-process.js";

/** A waiting runner answers an interrupt well within this; a computing one is cut off after it. Milliseconds. */
const PATIENCE = 30;
/** Our own library work is asked to stop, not cut, for this long. */
const LIBRARY_PATIENCE = 1_000;
/** A runner that still has not answered is ended. */
const LAST_PATIENCE = 2_000;
/** A completion does not wait longer for values. */
const VALUES_PATIENCE = 250;

/** What the runner tells, other than answers. */
export interface RunnerEvents {
  readonly output: (cell: number, output: Output) => void;
  readonly input: (ask: Extract<RunnerReport, { kind: "input" }>) => void;
  /** A runner ended that was not asked to; a new one is already starting. */
  readonly lost: (reason: string) => void;
  /** A cell dropped all variables. */
  readonly forgotten: () => void;
}

/** The process that runs cells. It is replaced when it ends; its variables are lost then. */
export class Runner {
  private child: ChildProcess;
  private running: { readonly cell: number; readonly finish: (outcome: Outcome) => void } | undefined;
  private readonly asked = new Map<number, (values: readonly string[]) => void>();
  private acknowledge = (): void => undefined;
  private readonly allowance = createAllowance();
  private lastCell = 0;
  /** A cell whose native output goes to a file too. */
  private captured: { readonly cell: number; readonly file: string } | undefined;
  private nextId = 1;
  private interrupts = 0;
  private inLibrary = false;
  private stopped = false;
  /** The runner came up. One that ends before is started anew only when a cell needs it, or a broken one would be for ever. */
  private alive = false;

  constructor(private readonly events: RunnerEvents) {
    this.child = this.start();
  }

  /** Runs a cell; resolves when it is done, also if the process is lost meanwhile. */
  run(program: Program, allowStdin: boolean): Promise<Outcome> {
    if (!this.child.connected) this.child = this.start();
    this.lastCell = program.cell;
    return new Promise((resolve) => {
      this.running = { cell: program.cell, finish: resolve };
      this.send({ kind: "run", program, allowStdin });
    });
  }

  /** Stops what runs by the gentlest means that works: asks, then cuts off the running code, then ends the process. */
  async interrupt(): Promise<void> {
    const target = this.child;
    const answered = new Promise<boolean>((resolve) => {
      this.acknowledge = () => resolve(true);
    });
    const within = (milliseconds: number): Promise<boolean> => Promise.race([answered, delay(milliseconds, false)]);
    const number = (this.interrupts = (this.interrupts + 1) % 256);
    this.send({ kind: "interrupt", number });
    if (await within(this.inLibrary ? LIBRARY_PATIENCE : PATIENCE)) return;
    cutOff(target, number);
    if (await within(LAST_PATIENCE)) return;
    end(target);
  }

  /** The values of a magic's parameter; none if the runner does not answer at once. */
  values(magic: string, parameter: string): Promise<readonly string[]> {
    const id = this.nextId++;
    const answered = new Promise<readonly string[]>((resolve) => this.asked.set(id, resolve));
    this.send({ kind: "values", id, magic, parameter });
    return Promise.race([answered, delay(VALUES_PATIENCE, [])]).finally(() => this.asked.delete(id));
  }

  /** Sends an order, unless the process is just being replaced. */
  send(order: RunnerOrder): void {
    if (this.child.connected) this.child.send(order, () => undefined);
  }

  /** Ends the process for good. */
  stop(): void {
    this.stopped = true;
    end(this.child);
  }

  private start(): ChildProcess {
    const child = launchRunner((name, text) => this.showNative(name, text));
    this.inLibrary = false;
    this.alive = false;
    child.on("message", (report: RunnerReport) => this.receive(report));
    child.once("exit", (code, signal) => {
      if (!this.stopped && this.child === child) this.replace(signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`);
    });
    return child;
  }

  /** What native code and child processes write; the runner limits only what passes through its own streams. */
  private showNative(name: "stdout" | "stderr", text: string): void {
    const cell = this.lastCell;
    setImmediate(() => this.keepNative(cell, text)); // the order to keep it may be in the other pipe still
    const { shown, remark } = this.allowance.take(this.lastCell, text);
    if (shown !== "") this.events.output(this.lastCell, { kind: "stream", name, text: shown });
    if (remark !== undefined) this.events.output(this.lastCell, { kind: "stream", name: "stderr", text: remark });
  }

  private keepNative(cell: number, text: string): void {
    if (this.captured?.cell !== cell) return;
    try {
      appendFileSync(this.captured.file, text);
    } catch (error) {
      this.events.output(cell, { kind: "stream", name: "stderr", text: `${String(error)}\n` });
    }
  }

  private replace(reason: string): void {
    if (this.alive) this.child = this.start();
    this.events.lost(reason);
    this.acknowledge();
    if (this.running) this.finish(this.running.cell, lostOutcome(reason));
  }

  private receive(report: RunnerReport): void {
    if (report.kind === "output") this.events.output(report.cell, report.output);
    else if (report.kind === "finished")
      setImmediate(() => this.finish(report.cell, report.outcome)); // native output in the pipes comes first
    else if (report.kind === "interrupted") this.acknowledge();
    else if (report.kind === "capture") this.captured = report;
    else if (report.kind === "forgotten") this.events.forgotten();
    else if (report.kind === "library") this.inLibrary = report.running;
    else if (report.kind === "values") this.asked.get(report.id)?.(report.values);
    else if (report.kind === "input") this.events.input(report);
    else this.alive = true;
  }

  private finish(cell: number, outcome: Outcome): void {
    if (this.running?.cell !== cell) return;
    const { finish } = this.running;
    const remark = this.allowance.end(cell);
    if (remark !== undefined) this.events.output(cell, { kind: "stream", name: "stderr", text: remark });
    this.running = undefined;
    finish(outcome);
  }
}

/** With the programs that its cells have started: nobody would wait for them. */
function end({ pid }: ChildProcess): void {
  if (pid !== undefined) endTree(pid);
}

function lostOutcome(reason: string): Outcome {
  const evalue = `the process that runs cells ended (${reason}); a new one was started, and all variables are lost`;
  return { status: "error", ename: "RunnerLost", evalue, traceback: [`RunnerLost: ${evalue}`] };
}
