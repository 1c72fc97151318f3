// Links that hold a session, and the frame: a link shows what was done, a hostile one a message, and a frame takes commands
// from its own host alone.
import { eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

const equal = (what, is, should) => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
};


async function shared(open) {
  const lab = await new Lab(await open({ permissions: ['clipboard-read', 'clipboard-write'] })).ready();
  await lab.run('kubectl create ns shared');
  await lab.page.locator('[aria-label="Copy a link to this session"]').click();
  await eventually('the link is there', () => lab.page.evaluate(() => location.hash.startsWith('#v1.')));
  const link = await lab.page.evaluate(() => location.href);
  console.log(`   a link to the first scenario with one line: ${link.length} letters`);
  if (link.length > 2000) throw new Error(`the link has ${link.length} letters`);
  const other = await new Lab(await open({ path: link.slice(link.indexOf('#')) })).ready();
  const said = await other.run('kubectl get ns');
  if (!said.includes('shared')) throw new Error(said);
}

async function hostile(open) {
  for (const hash of ['#v1.AAAA', '#v9.AAAA', `#v1.${'A'.repeat(200_000)}`, '#v1.q1YqTi0uzszPU7KqVipLLSrOzM9TslKKrq0FAA']) {
    const opened = await open({ path: hash, expectErrors: true });
    const lab = await new Lab(opened).ready();
    await eventually(`${hash.slice(0, 20)} leads to a message`, async () => (await opened.page.locator('.notice').allInnerTexts()).some(text => text.trim()));
    if (!(await lab.run('kubectl get nodes')).includes('Ready')) throw new Error('the lab does not run');
  }
}

/** A host with the frame in a sandbox and nothing of ours besides. */
async function framed(open, site) {
  const opened = await open({ path: 'embed.html#scenario=web&panels=console&lang=ja' });
  const { page } = opened;
  await eventually('the frame runs', () => page.evaluate(() => document.querySelector('statefulset-lab')?.lab?.phase === 'running'), 30_000);
  const origin = new URL(site.url).origin;
  await page.goto('about:blank');
  await page.goto(`${site.url}icon.svg`);
  await page.evaluate(() => 0);
  const outer = await open({ prepare: page => page.route('**/outer.html', route => route.fulfill({ contentType: 'text/html', headers: { 'Content-Security-Policy': `default-src 'none'; frame-src ${origin}; script-src 'unsafe-inline'` },
    body: `<!doctype html><title>Outer</title><link rel="icon" href="data:,"><script>window.heard = []; addEventListener('message', event => heard.push(event.data));</script><iframe width="800" height="500" src="embed.html#scenario=web"></iframe>` })), path: 'outer.html', expectErrors: true });
  await eventually('the frame says that it is ready', () => outer.page.evaluate(() => heard.some(it => it.source === 'statefulset-lab' && it.type === 'ready')), 30_000);
  const answer = await outer.page.evaluate(() => new Promise(done => {
    addEventListener('message', ({ data }) => data.id === 7 && done(data));
    document.querySelector('iframe').contentWindow.postMessage({ target: 'statefulset-lab', id: 7, method: 'run', args: ['kubectl get nodes'] }, '*');
  }));
  if (!answer.result?.output.includes('Ready')) throw new Error(JSON.stringify(answer));
  const refused = await outer.page.evaluate(() => new Promise(done => {
    addEventListener('message', ({ data }) => data.id === 8 && done(data.error.code));
    document.querySelector('iframe').contentWindow.postMessage({ target: 'statefulset-lab', id: 8, method: 'constructor' }, '*');
  }));
  equal('no other method', refused, 'no-method');
}

export default async function ({ open, site }) {
  await shared(open);
  await hostile(open);
  await framed(open, site);
}
