// Takes a released tool from its project's release page, if that can be reached:
//   node script/prebuilt.mjs REPOSITORY TAG ASSET BINARIES FOLDER [SHA256]
// The archive's checksum must be the one that the release itself records and, where given, the pinned one.
// BINARIES are parted by commas. Ends with 0 and all of them in FOLDER; with 3 when the page cannot be reached; with 1 and a line that says why not.
// LAB_RELEASES names another place that answers like GitHub's interface (a mirror, or a test).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const [repository, tag, asset, binaries, folder, pinned = ''] = process.argv.slice(2);
const releases = process.env.LAB_RELEASES ?? 'https://api.github.com/repos';
const refuse = (code, words) => { console.error(`prebuilt: ${words}`); process.exit(code); };

/** The release's record of `asset`: `{ url, digest }`, or the end of this program. */
async function find() {
  let record;
  try {
    // A page that does not answer within seconds counts as out of reach: building takes over.
    const answer = await fetch(`${releases}/${repository}/releases/tags/${tag}`, { signal: AbortSignal.timeout(6000) });
    if (!answer.ok) refuse(1, `${repository} ${tag}: the release page answers ${answer.status}`);
    record = await answer.json();
  } catch (error) {
    refuse(3, `${releases} cannot be reached (${error.cause?.code ?? error.name})`);
  }
  const found = record.assets?.find(it => it.name === asset);
  if (!found) refuse(1, `${repository} ${tag} has no ${asset}`);
  return { url: found.browser_download_url, digest: String(found.digest ?? '').replace(/^sha256:/, '') };
}

/** Where `binary` lies below `root`. */
function locate(root, binary) {
  const path = readdirSync(root, { recursive: true }).find(it => basename(it) === binary);
  return path ? join(root, path) : refuse(1, `${asset} holds no ${binary}`);
}

const { url, digest } = await find();
if (!digest && !pinned) refuse(1, `${asset}: its release records no checksum`);
const bytes = Buffer.from(await (await fetch(url, { signal: AbortSignal.timeout(120_000) })).arrayBuffer());
const sum = createHash('sha256').update(bytes).digest('hex');
for (const wanted of [digest, pinned]) {
  if (wanted && wanted !== sum) refuse(1, `${asset}: its checksum is ${sum}, not ${wanted}`);
}
const place = mkdtempSync(join(tmpdir(), 'lab-prebuilt-'));
try {
  writeFileSync(join(place, 'archive'), bytes);
  execFileSync('tar', ['-xzf', 'archive'], { cwd: place });
  mkdirSync(folder, { recursive: true });
  for (const binary of binaries.split(',')) {
    copyFileSync(locate(place, binary), join(folder, binary));
    chmodSync(join(folder, binary), 0o755);
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
