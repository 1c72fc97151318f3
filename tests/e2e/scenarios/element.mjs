// The element <statefulset-lab> through its life: by the parser, upgraded later, by script, moved, removed while loading,
// removed and added again, back from the browser's cache, two builds on one page, ten at once; and it follows its host.
import { brotliCompressSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, launch, open as openIn, root } from '../browser.mjs';

const HOST = body => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="icon.svg"><link rel="stylesheet" href="host.css"></head><body>${body}</body></html>`;
const LOADER = '<script type="module" src="statefulset-lab.js"></script>';
// Many sites count in tenths of the usual letter.
const STYLE = 'html { font-size: 62.5% } body { margin: 8px; font: 15px serif } .far { height: 4000px }';
const YAML = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: alone\nspec:\n  containers:\n  - name: a\n    image: nginx\n';

const equal = (what, is, should) => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
};

/** Opens a host page whose body is `body`, beside the build's files, under their policy or another. */
async function host(open, body, { policy, ...options } = {}) {
  const files = { 'host.html': ['text/html', HOST(body)], 'host.css': ['text/css', STYLE], 'pod.yaml': ['text/plain', YAML] };
  const prepare = async page => {
    for (const [name, [contentType, text]] of Object.entries(files)) {
      await page.route(`**/${name}`, async route => {
        const { headers } = await page.request.head(new URL('index.html', route.request().url()).href).then(answer => ({ headers: answer.headers() }));
        await route.fulfill({ contentType, body: text, headers: { 'Content-Security-Policy': policy ?? headers['content-security-policy'] } });
      });
    }
  };
  return open({ path: 'host.html', prepare, ...options });
}

const running = (page, selector = 'statefulset-lab') => eventually(`${selector} runs`, () => page.evaluate(it => document.querySelector(it)?.lab?.phase === 'running', selector), 30_000);
const output = (page, line, selector = 'statefulset-lab') => page.evaluate(([selector, line]) => document.querySelector(selector).run(line).output, [selector, line]);

async function beginnings(open) {
  const { page } = await host(open, `${LOADER}<statefulset-lab scenario="web" panels="picture console"></statefulset-lab>
    <statefulset-lab id="inline" loading="eager"><script type="application/yaml">${YAML}</script></statefulset-lab>
    <statefulset-lab id="src" src="pod.yaml" loading="eager" commands="kubectl get nodes"></statefulset-lab>
    <statefulset-lab id="click" loading="click" lang="ja"><p>fallback</p></statefulset-lab>`);
  await running(page);
  await running(page, '#inline');
  await running(page, '#src');
  equal('letters have their own size', await page.evaluate(() => getComputedStyle(document.querySelector('#inline').shadowRoot.querySelector('.console-input')).fontSize), '12.5px');
  equal('inline YAML is applied', /alone/.test(await output(page, 'kubectl get pods', '#inline')), true);
  equal('a file is applied', /alone/.test(await output(page, 'kubectl get pods', '#src')), true);
  equal('nothing before the click', await page.evaluate(() => document.querySelector('#click').lab), null);
  await page.locator('#click .start').click();
  await running(page, '#click');
  equal('in Japanese', await page.evaluate(() => document.querySelector('#click').state().lang), 'ja');
  // By script, with properties set before it is in the page.
  await page.evaluate(() => {
    const element = document.createElement('statefulset-lab');
    Object.assign(element, { id: 'made', scenario: 'mariadb', loading: 'eager', startAt: '30s', panels: 'picture' });
    document.body.append(element);
  });
  await running(page, '#made');
  equal('it stands at its moment', await page.evaluate(() => { const { now, isPlaying } = document.querySelector('#made').state(); return [now >= 30_000, isPlaying]; }), [true, false]);
  equal('one panel', await page.locator('#made .stage').isVisible() && !await page.locator('#made .console').isVisible(), true);
  equal('properties are attributes', await page.evaluate(() => { const it = document.querySelector('#made'); it.readonly = true; it.speed = 4; return [it.getAttribute('readonly'), it.getAttribute('speed'), it.state().speed]; }), ['', '4', 4000]);
}

async function life(open) {
  const { page } = await host(open, '<div id="a"><statefulset-lab scenario="web" loading="eager"></statefulset-lab></div><div id="b"></div>');
  await page.evaluate(() => { const it = document.querySelector('statefulset-lab'); it.height = '300px'; });
  await page.addScriptTag({ url: 'statefulset-lab.js', type: 'module' });
  await running(page);
  equal('a property from before the upgrade holds', await page.evaluate(() => document.querySelector('statefulset-lab').getBoundingClientRect().height), 300);
  // Moved: the same lab goes on.
  await output(page, 'kubectl create ns moved');
  await page.evaluate(() => document.querySelector('#b').append(document.querySelector('statefulset-lab')));
  await page.waitForTimeout(50);
  equal('a move keeps the lab', /moved/.test(await output(page, 'kubectl get ns')), true);
  // Removed: the lab ends. Added again: it goes on where it was.
  await page.evaluate(() => { window.kept = document.querySelector('statefulset-lab'); window.old = kept.lab; kept.remove(); });
  await eventually('it has ended', () => page.evaluate(() => old.phase === 'destroyed' && kept.lab === null));
  await page.evaluate(() => document.body.append(kept));
  await running(page);
  equal('what was done is there again', /moved/.test(await output(page, 'kubectl get ns')), true);
  // Another attribute begins anew, as an author expects who sets it.
  await page.evaluate(() => { const it = document.querySelector('statefulset-lab'); it.seed = '2'; it.version = '1.35'; });
  await eventually('it begins anew', async () => { await running(page); return /v1.35/.test(await output(page, 'kubectl version')); });
  equal('without what was done', /moved/.test(await output(page, 'kubectl get ns')), false);
  // For looking only: what changes is refused in words, what looks is not.
  const refused = await page.evaluate(() => {
    const it = document.querySelector('statefulset-lab');
    it.readonly = true;
    try { it.run('kubectl delete sts web'); return null; } catch (error) { return error.code; }
  });
  equal('a change is refused', refused, 'read-only');
  equal('looking is not', /web/.test(await output(page, 'kubectl get sts')), true);
  await page.evaluate(() => { document.querySelector('statefulset-lab').readonly = false; });
  // A version that nobody knows is refused in words, and the element runs.
  await page.evaluate(() => { document.querySelector('statefulset-lab').version = '9.9'; });
  await eventually('an unknown version is refused', () => page.evaluate(() => /9\.9/.test(document.querySelector('statefulset-lab').shadowRoot.querySelector('.notice')?.textContent ?? '')), 30_000);
  await page.evaluate(() => document.querySelector('statefulset-lab').removeAttribute('version'));
  await eventually('and it is the newest again', async () => { await running(page); return /v1.37/.test(await output(page, 'kubectl version')); });
  // Removed while it loads: nothing is left, and no error.
  await page.evaluate(async () => {
    const element = document.createElement('statefulset-lab');
    element.id = 'gone';
    element.setAttribute('loading', 'eager');
    document.body.append(element);
    await Promise.resolve();
    element.remove();
    window.gone = element;
  });
  await page.waitForTimeout(500);
  equal('no lab is left', await page.evaluate(() => gone.lab), null);
  // A second build on the page is none.
  await page.addScriptTag({ url: 'statefulset-lab.js?other', type: 'module' });
  equal('it still runs', /web/.test(await output(page, 'kubectl get sts')), true);
  // Away and back.
  await page.goto(new URL('icon.svg', page.url()).href);
  await page.goBack();
  await eventually('it is there after going back', () => page.evaluate(() => Boolean(document.querySelector('statefulset-lab'))));
}

/** In a browser that keeps whole pages: who comes back finds the lab as it was, and it goes on. */
async function backFromTheCache(site) {
  const keeping = await launch([], ['--disable-back-forward-cache']);
  try {
    const { page, assertQuiet } = await openIn(keeping, site, { path: 'embed.html#scenario=web&panels=picture+console' });
    await running(page);
    await output(page, 'kubectl create ns kept');
    await page.evaluate(() => {
      window.shown = [];
      addEventListener('pageshow', event => shown.push(event.persisted));
    });
    await page.goto(`${site.url}embed.html?other#scenario=web&loading=click`);
    await page.goBack({ waitUntil: 'commit' });
    equal('the page comes from the cache', await eventually('it is shown', () => page.evaluate(() => window.shown?.length && shown)), [true]);
    equal('the lab runs', await page.evaluate(() => document.querySelector('statefulset-lab').lab.phase), 'running');
    equal('what was done is there', /kept/.test(await output(page, 'kubectl get ns')), true);
    const now = () => page.evaluate(() => document.querySelector('statefulset-lab').state().now);
    await page.evaluate(() => document.querySelector('statefulset-lab').play());
    const before = await now();
    await page.evaluate(() => document.querySelector('statefulset-lab').run('kubectl delete pod web-0 --wait=false'));
    await eventually('time goes on', async () => await now() > before + 200);
    await assertQuiet();
  } finally {
    await keeping.close();
  }
}

