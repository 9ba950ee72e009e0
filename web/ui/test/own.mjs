// An installation of eakte beside the demo, for what is to be configured in another way.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A port that nobody has. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Makes an account in a folder that no server works in. */
export function addAccount(data, name, role, department, password) {
  const made = spawnSync("bin/eakte", ["--data", data, "user", "add", name, "--role", role, "--department", department], { input: `${password}\n` });
  if (made.status !== 0) throw new Error(`no account: ${made.stderr}`);
}

/**
 * Starts one at an address, in an empty folder. prepare is given a folder to put files into, and that of the data, and returns
 * what the environment is to say.
 */
export async function startOwn(app, prepare) {
  const dir = mkdtempSync(join(tmpdir(), "eakte-own-"));
  const data = join(dir, "data");
  const env = { ...process.env, ...prepare(dir, data), EAKTE_LISTEN: `127.0.0.1:${new URL(app).port}` };
  const server = spawn("bin/eakte", ["--data", data, "serve"], { stdio: ["ignore", "ignore", "pipe"], env });
  const lines = createInterface({ input: server.stderr });
  const said = [];
  await new Promise((resolve, reject) => {
    lines.on("line", (line) => { said.push(line); if (line.startsWith("eakte answers at")) resolve(); });
    server.once("exit", () => reject(new Error(`eakte ended: ${said.join("\n")}`)));
  });
  return {
    said,
    async stop() {
      server.removeAllListeners("exit");
      server.kill("SIGTERM");
      await once(server, "exit");
      rmSync(dir, { recursive: true });
    },
  };
}
