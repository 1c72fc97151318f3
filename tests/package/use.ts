// What a stranger writes in TypeScript; it is checked and not run.
import { createCluster, mount, readLink, writeLink, type Lab, type LabOptions } from 'statefulset-lab';
import type { Cluster, LabError, PageBlock } from 'statefulset-lab/core.js';
import 'statefulset-lab/element.js';
import 'statefulset-lab/run.js';

const cluster: Cluster = await createCluster({ environment: 'minikube', version: '1.36', gates: 'A=true', seed: 1, lang: 'ja' });
const { output, lines, hints, exit } = cluster.run('kubectl get pods');
const ended: number | null = exit;
const error: boolean = lines.some(({ stream }) => stream === 'err');
cluster.putFile('a.yaml', output + hints.join());
const block: PageBlock = { text: 'kubectl get sts', language: 'shell', output: { text: 'web   3/3' } };
const [read] = cluster.openPage([block]);
const { said, differences } = cluster.playTurn(0, read.turns.length - 1);
cluster.applyBlock(0).differences.map(({ printed }) => printed);
const why = cluster.why('pod', 'web-0');
const moved: number = cluster.fork().now + (why.since ?? 0);
cluster.plan('').errors.concat(said, cluster.decisions(0).map(({ text }) => text));
try { cluster.state('pods'); } catch (thrown) { const { code }: LabError = thrown as LabError; console.log(code); }

const options: LabOptions = { scenario: 'web', version: '1.37', compare: '1.36', gates: '', lesson: 'canary', panels: 'picture' };
const lab: Lab = await mount(document.body, options);
lab.putFile('a', 'b');
lab.settle();
lab.addEventListener('decision', event => console.log(event));
const address: string | undefined = await lab.share();
const at: number = lab.state().now;
const link: string = await writeLink(lab.session(), { lang: 'ja' });
const { session } = await readLink(link);

const element = document.createElement('statefulset-lab');
Object.assign(element, { session });
element.startAt = '30s';
element.pauseOnMarkers = true;
element.lesson = 'canary';
const svg: string = (await element.start()).toSVG();
element.run('kubectl get sts').lines.length;
element.openPage([block]).length;
element.applyBlock(0).said.join();
const moment: number = element.now + lab.now;
lab.set({ markers: [{ at: moment, label: lab.state().unread.join() }] });
element.addEventListener('decision', event => console.log(event.detail.text));
element.addEventListener('error', event => console.log(event.detail.code));
element.addEventListener('click', event => console.log(event.clientX));
// @ts-expect-error There is no such environment.
createCluster({ environment: 'mars' });
// @ts-expect-error There is no such method.
element.nothing();
// @ts-expect-error A number is no line.
cluster.run(1);
console.log(ended, error, moved, differences, address, at, svg);
