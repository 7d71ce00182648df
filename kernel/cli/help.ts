import type { Command } from "./command.js";

/** The command that lists all commands, itself among them. */
export function helpFor(commands: readonly Command[]): Command {
  const help: Command = {
    summary: "this list",
    usage: "help",
    run: () => {
      console.log(helpText([...commands, help]));
      return Promise.resolve(0);
    },
  };
  return help;
}

/** One line a command, aligned. */
export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `  touchstone ${usage.padEnd(width)}  ${summary}`);
  const title =
    "Touchstone, a Jupyter kernel for TypeScript that compresses language models and shows what that does to their trust.";
  return [title, "", ...lines].join("\n");
}
