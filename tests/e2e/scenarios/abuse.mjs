// What somebody types to see where the page breaks: each line is answered or told why not, the page goes on answering
// meanwhile, Ctrl-C works, and the console draws no more than is looked at.
import { Lab, PARTS } from '../lab.mjs';
import { goesOn, stalls } from '../stalls.mjs';

/**
 * The longest that the page may draw nothing while it works on one of the worst lines, in ms. Usual is half a second; a
 * crowded machine takes ten times as long, and what has no bound takes for ever.
 */
const STALL_MAX = 20_000;
/** The most elements of a console that has said a hundred thousand lines. */
const DRAWN_MAX = 5000;

/** Commands of twenty thousand words, none of them in both specs. */
const longPod = mark => {
  const words = Array.from({ length: 20_000 }, (_, at) => `    - ${mark}${at}\n`).join('');
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: long\nspec:\n  containers:\n  - name: c\n    image: busybox\n    command:\n${words}`;
};

/** Two autoscalers that want other numbers of the same Deployment. */
const scaler = (name, least) => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ${name}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: torn}
  minReplicas: ${least}
  maxReplicas: ${least + 1}
`;
const FIGHT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: torn}
spec:
  replicas: 1
  selector: {matchLabels: {app: torn}}
  template:
    metadata: {labels: {app: torn}}
    spec: {containers: [{name: c, image: nginx}]}
${scaler('few', 1)}${scaler('many', 9)}`;

/** Lines that never end by themselves. */
const ENDLESS = [
  'while true; do kubectl get pods -o yaml; done',
  'while :; do :; done',
  'f() { f | f; }; f',
  'yes',
  'for i in {1..1000}; do kubectl get pods -w & done; wait',
];

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web' });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  await lab.until('kubectl get pods', /web-2 +1\/1/);
  page.setDefaultTimeout(120_000);
  const spent = await stalls(page);
  const measured = [];
  const answers = async what => {
    const ms = await spent();
    measured.push(`${what}: ${ms} ms`);
    if (ms > STALL_MAX) throw new Error(`${what} kept the page from drawing for ${ms} ms`);
  };

  const doubled = await lab.run('a=xxxxxxxxxx; for i in {1..40}; do a=$a$a; done');
  if (!/values end at 1024 KiB in this lab/.test(doubled)) throw new Error(`a value that doubles: ${doubled}`);
  await answers('a value that doubles');

  for (const line of ENDLESS) {
    await lab.run(line, { waits: false });
    await lab.wait(1000);
    await goesOn(lab, line);
    await answers(line);
  }
  // What goes on behind the prompt does not belong to what follows.
  await lab.run('kill $(jobs -p)');
  const drawn = await page.locator('.console').evaluate(console => console.querySelectorAll('*').length);
  measured.push(`elements of the console: ${drawn}`);
  if (drawn > DRAWN_MAX) throw new Error(`the console draws ${drawn} elements`);

  await lab.run('kubectl delete pod web-0 --grace-period=9223372036854775807 --wait=false');
  await goesOn(lab, 'the longest grace');
  await lab.run('kubectl delete pod web-0 --force');
  await answers('the longest grace');

  await lab.paste(FIGHT);
  await page.locator('.apply').click();
  await lab.wait(1000);
  await goesOn(lab, 'controllers that fight');
  await answers('controllers that fight');
  await lab.run('kubectl delete hpa,deploy --all --wait=false');

  for (const mark of ['a', 'b']) {
    await lab.paste(longPod(mark));
    await page.locator('.apply').click();
    await goesOn(lab, `a pod of 20,000 words ${mark}`);
    await answers(`a pod of 20,000 words ${mark}`);
  }
  const said = await page.locator(PARTS.consoleLog).innerText();
  // The first lines of a long answer are shown, the others on request.
  if (!/pod updates may not change fields other than/.test(said)) throw new Error(`two long specs: ${said.slice(-2000)}`);

  console.log(`   ${measured.join('; ')}`);
}