async function follows(open) {
  const { page } = await host(open, `${LOADER}<main lang="ja"><statefulset-lab scenario="web" loading="eager"></statefulset-lab></main>`);
  await running(page);
  const shown = () => page.evaluate(() => { const { lang, theme } = document.querySelector('statefulset-lab').state(); return [lang, theme]; });
  equal('at first, on a white page', await shown(), ['ja', 'light']);
  for (const [change, should] of [
    [() => document.documentElement.setAttribute('data-theme', 'dark'), ['ja', 'dark']],
    [() => document.documentElement.removeAttribute('data-theme'), ['ja', 'light']],
    [() => { document.body.style.background = '#111'; document.body.className = 'night'; }, ['ja', 'dark']],
    [() => { document.body.style.background = ''; document.documentElement.style.colorScheme = 'light dark'; }, ['ja', 'system']],
    [() => { document.documentElement.style.colorScheme = ''; }, ['ja', 'light']],
    [() => document.body.setAttribute('data-md-color-scheme', 'slate'), ['ja', 'dark']],
    [() => document.body.setAttribute('data-md-color-scheme', 'default'), ['ja', 'light']],
    [() => { document.body.removeAttribute('data-md-color-scheme'); document.documentElement.className = 'dark'; }, ['ja', 'dark']],
    [() => { document.documentElement.className = ''; document.querySelector('main').lang = 'en'; }, ['en', 'light']],
    [() => document.querySelector('statefulset-lab').setAttribute('theme', 'light'), ['en', 'light']],
  ]) {
    await page.evaluate(change);
    await eventually(`it shows ${should}`, async () => JSON.stringify(await shown()) === JSON.stringify(should));
  }
  // The site's own keys hear nothing of what is typed.
  await page.evaluate(() => { window.heard = []; document.addEventListener('keydown', event => heard.push(event.key)); });
  await page.locator('statefulset-lab .console-input').pressSequentially('/s');
  equal('the site hears no keys', await page.evaluate(() => heard), []);
}

