// What somebody types to see where the page breaks: each line is answered or told why not, the page goes on answering
// meanwhile, and Ctrl-C works.
import { Lab } from '../lab.mjs';
import { goesOn, stalls } from '../stalls.mjs';

/** The longest that the page may keep its reader from typing while it works on the worst lines, in ms. */
const STALL_MAX = 2500;

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

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web' });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  await lab.until('kubectl get pods', /web-2 +1\/1/);
  const longest = await stalls(page);
  const measured = [];
  const quick = async what => {
    const ms = await longest();
    measured.push(`${what}: ${ms} ms`);
    if (ms > STALL_MAX) throw new Error(`${what} kept the page from drawing for ${ms} ms`);
  };

  const doubled = await lab.run('a=xxxxxxxxxx; for i in {1..40}; do a=$a$a; done');
  if (!/values end at 64 KiB in this lab/.test(doubled)) throw new Error(`a value that doubles: ${doubled}`);
  await quick('a value that doubles');

  for (const line of ['while true; do kubectl get pods -o yaml; done', 'while :; do :; done', 'f() { f | f; }; f']) {
    await lab.run(line, { waits: false });
    await lab.wait(1500);
    await goesOn(lab, line);
    await quick(line);
  }

  await lab.run('kubectl delete pod web-0 --grace-period=9223372036854775807 --wait=false');
  await goesOn(lab, 'the longest grace');
  await lab.run('kubectl delete pod web-0 --force');
  await quick('the longest grace');

  await lab.apply(FIGHT);
  await lab.wait(1500);
  await goesOn(lab, 'controllers that fight');
  await quick('controllers that fight');
  await lab.run('kubectl delete hpa,deploy --all --wait=false');

  for (const mark of ['a', 'b']) {
    await lab.apply(longPod(mark));
    await goesOn(lab, `a pod of 20,000 words ${mark}`);
  }
  await quick('two long specs that differ everywhere');

  console.log(`   ${measured.join('; ')}`);
}
