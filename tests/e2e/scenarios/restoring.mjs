// A long session comes back: 500 inputs, three branches, 1,500 pods. The page draws meanwhile and shows how far it is.
import { eventually } from '../browser.mjs';
import { crowd, Lab, PARTS } from '../lab.mjs';
import { stalls } from '../stalls.mjs';

/** The longest that the page may draw nothing while it loads, in ms; usual are a few hundred. */
const STALL_MAX = 15_000;
const INPUTS = 500;
const STEP_MS = 500;

/** A session of three branches, as the page stores it: the second and the third leave the first. */
async function session() {
  const lines = ['kubectl get pods | tail -n 3', 'kubectl get sts web', 'kubectl label pod web-0 a=b --overwrite', 'echo $?'];
  const start = [[0, ['file', 'crowd.yaml', await crowd(1500)]], [0, ['line', 'kubectl apply -f crowd.yaml']]];
  const later = Array.from({ length: INPUTS }, (_, at) => [20_000 + at * STEP_MS, ['line', lines[at % lines.length]]]);
  const inputs = [...start, ...later];
  const end = 20_000 + INPUTS * STEP_MS;
  const branch = (name, share, more) => {
    const at = 20_000 + INPUTS * STEP_MS * share;
    const own = Array.from({ length: 20 }, (_, number) => [at + (number + 1) * 1000, ['line', more]]);
    return { name, parent: [0, at], inputs: [...inputs.filter(input => input[0] <= at), ...own], end: at + 30_000 };
  };
  return JSON.stringify({
    version: 1, seed: '1', environment: 'minikube', kubernetes: '1.36', gates: '', manifest: '', lines: [], editor: 'kind: Mine\n',
    branches: [{ name: 'main', inputs, end }, branch('branch 1', 0.5, 'kubectl delete pod web-1 --wait=false'), branch('branch 2', 0.9, 'kubectl get nodes')],
    current: 0, at: end,
  });
}

/** Puts a text where the page keeps its session, and lets the page that is there store nothing more. */
const put = (page, texts) => page.evaluate(texts => {
  window.addEventListener('pagehide', event => event.stopImmediatePropagation(), true);
  const set = Storage.prototype.setItem;
  for (const storage of [localStorage, sessionStorage]) {
    for (const [key, text] of Object.entries(texts)) set.call(storage, `statefulset-lab/${key}`, text);
  }
  Storage.prototype.setItem = () => {};
}, texts);

export default async function ({ open }) {
  const opened = await open({});
  const { page } = opened;
  page.setDefaultTimeout(60_000);
  const lab = await new Lab(opened).ready();
  const text = await session();
  await put(page, { session: text });
  await page.addInitScript(() => {
    window.progress = [];
    const look = () => {
      const bar = document.querySelector('.loading progress');
      if (bar && window.progress.at(-1) !== bar.value) window.progress.push(bar.value);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const begun = Date.now();
  await page.reload({ waitUntil: 'commit' });
  await page.waitForSelector('.loading progress');
  const shown = Date.now() - begun;
  const spent = await stalls(page);
  await eventually('the session is there', async () => await page.locator('.loading').count() === 0, 280_000);
  const all = Date.now() - begun;
  const ms = await spent();
  const seen = await page.evaluate(() => window.progress);
  if (seen.length < 5) throw new Error(`the bar showed ${seen}`);
  if (seen.some((value, at) => at > 0 && value < seen[at - 1])) throw new Error(`the bar went back: ${seen}`);
  if (ms > STALL_MAX) throw new Error(`loading kept the page from drawing for ${ms} ms`);
  await lab.ready();
  await page.locator('.controls [aria-keyshortcuts="Space"]').waitFor();
  await eventually('all pods are there', async () => (await page.locator(PARTS.picture).textContent()).includes('/1500 ready'), 60_000);
  console.log(`   ${text.length} bytes: the bar after ${shown} ms, all after ${all} ms, the longest stall ${ms} ms, ${seen.length} steps`);
}
