// The tutorial "self-healing", typed: every `get`, then a deleted pod comes back with name and claim, new UID and address.
import { Lab } from '../lab.mjs';

export default async function ({ open }) {
  const lab = await new Lab(await open({ path: '?scenario=mariadb-svc' })).ready();
  await lab.fastest();
  await lab.until('kubectl get sts', /mariadb-sts +1\/1/);
  const expected = {
    'kubectl get sc': /csi-hostpath-sc +(\(default\) +)?hostpath\.csi\.k8s\.io +Delete +Immediate/,
    'kubectl get po': /mariadb-sts-0 +1\/1 +Running +0/,
    'kubectl get pvc': /dbvl-mariadb-sts-0 +Bound +pvc-\S+ +20Mi +RWO +csi-hostpath-sc/,
    'kubectl get pv': /pvc-\S+ +20Mi +RWO +Delete +Bound +default\/dbvl-mariadb-sts-0 +csi-hostpath-sc/,
    'kubectl get svc': /mariadb-svc +ClusterIP +None +<none> +3306\/TCP/,
  };
  for (const [line, pattern] of Object.entries(expected)) {
    const said = await lab.run(line);
    if (!pattern.test(said)) throw new Error(`${line}:\n${said}`);
  }
  const facts = async () => {
    const wide = await lab.until('kubectl get pod -o wide', /mariadb-sts-0 +1\/1 +Running/);
    const ip = /(10\.244\.\d+\.\d+) +minikube/.exec(wide)?.[1];
    const uid = await lab.run("kubectl get pod mariadb-sts-0 -o jsonpath='{.metadata.uid}'");
    const volume = await lab.run("kubectl get pvc dbvl-mariadb-sts-0 -o jsonpath='{.spec.volumeName}'");
    if (!ip || !/[0-9a-f-]{36}/.test(uid)) throw new Error(`${wide}\n${uid}`);
    return { ip, uid, volume };
  };
  const before = await facts();
  await lab.run('kubectl delete pod mariadb-sts-0');
  const after = await facts();
  if (after.uid === before.uid || after.ip === before.ip || after.volume !== before.volume) {
    throw new Error(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
  }
}
