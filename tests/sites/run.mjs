// Builds a small site with each site generator and opens it in a real browser:
//   node tests/sites/run.mjs [--dist FOLDER] [--keep FOLDER] [NAME …]
// The tools come from script/setup sites (SITES_TOOLS); a tool that is not there is skipped, and said so.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { eventually, launch, open, root, serve } from '../e2e/browser.mjs';

const call = promisify(execFile);
const here = join(root, 'tests/sites');
const words = process.argv.slice(2);
const option = name => { const at = words.indexOf(name); return at < 0 ? undefined : words.splice(at, 2)[1]; };
const dist = option('--dist') ?? join(root, 'dist');
const kept = option('--keep');
const tools = process.env.SITES_TOOLS ?? '';
const npm = join(tools, 'docusaurus/node_modules');
const PATH = [join(tools, 'venv/bin'), join(tools, 'bin'), join(npm, '.bin'), process.env.PATH].join(delimiter);
const python = join(root, 'www/python');
const env = { ...process.env, PATH, PYTHONPATH: python, NO_UPDATE_NOTIFIER: '1', DOCUSAURUS_NO_PERSISTENT_CACHE: '1', BROWSERSLIST_IGNORE_OLD_DATA: '1' };

/** What the generators' own pages need besides what the lab needs: their scripts and styles are inline. */
const LOOSE = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:";
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:";

const run = (command, args, cwd) => call(command, args, { cwd, env, maxBuffer: 1 << 26 }).catch(error => {
  throw Object.assign(new Error(`${command} ${args.join(' ')}: ${error.stdout ?? ''}${error.stderr ?? error.message}`), { code: error.code });
});

/** The page that all sites share, with a tool's own fence for a named manifest and its own form of the element. */
async function page(fence, element) {
  const text = await readFile(join(here, 'page.md'), 'utf8');
  return text.replace('FENCE_YAML', fence).replace('ELEMENT', element);
}

const lab = folder => cp(dist, folder, { recursive: true });
const FENCED = '```statefulset-lab {scenario="web" height="420px" panels="picture console"}\n```';

/** A site of MkDocs Material or of its successor, which have the same folders and fences. */
const material = (tool, args) => ({
  tool,
  path: 'page/',
  async build(folder) {
    await lab(join(folder, 'docs/lab'));
    await writeFile(join(folder, 'docs/index.md'), '# Start\n\n[page](page.md)\n');
    await writeFile(join(folder, 'docs/page.md'), await page('```yaml title="db.yaml"', FENCED));
    await run(tool, args, folder);
    return join(folder, 'site');
  },
});

/** Pages of tests/tutorials; the last one has its outputs in blocks of their own, and a second terminal. */
const TUTORIALS = ['statefulset', 'hands_on', 'basics'];

