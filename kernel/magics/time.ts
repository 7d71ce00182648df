import { magic } from "./magic.js";

/** `%time`: how long a cell takes. */
export const time = magic({
  name: "time",
  kind: "prefix",
  summary: "Says below the cell how long what follows it took: wall and processor time",
  positional: {},
  options: {},
  examples: ["%%time  // on the first line of a cell", "%time  // from here to the end of the cell"],
  result: "void",
  load:
    () =>
    (_given, { atEnd, display }) => {
      const [started, used] = [performance.now(), process.cpuUsage()];
      atEnd(() => {
        const { user, system } = process.cpuUsage(used);
        const wall = (performance.now() - started) / 1000;
        const text = `wall ${seconds(wall)}, processor ${seconds((user + system) / 1e6)} (user ${seconds(user / 1e6)})`;
        display({ "text/plain": text }, { raw: true });
      });
    },
});

const seconds = (value: number): string => (value < 1 ? `${Math.round(1000 * value)} ms` : `${value.toFixed(2)} s`);
