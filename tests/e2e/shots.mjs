// Takes screenshots of the page's named states into shots/:
//   node tests/e2e/shots.mjs [NAME …]
// A state is a way to get there; the window, the scheme and the language are part of it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, open, root, serve } from './browser.mjs';
import { Lab, manifest } from './lab.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** Applies the set and waits until all its pods are ready. */
async function settled(lab, text, replicas = 3) {
  await lab.fastest();
  await lab.apply(text);
  await lab.until('kubectl get sts web', new RegExp(`web +${replicas}/${replicas}`));
  await lab.pace(1);
}

const STATES = {
  start: { async go(lab) { await lab.wait(4000); } },
  scaling: {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await lab.run('kubectl scale sts/web --replicas=6');
      await lab.wait(3500);
    },
  },
  'retained-claim': {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await lab.run('kubectl scale sts/web --replicas=1');
      await lab.fastest();
      await lab.until('kubectl get pods', text => !text.includes('web-1'));
      await lab.run('kubectl get pods,pvc');
    },
  },
  'rolling-update': {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await lab.run('kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25');
      await lab.wait(6000);
      await lab.run('kubectl get pods');
    },
  },
  'stuck-rollout': {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await lab.run('kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:bad');
      await lab.wait(9000);
      await lab.run('kubectl get pods');
    },
  },
  'node-lost': {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await lab.run('lab stop node-b');
      await lab.fastest();
      await lab.until('kubectl get nodes', /NotReady/);
      await lab.pace(1);
      await lab.page.getByText('By node', { exact: true }).click();
      await lab.wait(1500);
    },
  },
  'thousand-pods': {
    async go(lab) {
      await lab.fastest();
      await lab.crowd(1000);
      await lab.until('kubectl get sts web', /web +1000\/1000/, 180_000);
      await lab.run('kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25');
      await lab.wait(4000);
    },
  },
  phone: { options: PHONE, async go(lab) { await lab.wait(4000); } },
  dark: { options: { colorScheme: 'dark' }, async go(lab) { await settled(lab, await manifest('web')); } },
  japanese: { options: { locale: 'ja-JP' }, path: '?lang=ja', async go(lab) { await settled(lab, await manifest('web')); } },
  fork: {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await lab.run('kubectl scale sts/web --replicas=5');
      await lab.wait(3000);
      await lab.press('U');
      await lab.run('kubectl scale sts/web --replicas=1');
      await lab.press('Space');
      await lab.wait(4500);
      await lab.page.locator('.branches select').last().selectOption({ index: 1 });
      await lab.wait(800);
    },
  },
  inspector: {
    async go(lab) {
      await settled(lab, await manifest('web'));
      await (await lab.page.locator('.picture').getByRole('button', { name: /web-1/ }).first()).click();
      await lab.wait(500);
    },
  },
};

const words = process.argv.slice(2);
const unknown = words.filter(word => !STATES[word]);
if (unknown.length) {
  console.error(`no state ${unknown.join(', ')}; there are: ${Object.keys(STATES).join(', ')}`);
  process.exit(2);
}
const site = await serve(join(root, 'dist'));
const browser = await launch();
const folder = join(root, 'shots');
await mkdir(folder, { recursive: true });
let failed = 0;
for (const name of words.length ? words : Object.keys(STATES)) {
  const { go, options = {}, path = '' } = STATES[name];
  const opened = await open(browser, site, { ...options, path });
  try {
    const lab = await new Lab(opened).ready();
    await go(lab);
    await opened.assertQuiet();
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.message}`);
  }
  await opened.page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`shots/${name}.png`);
  await opened.context.close();
}
await browser.close();
await site.close();
process.exit(failed ? 1 : 0);
