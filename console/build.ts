/** Builds the console into dist/ and puts compressed copies beside the files, so that the server need not compress. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const COMPRESSED = /\.(?:js|css|svg|json)$/;
/** Below this many bytes a compressed copy saves nothing. */
const COMPRESSED_BYTES_MIN = 1_024;

// Whoever builds, in whatever mode the server or the tests are: people get React without its checks for developers.
process.env["NODE_ENV"] = "production";
await build({ configFile: join(import.meta.dirname, "vite.config.ts"), logLevel: "warn" });

const assets = join(import.meta.dirname, "dist/assets");
for (const name of readdirSync(assets).filter((file) => COMPRESSED.test(file))) {
  const path = join(assets, name);
  const bytes = readFileSync(path);
  if (bytes.length < COMPRESSED_BYTES_MIN) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
