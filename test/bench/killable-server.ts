/** The built worker in a process of its own, so that somebody can kill it: `killable-server.ts <folder> <bundle> <port>`. */
import { startRuntime } from "./runtime.ts";

const [folder, bundle, port] = process.argv.slice(2);
if (!folder || !bundle || !port) throw new Error("killable-server.ts <folder> <bundle> <port>");
const runtime = await startRuntime({ folder, bundle, port: Number(port) });
process.send?.(runtime.url);
// Whoever started it may be gone without having killed it.
process.on("disconnect", () => process.exit());
