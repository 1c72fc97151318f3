// The tutorial's session, typed: a database's claims survive scaling down, and even the set.
import { strict as assert } from 'node:assert';
import { assertAccessible } from '../browser.mjs';
import { Lab, manifest } from '../lab.mjs';

/** The rows of `kubectl get` as lists of cells, by their first cell. */
const rows = text => Object.fromEntries(
  text.split('\n').map(line => line.trim().split(/\s{2,}|\t+/)).filter(cells => cells.length > 2).map(cells => [cells[0], cells]));

/** `2m5s` in seconds. */
const seconds = age => [...age.matchAll(/(\d+)([dhms])/g)]
  .reduce((sum, [, n, unit]) => sum + n * { d: 86400, h: 3600, m: 60, s: 1 }[unit], 0);

export default async function ({ open }) {
  const opened = await open();
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  await lab.apply(await manifest('sts-mariadb'));

  const claim = name => `persistentvolumeclaim/storage-sts-mariadb-${name}`;
  const all = 'kubectl get sts,pods,pvc';
  let seen = rows(await lab.until(all, /statefulset.apps\/sts-mariadb +1\/1/));
  assert.equal(seen['pod/sts-mariadb-0'][1], '1/1');
  assert.deepEqual(seen[claim(0)].slice(1, 2), ['Bound']);

  assert.match(await lab.run('kubectl scale sts/sts-mariadb --replicas 2'), /^statefulset.apps\/sts-mariadb scaled$/m);
  seen = rows(await lab.until(all, /statefulset.apps\/sts-mariadb +2\/2/));
  const volume = seen[claim(1)][2];
  assert.match(volume, /^pvc-[0-9a-f-]{36}$/);

  await lab.run('kubectl scale sts/sts-mariadb --replicas 1');
  seen = rows(await lab.until(all, text => /sts-mariadb +1\/1/.test(text) && !text.includes('pod/sts-mariadb-1')));
  assert.deepEqual(seen[claim(1)].slice(1, 3), ['Bound', volume], 'the claim stays when its pod goes');

  await lab.run('kubectl scale sts/sts-mariadb --replicas 2');
  seen = rows(await lab.until(all, /statefulset.apps\/sts-mariadb +2\/2/));
  assert.equal(seen[claim(1)][2], volume, 'the pod gets its old volume back');
  const [podAge, claimAge] = [seen['pod/sts-mariadb-1'], seen[claim(1)]].map(row => seconds(row.at(-1)));
  assert.ok(claimAge > podAge, `the claim (${claimAge} s) is older than the pod (${podAge} s)`);

  assert.match(await lab.run('kubectl delete sts sts-mariadb'), /^statefulset.apps "sts-mariadb" deleted/m);
  const left = await lab.until(all, text => !text.includes('pod/sts-mariadb') && text.includes(claim(0)));
  assert.ok(left.includes(claim(1)) && !left.includes('statefulset.apps/sts-mariadb'), 'only claims are left');
  await assertAccessible(opened.page);
}
