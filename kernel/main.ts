import { startFront } from "./front/front.js";

const [connectionFile] = process.argv.slice(2);
if (connectionFile === undefined) {
  process.stderr.write("usage: node dist/kernel/main.js CONNECTION_FILE (Jupyter passes it)\n");
  process.exitCode = 2;
} else {
  await startFront(connectionFile).catch((error: unknown) => {
    process.stderr.write(`touchstone kernel: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1); // sockets that are bound already would keep it alive
  });
}
