// The tutorial "claims survive", typed: apply, scale up, down and up again, delete; the claims stay.
import { Lab } from '../lab.mjs';

const GET = 'kubectl get sts,pods,pvc';

export default async function ({ open }) {
  const lab = await new Lab(await open({ path: '?scenario=mariadb' })).ready();
  await lab.fastest();
  const first = await lab.until(GET, /statefulset\.apps\/sts-mariadb +1\/1/);
  if (!/pod\/sts-mariadb-0 +1\/1 +Running +0/.test(first)) throw new Error(first);
  const volume = text => /persistentvolumeclaim\/storage-sts-mariadb-1 +Bound +(pvc-[0-9a-f-]{36}) +256Mi +RWX +standard/.exec(text)?.[1];

  const scaled = await lab.run('kubectl scale sts/sts-mariadb --replicas 2 # one more');
  if (scaled !== 'statefulset.apps/sts-mariadb scaled\n') throw new Error(scaled);
  const two = volume(await lab.until(GET, /sts-mariadb +2\/2/));
  if (!two) throw new Error('claim 1 is not bound');

  await lab.run('kubectl scale sts/sts-mariadb --replicas 1');
  const one = await lab.until(GET, text => !text.includes('pod/sts-mariadb-1'));
  if (volume(one) !== two) throw new Error(`claim 1 did not stay:\n${one}`);

  await lab.run('kubectl scale sts/sts-mariadb --replicas 2');
  const again = await lab.until(GET, /sts-mariadb +2\/2/);
  if (volume(again) !== two) throw new Error(`claim 1 has another volume:\n${again}`);

  await lab.run('kubectl delete sts sts-mariadb');
  const left = await lab.until(GET, text => !text.includes('pod/'));
  if (left.includes('statefulset') || (left.match(/persistentvolumeclaim\//g) ?? []).length !== 2) throw new Error(left);
}
