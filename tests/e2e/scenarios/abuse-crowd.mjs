// Five thousand pods as YAML: into a pipe and onto the screen; the page goes on answering, and Ctrl-C works.
import { Lab, crowd } from '../lab.mjs';
import { goesOn, stalls } from '../stalls.mjs';

/** The longest that one command over five thousand pods may keep the page, in ms. */
const STALL_MAX = 6000;

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web' });
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  await lab.apply(await crowd(5000));
  await lab.until('kubectl get sts web -o jsonpath={.status.replicas}', text => Number(text) >= 5000, 80_000);
  await lab.press('Space');
  const longest = await stalls(opened.page);
  await longest();
  const all = await lab.run('kubectl get pods -A -o yaml | tail -n 3');
  if (!/kind: List|left out|ends at/.test(all)) throw new Error(`all pods as YAML: ${all}`);
  await lab.run('kubectl get pods -A -o yaml', { waits: false });
  await goesOn(lab, '5,000 pods as YAML');
  const ms = await longest();
  if (ms > STALL_MAX) throw new Error(`5,000 pods as YAML kept the page from drawing for ${ms} ms`);
}
