/**
 * A real Chromium for tests, out of an npm package: nothing is installed by hand. The package carries the shared libraries
 * and fonts that a bare machine lacks; only glibc is the system's. CHROMIUM=/path/to/chrome uses another one, for machines
 * that are not Linux on x64.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { sha256 } from "../../worker/lib/hash.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Quiet without a network, and able to run as root in a container. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

/** A browser with a fresh profile. Close it: `afterAll(() => browser.close())`. */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env.CHROMIUM;
  if (own) return chromium.launch({ executablePath: own, args: FLAGS });
  const folder = unpackChromium();
  const fonts = join(folder, `fonts-${sha256(ROOT, 8)}.conf`);
  writeFileSync(fonts, fontsConfiguration(folder));
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: FLAGS,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [join(folder, "al2023/lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      FONTCONFIG_FILE: fonts,
    } as Record<string, string>,
  });
}

/**
 * Unpacks once per version, beside the final place and then by a rename: a run that is killed meanwhile, or another one at
 * the same time, never leaves half a browser. The package unpacks into the temporary folder of its process, and brings its
 * libraries along only where it believes itself in a bare Amazon Linux; both are said to a process of its own.
 */
function unpackChromium(): string {
  const manifest = join(ROOT, "node_modules/@sparticuz/chromium/package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const folder = join(tmpdir(), `nunchi-chromium-${version}`);
  if (existsSync(folder)) return folder;
  const making = mkdtempSync(`${folder}-`);
  const program = 'await (await import("@sparticuz/chromium")).default.executablePath()';
  execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: making, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
  });
  try {
    renameSync(making, folder);
  } catch {
    // Another process was faster.
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** The package's own configuration looks for its fonts where Lambda would have them, and has no Korean ones. */
function fontsConfiguration(folder: string): string {
  const korean = join(ROOT, "node_modules/@expo-google-fonts/nanum-gothic");
  const places = [join(folder, "fonts/fonts"), korean, "/usr/share/fonts", "/usr/local/share/fonts"];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${places.map((place) => `<dir>${place}</dir>`).join("\n  ")}
  <cachedir>${join(folder, "fonts-cache")}</cachedir>
</fontconfig>
`;
}
