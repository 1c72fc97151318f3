// Finding one's way: the line that says what this is, help with a legend, an empty cluster, faults and chips in the picture.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

const WITH_CHIPS = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: most}
spec: {minAvailable: 2, selector: {matchLabels: {app: db}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: db, image: nginx, envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: gone, optional: true}}]}
`;

/** Picture and time controls are both in sight where there is little room. */
async function small(open) {
  for (const viewport of [{ width: 740, height: 360 }, { width: 640, height: 450 }]) {
    const opened = await open({ path: '?scenario=web', viewport });
    await new Lab(opened).ready();
    await opened.page.waitForTimeout(1500);
    for (const part of ['.picture svg.scene', '.controls .tool-main', '.clock', '.controls select']) {
      const box = await opened.page.locator(part).first().boundingBox();
      if (!box || box.y < 0 || box.y + Math.min(box.height, 60) > viewport.height) {
        throw new Error(`${part} is out of sight at ${viewport.width}x${viewport.height}: ${JSON.stringify(box)}`);
      }
    }
  }
}

/** What this is stands whole in the head of every desk, in both languages. */
async function told(open) {
  for (const width of [1200, 1280, 1440]) {
    for (const lang of ['en', 'ja']) {
      const { page, context } = await open({ path: `?lang=${lang}`, viewport: { width, height: 800 } });
      await new Lab({ page, faults: [] }).ready();
      const line = await page.locator('.brand-line').boundingBox();
      const next = await page.locator('.field-scenario .select').boundingBox();
      const head = await page.locator('.head').evaluate(it => it.scrollWidth - it.clientWidth);
      if (!line || line.x + line.width > next.x || line.y + line.height > 48 || head > 0) {
        throw new Error(`${width} px, ${lang}: what this is: ${JSON.stringify({ line, next, head })}`);
      }
      await context.close();
    }
  }
}

/** Where a lesson's step meets the manifest is a matter of its own: the console's height does not move it. */
async function heights(open) {
  const opened = await open({ path: '?scenario=web', viewport: { width: 1440, height: 900 } });
  const { page } = opened;
  await new Lab(opened).ready();
  const bar = page.locator('.splitter-lesson');
  await bar.waitFor();
  const heightOf = async part => Math.round((await page.locator(part).first().boundingBox()).height);
  const drag = async (it, by) => {
    const { x, y } = await it.boundingBox();
    await page.mouse.move(x + 60, y + 2);
    await page.mouse.down();
    await page.mouse.move(x + 60, y + 2 + by, { steps: 4 });
    await page.mouse.up();
  };
  const [step, console_] = [await heightOf('.guide'), await heightOf('.console')];
  const above = page.getByRole('separator', { name: 'Height of the console' });
  await drag(above, -120);
  await eventually('the console is higher', async () => await heightOf('.console') === console_ + 120);
  if (await heightOf('.guide') !== step) throw new Error('the step moved with the console');
  await above.dblclick({ position: { x: 60, y: 2 } });
  await eventually('its usual height is back', async () => await heightOf('.console') === console_);
  await drag(bar, -100);
  await eventually('the step is lower', async () => await heightOf('.guide') === step - 100);
  await bar.dblclick({ position: { x: 60, y: 2 } });
  await eventually('the usual line is back', async () => await heightOf('.guide') === step);
}

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=empty', viewport: { width: 1600, height: 900 } });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await page.locator('.brand-line', { hasText: 'A Kubernetes cluster in your browser' }).waitFor();
  await page.locator('.picture-empty').waitFor();
  await lab.fastest();

  // Help: legend, faults, keys; the focus comes back.
  await page.locator('.picture-scroll').focus();
  await page.keyboard.press('?');
  const help = page.locator('.dialog');
  for (const text of ['running and ready', 'stripe: the update revision', 'lab add node', 'Undo the last input']) {
    if (!(await help.innerText()).includes(text)) throw new Error(`the help lacks ${text}`);
  }
  await page.keyboard.press('Escape');
  await eventually('it closes', async () => await help.count() === 0);

  // What belongs to a set are chips that open; the focus follows, and comes back.
  await lab.apply(WITH_CHIPS);
  await lab.until('kubectl get pods', /db-1 +1\/1/);
  const chip = page.locator('.chip-item .hit[aria-label^="PodDisruptionBudget most"]');
  await chip.focus();
  await page.keyboard.press('Enter');
  await eventually('the focus is in the inspector', () => page.evaluate(() => Boolean(document.activeElement?.closest('.drawer'))));
  if (!(await page.locator('.ins-head').innerText()).includes('most')) throw new Error('another object opened');
  await page.keyboard.press('Escape');
  await eventually('the focus is back', () => page.evaluate(() => Boolean(document.activeElement?.closest('.chip-item'))));
  await page.locator('.chip-item.is-missing', { hasText: 'gone' }).waitFor();

  // Faults as buttons in the picture, by mouse and by key.
  const pod = page.locator('.pod.card, .item.pod').filter({ has: page.locator('[aria-label^="Pod db-0"]') }).first();
  await pod.hover();
  await pod.locator('.fault').click();
  await eventually('the pod was killed', async () => (await page.locator(PARTS.consoleLog).innerText()).includes('lab kill db-0'));
  await page.getByText('By node', { exact: true }).click();
  const node = page.locator('.item.node .hit').first();
  await node.focus();
  await page.keyboard.press('s');
  await eventually('the machine stops', async () => (await page.locator(PARTS.consoleLog).innerText()).includes('lab stop node-a'));
  await page.locator('.item.node .fault').first().click();
  await eventually('the machine starts', async () => (await page.locator(PARTS.consoleLog).innerText()).includes('lab start node-a'));

  // Nodes come and go.
  await lab.run('lab add node zone-a 3');
  await eventually('they are in the picture', async () => await page.locator('.item.node').count() === 6);

  // The timeline says what its marks mean.
  const titles = await page.locator('.tl-lane rect title').allTextContents();
  if (!titles.some(text => /db-0: running and ready, 0:/.test(text) || /db-0: running and ready/.test(text))) throw new Error(titles.join('\n'));
  await small(open);
  await heights(open);
  await told(open);
}