/** What its attributes ask for happens, and what means nothing is said. */
async function asked(open) {
  const { page } = await host(open, `${LOADER}
    <statefulset-lab id="loop" loading="eager" scenario="web" start-at="5s" autoplay loop speed="16"></statefulset-lab>
    <statefulset-lab id="bad" loading="eager"><pre>kind: StatefulSet\napiVersion: apps/v1\nmetadata:\n  name: bad\nspec: 3\n</pre></statefulset-lab>
    <statefulset-lab id="words" loading="eager" scenario="wbe" poster="poster-web.svg" panels="pictur" start-at="soon"></statefulset-lab>`);
  for (const id of ['#loop', '#bad', '#words']) await running(page, id);
  const now = () => page.evaluate(() => document.querySelector('#loop').state().now);
  await eventually('the set is there', async () => await now() > 12_000, 30_000);
  await eventually('and it begins again', async () => await now() < 12_000, 30_000);
  const notice = id => page.evaluate(id => document.querySelector(id).state().notice, id);
  equal('a faulty text is said', /spec/.test(await notice('#bad')), true);
  await eventually('where it is seen', () => page.locator('#bad .notices').innerText().then(text => /spec/.test(text)));
  equal('an unknown scenario is said', /wbe/.test(await notice('#words')), true);
  equal('and what else means nothing', await page.evaluate(() => document.querySelector('#words').shadowRoot.querySelector('output').textContent), '? panels="pictur", start-at="soon", scenario="wbe"');
  // What comes to mean nothing later is said then, and shows no blank.
  const later = await page.evaluate(() => new Promise(done => {
    const it = document.querySelector('#loop');
    it.addEventListener('error', ({ detail: { message, code } }) => done([message, code]), { once: true });
    it.setAttribute('panels', 'nonsense');
  }));
  equal('a later one', later, ['panels="nonsense"', 'notice']);
  equal('all panels are shown', await page.evaluate(() => document.querySelector('#loop').lab.root.dataset.panels), undefined);
  // Values of another type have a code, and the lab goes on.
  const codes = await page.evaluate(() => {
    const { lab } = document.querySelector('#loop');
    const calls = [() => lab.run(5), () => lab.run(), () => lab.apply({}), () => lab.advance('x'), () => lab.seek(-5), () => lab.why('pod'), () => lab.openPage(null), () => lab.run('true')];
    return calls.map(call => { try { call(); return 'fine'; } catch (error) { return error instanceof Error && error.code; } });
  });
  equal('values of another type', codes, [...Array(7).fill('bad-value'), 'fine']);
  // A session without a lesson has a link as well.
  const link = await page.evaluate(() => document.querySelector('#bad').permalink());
  equal('a link', /#v1\./.test(link), true);
}

/** A loop begins again behind its last marker, also where nothing changes any more before it, and not while it stands at one. */
async function loops(open) {
  const { page } = await host(open, `<statefulset-lab loading="eager" scenario="web" autoplay loop speed="16" panels="picture timeline" markers="0s: at first; 4s: on the way; 50s: long after"></statefulset-lab>`);
  await page.evaluate(() => {
    window.it = document.querySelector('statefulset-lab');
    window.told = [];
    it.addEventListener('marker', ({ detail }) => told.push(detail.label));
  });
  await page.addScriptTag({ url: 'statefulset-lab.js', type: 'module' });
  const told = count => eventually(`${count} markers`, () => page.evaluate(count => told.length >= count, count), 30_000).then(() => page.evaluate(count => told.slice(0, count), count));
  equal('round by round', await told(6), [1, 2].flatMap(() => ['at first', 'on the way', 'long after']));
  equal('what stands there', await page.evaluate(() => it.shadowRoot.querySelector('output').textContent), 'long after');
  // Where time stops at markers, the reader lets it go on, and the last one is no end but a stop as well.
  await page.evaluate(() => { told.length = 0; it.pauseOnMarkers = true; it.seek(5000); it.play(); });
  await told(1);
  await page.waitForTimeout(3500);
  equal('it stands at the last one', await page.evaluate(() => [it.state().isPlaying, it.state().now >= 50_000, ...told]), [false, true, 'long after']);
  await page.evaluate(() => it.play());
  equal('and goes on from the start', await told(2), ['long after', 'at first']);
  equal('where it stands again', await page.evaluate(() => [it.state().isPlaying, it.state().now < 1000]), [false, true]);
  // Who acts while the loop rests is not taken back to the start.
  await page.evaluate(() => { it.pauseOnMarkers = false; it.markers = ''; it.play(); });
  await eventually('it rests', () => page.evaluate(() => it.state().isSettled), 30_000);
  const before = await page.evaluate(() => { it.pause(); return it.state().now; });
  await page.waitForTimeout(3500);
  equal('it stands where it was stopped', await page.evaluate(() => it.state().now), before);
  // A loop that is asked for while the cluster rests begins as well.
  await page.evaluate(() => { it.loop = false; it.play(); });
  await eventually('it rests once more', () => page.evaluate(() => it.state().isSettled), 30_000);
  await page.evaluate(() => { it.loop = true; });
  await eventually('it begins again', () => page.evaluate(before => it.state().now < before, before), 30_000);
}

/** A page whose policy forbids the lab shows the line that is missing, and keeps what its author wrote instead. */
async function blocked(open) {
  const element = '<statefulset-lab loading="eager" scenario="web"><p>A picture of a set.</p></statefulset-lab>';
  for (const [policy, line] of [
    ["default-src 'self'; style-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"],
    ["default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'none'", "connect-src 'self'"],
    ["default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'none'", "style-src 'self'"],
  ]) {
    const { page } = await host(open, `${LOADER}${element}`, { policy, expectErrors: true });
    await eventually(`${line} is shown`, () => page.evaluate(line => document.querySelector('statefulset-lab').shadowRoot.querySelector('.say code')?.textContent === line, line), 30_000);
    equal('its author\'s words stay', await page.locator('statefulset-lab p', { hasText: 'A picture of a set.' }).isVisible(), true);
    const told = await page.evaluate(() => new Promise(done => {
      const it = document.querySelector('statefulset-lab');
      it.addEventListener('error', ({ detail: { code, line } }) => done([code, line]));
      it.shadowRoot.querySelector('.start').click();
    }));
    equal('the event says so', told, ['blocked', line]);
  }
  // Nothing here makes markup of text, so a page that forbids that is no obstacle.
  const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; require-trusted-types-for 'script'";
  const { page } = await host(open, `${LOADER}${element}`, { policy });
  await running(page, 'statefulset-lab');
}

async function ten(open) {
  const elements = Array.from({ length: 10 }, (_, at) => `<statefulset-lab class="lab-${at}" scenario="web"></statefulset-lab>`).join('');
  const fetched = [];
  const { page } = await host(open, `${LOADER}<div class="far"></div>${elements}`);
  page.on('request', request => fetched.push(new URL(request.url()).pathname));
  await page.reload();
  await page.waitForTimeout(500);
  const before = fetched.filter(path => /\.(js|wasm)$/.test(path));
  equal('before one is seen', before, ['/statefulset-lab.js']);
  const loader = brotliCompressSync(await readFile(join(root, 'www/statefulset-lab.js'))).length;
  if (loader > 6000) throw new Error(`the loader is ${loader} bytes`);
  console.log(`   the loader: ${loader} bytes; ten lazy elements: ${before.length} script`);
  await page.evaluate(() => {
    window.compiled = 0;
    const compile = WebAssembly.compileStreaming.bind(WebAssembly);
    WebAssembly.compileStreaming = (...rest) => { window.compiled += 1; return compile(...rest); };
  });
  await page.locator('.lab-9').scrollIntoViewIfNeeded();
  await running(page, '.lab-9');
  await page.evaluate(() => Promise.all([...document.querySelectorAll('statefulset-lab')].map(it => it.start())));
  equal('all ten run', await page.evaluate(() => [...document.querySelectorAll('statefulset-lab')].filter(it => it.lab?.phase === 'running').length), 10);
  equal('one fetch of the module', fetched.filter(path => path.endsWith('.wasm')).length, 1);
  equal('one compile of it', await page.evaluate(() => compiled), 1);
}

export default async function ({ open, site }) {
  await beginnings(open);
  await life(open);
  await backFromTheCache(site);
  await follows(open);
  await asked(open);
  await loops(open);
  await blocked(open);
  await ten(open);
}
