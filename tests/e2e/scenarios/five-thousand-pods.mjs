// Five thousand pods, most of them without a place: the page draws them, prints them as YAML into a pipe and onto the
// screen, goes on answering meanwhile, and Ctrl-C works.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';
import { goesOn, stalls } from '../stalls.mjs';

/** The longest that the page may draw nothing over one command for five thousand pods, in ms; usual are two seconds. */
const STALL_MAX = 30_000;

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web' });
  const { page } = opened;
  page.setDefaultTimeout(120_000);
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  // The set is made anew: how its pods are managed cannot be changed.
  await lab.crowd(5000);
  const count = 'kubectl get sts web -o jsonpath={.status.replicas}';
  await lab.until(count, text => Number(text) >= 4900, 240_000);
  await lab.press('Space');
  const spent = await stalls(page);
  const all = await lab.run('kubectl get pods -A -o yaml | tail -n 3', { timeout: 120_000 });
  if (!/kind: List|left out|ends at/.test(all)) throw new Error(`all pods as YAML: ${all}`);
  await lab.run('kubectl get pods -A -o yaml', { waits: false });
  await goesOn(lab, '5,000 pods as YAML');
  const ms = await spent();
  if (ms > STALL_MAX) throw new Error(`5,000 pods as YAML kept the page from drawing for ${ms} ms`);
  await eventually('the pods are drawn', () => page.locator(`${PARTS.picture} *`).count().then(count => count > 50));
  console.log(`   5,000 pods as YAML: ${ms} ms`);
}
