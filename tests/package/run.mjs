// Installs the packed npm package as a stranger would, into Node, TypeScript, a page without a bundler and a Vite page:
//   node tests/package/run.mjs [TARBALL]
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, launch, open, root, serve } from '../e2e/browser.mjs';

const call = promisify(execFile);
const target = join(root, 'target');
const packed = (await readdir(target)).filter(name => /^statefulset-lab-.*\.tgz$/.test(name)).map(name => join(target, name)).at(-1);
const tarball = process.argv[2] ?? packed;
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
const equal = (what, is, should) => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
};

const NODE = `
import { createCluster } from 'statefulset-lab/core.js';
// Drawn on a server: the elements begin in the reader's page.
import 'statefulset-lab/element.js';
import 'statefulset-lab/run.js';
const out = {};
const cluster = await createCluster({ environment: 'minikube', seed: 1 });
const yaml = "apiVersion: apps/v1\\nkind: StatefulSet\\nmetadata:\\n  name: web\\nspec:\\n  replicas: 2\\n  serviceName: web\\n  selector:\\n    matchLabels: { app: web }\\n  template:\\n    metadata:\\n      labels: { app: web }\\n    spec:\\n      containers:\\n      - { name: web, image: nginx }\\n";
out.planned = cluster.plan(yaml).lines.length > 0;
out.applied = cluster.apply(yaml).output;
cluster.settle();
out.pods = cluster.state('pods').items.filter(it => it.metadata.namespace === 'default').map(it => it.metadata.name);
out.ready = cluster.state('sts', 'web').status.readyReplicas;
out.decided = cluster.decisions().some(it => it.controller === 'StatefulSet' && it.text.length > 0);
out.exit = cluster.run('kubectl get pod nobody').exit;
const other = cluster.fork();
other.run('kubectl scale sts web --replicas 0');
other.settle();
out.forked = [other.state('sts', 'web').spec.replicas, cluster.state('sts', 'web').spec.replicas];
out.link = (await cluster.permalink()).slice(0, 4);
out.again = (await createCluster({ session: cluster.session })).run('kubectl get sts').output === cluster.run('kubectl get sts').output;
for (const [name, act] of [['kind', () => cluster.state('nonsense')], ['name', () => cluster.state('pod', 'nobody')], ['type', () => cluster.run(5)], ['gone', () => { other.destroy(); other.destroy(); other.run('x'); }]])
  try { act(); out[name] = 'no error'; } catch (error) { out[name] = [error instanceof Error, error.code]; }
out.version = await createCluster({ version: '0.9' }).catch(error => error.code);
out.environment = await createCluster({ environment: 'mars' }).catch(error => error.code);
out.seeds = await Promise.all(['1.5', 1.5, -1, 2 ** 53, '18446744073709551616'].map(seed => createCluster({ seed }).catch(error => error.code)));
out.mounted = await (await import('statefulset-lab')).mount(null).catch(error => [error instanceof Error, error.code]);
out.wrong = await Promise.all([{ environment: 5 }, { seed: 'abc' }, { scenario: 'web' }, { lang: 'fr' }, 'x'].map(it => createCluster(it).catch(error => error.code)));
out.place = cluster.state('pod', 'default/web-0').metadata.name;
console.log(JSON.stringify(out));
`;

async function inNode(folder) {
  await writeFile(join(folder, 'use.mjs'), NODE);
  const { stdout } = await call(process.execPath, ['use.mjs'], { cwd: folder });
  equal('in Node', JSON.parse(stdout), {
    planned: true, applied: 'statefulset.apps/web created\n', pods: ['web-0', 'web-1'], ready: 2, decided: true, exit: 1, forked: [0, 2],
    link: '#v1.', again: true, kind: [true, 'bad-kind'], name: [true, 'not-found'], type: [true, 'bad-value'], gone: [true, 'destroyed'], version: 'bad-version', environment: 'bad-environment', seeds: Array(5).fill('bad-value'), mounted: [true, 'no-document'], wrong: Array(5).fill('bad-value'), place: 'web-0',
  });
}

