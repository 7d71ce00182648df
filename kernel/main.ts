import { startFront } from "./front/front.js";

const [connectionFile] = process.argv.slice(2);
if (connectionFile === undefined) {
  process.stderr.write("usage: node dist/kernel/main.js CONNECTION_FILE (Jupyter passes it)\n");
  process.exitCode = 2;
} else {
  await startFront(connectionFile);
}