const SITES = {
  plain: {
    policy: STRICT,
    async build(folder) {
      const yaml = (await page('```yaml', '')).match(/```yaml\n([\s\S]*?)```/)[1];
      await writeFile(join(folder, 'index.html'), (await readFile(join(here, 'plain/index.html'), 'utf8')).replace('YAML', yaml));
      await lab(join(folder, 'lab'));
      return folder;
    },
  },
  sphinx: {
    tool: 'sphinx-build',
    // Furo's own script makes functions of texts.
    policy: LOOSE.replace("'wasm-unsafe-eval'", "'unsafe-eval'"),
    path: 'page.html',
    more: tutorials,
    async build(folder) {
      await lab(join(folder, 'lab'));
      await writeFile(join(folder, 'page.md'), await page('```{code-block} yaml\n:caption: db.yaml\n', '```{statefulset-lab}\n:scenario: web\n:height: 420px\n:panels: picture console\n```'));
      for (const name of TUTORIALS) await cp(join(root, `tests/tutorials/${name}.md`), join(folder, `${name}.md`));
      await run('sphinx-build', ['-q', '-W', '--keep-going', '-b', 'html', '.', '_build'], folder);
      await run('sphinx-build', ['-q', '-W', '-b', 'text', '.', '_text'], folder);
      return join(folder, '_build');
    },
  },
  mkdocs: material('mkdocs', ['build', '-q', '--strict', '-d', 'site']),
  zensical: material('zensical', ['build']),
  hugo: {
    tool: 'hugo',
    path: 'page/',
    async build(folder) {
      await lab(join(folder, 'static/lab'));
      await cp(join(root, 'www/hugo/statefulset-lab.html'), join(folder, 'layouts/_shortcodes/statefulset-lab.html'));
      await cp(join(root, 'www/hugo/render-codeblock.html'), join(folder, 'layouts/_markup/render-codeblock.html'));
      // The repository has no empty folder.
      await mkdir(join(folder, 'content'), { recursive: true });
      await writeFile(join(folder, 'content/page.md'), `---\ntitle: Page\n---\n${await page('```yaml {title="db.yaml"}', '{{< statefulset-lab scenario="web" height="420px" panels="picture console" />}}')}`);
      await run('hugo', ['--quiet', '--logLevel', 'warn', '-d', 'public'], folder);
      return join(folder, 'public');
    },
  },
  mdbook: {
    tool: 'mdbook',
    path: 'page.html',
    async build(folder) {
      await lab(join(folder, 'src/lab'));
      await cp(join(root, 'www/mdbook/statefulset-lab-loader.js'), join(folder, 'statefulset-lab-loader.js'));
      await writeFile(join(folder, 'src/page.md'), await page('```yaml', '<statefulset-lab scenario="web" height="420px" panels="picture console"></statefulset-lab>'));
      await run('mdbook', ['build'], folder);
      return join(folder, 'book');
    },
  },
  docusaurus: {
    tool: 'docusaurus',
    path: 'page/',
    more: navigated,
    async build(folder) {
      await symlink(npm, join(folder, 'node_modules'));
      await lab(join(folder, 'static/lab'));
      await cp(join(root, 'www/docusaurus/StatefulSetLab.jsx'), join(folder, 'src/components/StatefulSetLab.jsx'));
      const text = await page('```yaml title="db.yaml"', '<StatefulSetLab scenario="web" height="420px" panels="picture console" />');
      await writeFile(join(folder, 'docs/page.mdx'), `---\nslug: /page\n---\nimport StatefulSetLab from '@site/src/components/StatefulSetLab';\n\n${text}`);
      await writeFile(join(folder, 'docs/index.md'), '---\nslug: /\n---\n# Start\n\n[The page](/page)\n');
      await run('docusaurus', ['build'], folder);
      return join(folder, 'build');
    },
  },
  vitepress: {
    tool: 'vitepress',
    path: 'page.html',
    more: navigated,
    async build(folder) {
      await symlink(npm, join(folder, 'node_modules'));
      await lab(join(folder, 'docs/public/lab'));
      await writeFile(join(folder, 'docs/page.md'), `${await page('```yaml', '<statefulset-lab scenario="web" height="420px" panels="picture console"></statefulset-lab>')}\n[Other](other.md)\n`);
      await run('vitepress', ['build', 'docs'], folder);
      return join(folder, 'docs/.vitepress/dist');
    },
  },
};

const has = tool => call('sh', ['-c', `command -v ${tool}`], { env }).then(() => true, () => false);

/** The block's own element with its button and its answer. */
const runs = page => page.locator('statefulset-run');

/** Runs the block with number `at` and all before it; returns the verdict. */
async function play(page, at) {
  const block = runs(page).nth(at);
  await block.locator('.main').first().click();
  const first = block.locator('button', { hasText: /Run them first|先に実行する/ });
  if (await first.isVisible().catch(() => false)) await first.click();
  return eventually(`block ${at + 1} is answered`, async () => {
    if (await block.locator('.main').first().isDisabled().catch(() => true)) return null;
    return (await block.locator('.verdict').innerText().catch(() => '')) || null;
  }, 90_000);
}

/** Existing text becomes live, and what differs is told. */
async function tutorial(page) {
  await eventually('six blocks can be run', async () => await runs(page).count() === 6);
  // A manifest that a command of the page applies later is saved under its name, and that command says what kubectl says.
  await play(page, 0);
  const saved = await runs(page).nth(0).locator('.said').innerText();
  if (!saved.includes('db.yaml') || await runs(page).nth(0).locator('.differs').count()) throw new Error(`the file: ${saved}`);
  await play(page, 1);
  const applied = await runs(page).nth(1).locator('.said').innerText();
  if (!/statefulset\.apps\/\w+ created/.test(applied)) throw new Error(`apply: ${applied}`);
  const asPrinted = await play(page, 2);
  if (!/✓/.test(asPrinted)) throw new Error(`get pods: ${await runs(page).nth(2).locator('.said').innerText()}`);
  // A watch shows all that comes, however long its reader reads before.
  await play(page, 3);
  await page.waitForTimeout(4000);
  const watched = await play(page, 4);
  if (!/✓/.test(watched)) throw new Error(`watch: ${await runs(page).nth(4).locator('.said').innerText()}`);
  const other = await play(page, 5);
  if (!/1 /.test(other)) throw new Error(`get sts: ${other}`);
  const said = await runs(page).nth(5).locator('.said').innerText();
  if (!said.includes('2/3') || !said.includes('2/2')) throw new Error(`the difference is not shown: ${said}`);
  await eventually('the dock counts the pods', async () => /2/.test(await page.locator('statefulset-dock .dock > .head > span').innerText()));
}

/** The element starts when it is come to, and draws. */
async function element(page) {
  const lab = page.locator('statefulset-lab[scenario="web"]');
  await lab.scrollIntoViewIfNeeded();
  await eventually('the element draws pods', async () => await lab.locator('.picture svg [data-key]').count() > 3, 60_000);
}

/** The tutorials from top to bottom, every block answered as printed, in Japanese. */
async function tutorials(opened, site) {
  const { page } = opened;
  for (const name of TUTORIALS) {
    await page.goto(`${site.url}${name}.html`);
    await eventually('blocks are found', async () => await runs(page).count() > 4);
    const count = await runs(page).count();
    for (let at = 0; at < count; at += 1) await play(page, at);
    const verdicts = await page.locator('statefulset-run .verdict').allInnerTexts();
    const differing = await page.locator('statefulset-run .verdict.differs').count();
    if (verdicts.length !== count || differing) throw new Error(`${name}: ${verdicts.length} of ${count} answered, ${differing} differ: ${(await page.locator('statefulset-run .said.differs').allInnerTexts()).join('\n')}`);
    await page.screenshot({ path: join(root, `target/site-${name}.png`), fullPage: true });
    const link = await page.evaluate(() => document.querySelector('statefulset-dock').lab.permalink());
    if (link.length > 2000) throw new Error(`${name}: a link to what was done has ${link.length} letters`);
    console.log(`   ${name}: ${count} blocks answered as printed, a link to all of it has ${link.length} letters`);
  }
}

/** Away and back within the page: nothing is left over, and it works again. */
async function navigated(opened) {
  const { page } = opened;
  await page.locator('a', { hasText: 'Other' }).first().click();
  await eventually('the blocks and their cluster are gone', async () => await page.locator('statefulset-run, statefulset-dock').count() === 0);
  await page.goBack();
  await tutorial(page);
}

async function test(name, site, browser) {
  const folder = kept ? join(kept, name) : await mkdtemp(join(tmpdir(), `site-${name}-`));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(here, name), folder, { recursive: true });
  const built = await site.build(folder);
  const server = await serve(built, { policy: site.policy ?? LOOSE });
  const opened = await open(browser, server, { path: site.path ?? '' });
  try {
    await tutorial(opened.page);
    await element(opened.page);
    await opened.page.screenshot({ path: join(root, `target/site-${name}.png`), fullPage: true });
    await site.more?.(opened, server);
    await opened.assertQuiet();
  } finally {
    for (const fault of opened.faults) console.log(`  ${fault}`);
    await opened.context.close();
    await server.close();
    if (!kept) await rm(folder, { recursive: true, force: true });
  }
}

const chosen = words.length ? words : Object.keys(SITES);
const browser = await launch();
let [passed, failed, skipped] = [0, 0, 0];
for (const name of chosen) {
  const site = SITES[name];
  if (!site) { console.error(`there is no site ${name}; there are: ${Object.keys(SITES).join(', ')}`); process.exit(2); }
  if (site.tool && !await has(site.tool)) {
    console.log(`sites: ${name} skipped: ${site.tool} is not installed (script/setup sites)`);
    skipped += 1;
    continue;
  }
  const started = Date.now();
  try {
    await test(name, site, browser);
    passed += 1;
    console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack ?? error}`);
  }
}
await browser.close();
console.log(`\ntest result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; ${skipped} skipped`);
process.exit(failed ? 1 : 0);