const page = script => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">${script}</head><body><statefulset-lab scenario="web" height="400px"></statefulset-lab></body></html>`;

async function inPage(browser, folder, path = '') {
  const site = await serve(folder, { policy: STRICT });
  const opened = await open(browser, site, { path });
  try {
    await eventually('the element draws pods', async () => await opened.page.locator('statefulset-lab .picture svg [data-key]').count() > 3, 60_000);
    await opened.assertQuiet();
  } finally {
    await opened.context.close();
    await site.close();
  }
}

async function withoutBundler(browser, folder) {
  await writeFile(join(folder, 'index.html'), page('<script type="module" src="node_modules/statefulset-lab/lab/statefulset-lab.js"></script>'));
  await inPage(browser, folder);
}

/** What the documentation names is there, and the types say the same. */
async function inTypeScript(folder) {
  const [, list] = /A cluster has ([^]*?)`destroy`/.exec(await readFile(join(root, 'www/docs/en/script.md'), 'utf8'));
  const names = [...list.matchAll(/`(\w+)/g)].map(([, name]) => name).filter(name => !['text', 'language', 'name', 'output'].includes(name));
  await writeFile(join(folder, 'names.mjs'), `import { createCluster } from 'statefulset-lab/core.js';\nconst it = await createCluster();\nconsole.log(JSON.stringify(${JSON.stringify(names)}.filter(name => !(name in it))));`);
  const { stdout } = await call(process.execPath, ['names.mjs'], { cwd: folder });
  equal('documented and not there', JSON.parse(stdout), []);
  const typescript = join(process.env.SITES_TOOLS ?? '', 'docusaurus/node_modules/typescript');
  if (!existsSync(typescript)) return 'TypeScript is not installed (script/setup sites)';
  await cp(join(root, 'tests/package/use.ts'), join(folder, 'use.ts'));
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'], types: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  await call(process.execPath, [join(typescript, 'bin/tsc'), '-p', '.'], { cwd: folder }).catch(error => { throw new Error(error.stdout); });
  return null;
}

async function withVite(browser, folder) {
  const vite = join(process.env.SITES_TOOLS ?? '', 'docusaurus/node_modules/vite');
  if (!existsSync(vite)) return 'vite is not installed (script/setup sites)';
  await symlink(vite, join(folder, 'node_modules/vite'));
  await mkdir(join(folder, 'public'), { recursive: true });
  await cp(join(folder, 'node_modules/statefulset-lab/lab'), join(folder, 'public/lab'), { recursive: true });
  await writeFile(join(folder, 'main.js'), "import 'statefulset-lab/element.js';\nimport { createCluster } from 'statefulset-lab/core.js';\nwindow.createCluster = createCluster;\n");
  await writeFile(join(folder, 'index.html'), page('<script type="module" src="/main.js"></script>').replace('<statefulset-lab', '<statefulset-lab base="/lab/"'));
  await call(process.execPath, [join(vite, 'bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: folder });
  await inPage(browser, join(folder, 'dist'));
  return null;
}

const folder = await mkdtemp(join(tmpdir(), 'package-'));
const browser = await launch();
let [passed, failed, skipped] = [0, 0, 0];
try {
  await writeFile(join(folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }');
  await call('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder });
  for (const [name, act] of [['Node', () => inNode(folder)], ['TypeScript', () => inTypeScript(folder)], ['page', () => withoutBundler(browser, folder)], ['Vite', () => withVite(browser, folder)]]) {
    try {
      const why = await act();
      if (why) { skipped += 1; console.log(`package: ${name} skipped: ${why}`); continue; }
      passed += 1;
      console.log(`ok ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}: ${error.stack ?? error}${error.stderr ?? ''}`);
    }
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
console.log(`\ntest result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; ${skipped} skipped`);
process.exit(failed ? 1 : 0);
