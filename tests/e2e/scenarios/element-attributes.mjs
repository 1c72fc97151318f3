// Every attribute of <statefulset-lab> is a property, and does what it says when it is changed while the lab runs.
import { eventually } from '../browser.mjs';
import { equal } from '../host.mjs';

const PAGE = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="icon.svg"><script type="module" src="statefulset-lab.js"></script></head><body><statefulset-lab environment="minikube" loading="eager"></statefulset-lab></body></html>';
const pod = name => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: a\n    image: nginx\n`;
const BOOLEANS = ['autoplay', 'loop', 'pause-on-markers', 'readonly'];
const TEXTS = ['src', 'scenario', 'lesson', 'environment', 'commands', 'panels', 'view', 'start-at', 'speed', 'markers', 'seed', 'version', 'gates', 'compare', 'lang', 'theme', 'height', 'base', 'loading', 'poster'];

async function host(open, options = {}) {
  const prepare = async page => {
    for (const [name, contentType, body] of [['host.html', 'text/html', PAGE], ['pod.yaml', 'text/plain', pod('from-a-file')]]) {
      await page.route(`**/${name}`, async route => {
        const answer = await page.request.head(new URL('index.html', route.request().url()).href);
        await route.fulfill({ contentType, body, headers: { 'Content-Security-Policy': answer.headers()['content-security-policy'] } });
      });
    }
  };
  const { page } = await open({ path: 'host.html', prepare, ...options });
  await page.evaluate(() => { window.it = document.querySelector('statefulset-lab'); });
  return page;
}

const running = page => eventually('it runs', () => page.evaluate(() => it.lab?.phase === 'running'), 30_000);
/** Sets properties; what begins anew is waited for. */
async function set(page, values) {
  await page.evaluate(values => Object.assign(it, values), values);
  await page.waitForTimeout(20);
  await running(page);
}
const run = (page, line) => page.evaluate(line => it.run(line).output, line);
const state = page => page.evaluate(() => it.state());
const seen = (page, selector) => page.locator(`statefulset-lab ${selector}`).first().isVisible();

/** One that could not start begins with the next attribute that is set. */
async function failed(page) {
  await running(page);
  await page.evaluate(() => { it.src = 'missing.yaml'; });
  await eventually('it says what is missing', () => page.evaluate(() => !it.lab && /missing\.yaml/.test(it.shadowRoot.textContent)));
  await set(page, { src: 'pod.yaml' });
  equal('src, after one that failed', /from-a-file/.test(await run(page, 'kubectl get pods')), true);
}

async function areProperties(page) {
  const camel = name => name.replace(/-./g, it => it[1].toUpperCase());
  const wrong = await page.evaluate(([booleans, texts]) => {
    const camel = name => name.replace(/-./g, it => it[1].toUpperCase());
    const element = document.createElement('statefulset-lab');
    const wrong = [];
    for (const name of booleans) {
      element[camel(name)] = true;
      if (element.getAttribute(name) !== '' || element[camel(name)] !== true) wrong.push(name);
      element[camel(name)] = false;
      if (element.hasAttribute(name)) wrong.push(name);
    }
    for (const name of texts) {
      element[camel(name)] = '2';
      if (element.getAttribute(name) !== '2') wrong.push(name);
      element.setAttribute(name, '3');
      if (element[camel(name)] !== '3') wrong.push(name);
    }
    return wrong;
  }, [BOOLEANS, TEXTS]);
  equal('attributes that are no properties', wrong, []);
  equal('a name of two words', camel('start-at'), 'startAt');
}

/** What a lab begins with. */
async function beginnings(page) {
  await running(page);
  equal('environment', /^minikube +Ready/m.test(await run(page, 'kubectl get nodes')), true);
  await set(page, { environment: 'zones' });
  equal('another environment', (await run(page, 'kubectl get nodes --no-headers')).trim().split('\n').length > 1, true);
  await page.evaluate(() => it.removeAttribute('environment'));
  await set(page, { scenario: 'mariadb' });
  equal('scenario', /sts-mariadb/.test(await run(page, 'kubectl get sts')), true);
  await set(page, { src: 'pod.yaml' });
  equal('src', /from-a-file/.test(await run(page, 'kubectl get pods')), true);
  await page.evaluate(() => { it.removeAttribute('src'); it.removeAttribute('scenario'); });
  await page.evaluate(yaml => { it.innerHTML = `<script type="application/yaml">${yaml}</script>`; }, pod('inside'));
  await page.waitForTimeout(50);
  await running(page);
  equal('YAML inside', /inside/.test(await run(page, 'kubectl get pods')), true);
  await page.evaluate(yaml => { it.querySelector('script').textContent = yaml; }, pod('written-anew'));
  await page.waitForTimeout(50);
  await running(page);
  equal('YAML inside, changed', /written-anew/.test(await run(page, 'kubectl get pods')), true);
  await whileItStarts(page);
  await page.evaluate(() => it.replaceChildren());
  await set(page, { scenario: 'web', commands: 'kubectl create ns one\nkubectl create ns two' });
  await eventually('commands', async () => /one[^]*two/.test(await run(page, 'kubectl get ns')));
  const uid = () => page.evaluate(() => it.state('sts', 'web').metadata.uid);
  await set(page, { commands: '', seed: '1' });
  const first = await uid();
  await set(page, { seed: '2' });
  equal('seed', await uid() === first, false);
  await set(page, { version: '1.35' });
  equal('version', /Server Version: v1\.35/.test(await run(page, 'kubectl version')), true);
  await set(page, { version: '1.37', gates: 'StatefulSetRecreateStrategy=true' });
  equal('gates', (await run(page, 'lab versions')).length > 0 && (await state(page)).notice, '');
  await set(page, { gates: '', compare: '1.36' });
  await eventually('compare', async () => (await page.locator('statefulset-lab .picture svg.scene').count()) >= 2);
  await set(page, { compare: '', lesson: 'canary', panels: 'guide console' });
  await eventually('lesson', () => seen(page, '.guide'));
  await page.evaluate(() => { it.removeAttribute('lesson'); });
  await set(page, { panels: '', startAt: '20s' });
  equal('start-at', (await state(page)).now >= 20_000 && !(await state(page)).isPlaying, true);
}

/** What changes while a lab is starting: it has read what was there before, and must not go on with that. */
async function whileItStarts(page) {
  const starting = async (change, argument) => {
    await page.evaluate(async ([change, argument]) => {
      it.seed = String(Number(it.seed || 0) + 1);
      await null;
      await null;
      if (it.lab) throw new Error('it has not begun anew');
      if (change === 'inside') it.querySelector('script').textContent = argument; else it[change] = argument;
    }, [change, argument]);
    await page.waitForTimeout(50);
    await running(page);
  };
  await starting('inside', pod('in-between'));
  equal('YAML inside, changed while it starts', /in-between/.test(await run(page, 'kubectl get pods')), true);
  await starting('environment', 'zones');
  equal('environment, changed while it starts', (await run(page, 'kubectl get nodes --no-headers')).trim().split('\n').length > 1, true);
  await starting('panels', 'console');
  equal('panels, changed while it starts', [await seen(page, '.console-input'), await seen(page, '.stage')], [true, false]);
  await page.evaluate(() => { for (const name of ['environment', 'panels', 'seed']) it.removeAttribute(name); });
  await page.waitForTimeout(50);
  await running(page);
}

/** What changes in a lab that goes on: what was done in it is still there. */
async function looks(page) {
  await run(page, 'kubectl create ns kept');
  await set(page, { panels: 'console' });
  equal('panels', [await seen(page, '.console-input'), await seen(page, '.stage')], [true, false]);
  await set(page, { panels: 'picture' });
  equal('other panels', [await seen(page, '.console-input'), await seen(page, '.stage')], [false, true]);
  const picture = () => page.evaluate(() => it.toSVG());
  const byIdentity = await picture();
  await set(page, { view: 'node' });
  await eventually('view', async () => /node-a/.test(await picture()) && await picture() !== byIdentity);
  await set(page, { autoplay: true, speed: '4' });
  await eventually('autoplay', async () => (await state(page)).isPlaying);
  equal('speed', (await state(page)).speed, 4000);
  await set(page, { autoplay: false });
  equal('no autoplay', (await state(page)).isPlaying, false);
  await page.evaluate(() => {
    window.told = [];
    window.heardAt = [];
    it.addEventListener('marker', event => { told.push(event.detail.label); heardAt.push(it.now, it.state().isPlaying); });
    window.at = (Math.floor(it.state().now / 1000) + 3) * 1000;
    it.markers = `${at}ms: now`;
    it.pauseOnMarkers = true;
    it.run('kubectl delete pod web-0 --wait=false');
    it.autoplay = true;
  });
  await eventually('markers', () => page.evaluate(() => told.length === 1 && told[0] === 'now'));
  await eventually('pause-on-markers', async () => !(await state(page)).isPlaying);
  const late = await page.evaluate(() => it.state().now - at);
  equal('it stands at the marker', late, 0);
  equal('and stood there when it was told', await page.evaluate(() => heardAt[0] === at && !heardAt[1]), true);
  // One at which nothing else changes any more.
  await page.evaluate(() => {
    it.pauseOnMarkers = false;
    window.at = it.state().now + 40_000;
    it.speed = '16';
    it.markers = `${at}ms: then`;
    it.autoplay = false;
    it.autoplay = true;
  });
  await eventually('a marker in a time of rest', () => page.evaluate(() => told.at(-1) === 'then' && it.state().now >= at), 20_000);
  equal('its words are shown', await page.evaluate(() => it.shadowRoot.querySelector('output').textContent), 'then');
  await page.evaluate(() => { it.autoplay = false; });
  await set(page, { lang: 'ja', theme: 'dark', height: '300' });
  const { lang, theme } = await state(page);
  equal('lang and theme', [lang, theme], ['ja', 'dark']);
  equal('height', await page.evaluate(() => it.getBoundingClientRect().height), 300);
  equal('its own words too', await page.evaluate(() => it.shadowRoot.querySelector('.full').textContent), '全画面');
  await set(page, { readonly: true });
  equal('readonly', await page.evaluate(() => { try { it.run('kubectl delete sts web'); } catch (error) { return error.code; } }), 'read-only');
  await set(page, { readonly: false });
  equal('what was done is there', /kept/.test(await run(page, 'kubectl get ns')), true);
}

/** What a script does with the element, and what the element tells it. */
async function methods(page) {
  const told = await page.evaluate(async () => {
    const element = document.createElement('statefulset-lab');
    Object.assign(element, { scenario: 'web', loading: 'eager' });
    window.driven = element;
    const heard = new Set();
    for (const name of ['ready', 'change', 'decision']) element.addEventListener(name, ({ detail }) => heard.add(name === 'decision' ? `decision ${detail.controller}` : name));
    document.body.append(element);
    await element.ready;
    element.pause();
    element.settle();
    const out = { settled: element.state('sts', 'web').status.readyReplicas, moment: element.state().now };
    element.stepBack();
    out.back = element.state().now < out.moment;
    element.step();
    element.seek(5000);
    out.sought = element.state().now;
    element.seek(out.moment);
    element.advance(5000);
    out.advanced = element.state().now - out.moment;
    element.putFile('one.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: one\n');
    out.said = element.run('kubectl apply -f one.yaml').output;
    element.run('kubectl get pods -w');
    element.interrupt();
    out.free = !element.state().isBusy;
    out.planned = element.plan('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: two\n').errors;
    out.applied = /two created/.test(element.apply('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: two\n').output);
    out.fine = element.why('sts', 'web').fine;
    out.decided = element.decisions().length > 0;
    out.listed = element.objects('pods').items.filter(it => it.metadata.namespace === 'default').length;
    out.drawn = element.toSVG().startsWith('<svg');
    element.play();
    out.plays = element.state().isPlaying;
    await new Promise(done => setTimeout(done, 200));
    out.heard = [...heard].filter(it => it === 'ready' || it === 'change' || it === 'decision StatefulSet').sort();
    element.remove();
    return out;
  });
  equal('the methods', told, {
    settled: 3, moment: told.moment, back: true, sought: 5000, advanced: 5000, said: 'namespace/one created\n', free: true, planned: [], applied: true,
    fine: true, decided: true, listed: 3, drawn: true, plays: true, heard: ['change', 'decision StatefulSet', 'ready'],
  });
}

/** What means nothing is said by name, where the element speaks and as an event, and the lab runs without it. */
async function nothing(page) {
  const said = values => page.evaluate(async values => {
    const element = document.createElement('statefulset-lab');
    const told = [];
    element.addEventListener('error', ({ detail: { message, code } }) => told.push([code, message]));
    for (const [name, value] of Object.entries({ panels: 'picture', loading: 'eager', ...values })) element.setAttribute(name, value);
    document.body.prepend(element);
    await element.start();
    const shown = element.shadowRoot.querySelector('output').textContent;
    const isTold = told.some(([code, message]) => code === 'notice' && `? ${message}` === shown);
    const phase = element.lab?.phase;
    element.remove();
    return [shown, isTold, phase];
  }, values);
  for (const [name, value, others = {}] of [
    ['environment', 'mars'], ['scenario', 'wbe'], ['lesson', 'nonsense'], ['version', '2.0'], ['version', '1.37.99'], ['gates', 'Nonsense=true'], ['gates', 'x'],
    ['compare', '9.9'], ['compare', '1.36,x'], ['compare', '1.34,1.35,1.36,1.37'],
    ['seed', '1.5'], ['seed', '-1'], ['seed', 'x'], ['seed', '9007199254740993'], ['seed', '18446744073709551616'],
    ['speed', '3'], ['height', 'tall'], ['height', '-5'], ['start-at', '25h'], ['start-at', '-5'], ['readonly', 'false'], ['loop', 'false'], ['lang', 'fr'],
    // What another attribute goes before is as good as not there.
    ['scenario', 'web', { environment: 'zones' }], ['scenario', 'web', { lesson: 'canary' }], ['environment', 'zones', { lesson: 'canary' }], ['src', 'pod.yaml', { lesson: 'canary' }],
    ['commands', 'kubectl get ns', { lesson: 'canary' }],
  ]) equal(`${name}="${value}"`, await said({ [name]: value, ...others }), [`? ${name}="${value}"`, true, 'running']);
  for (const values of [
    { environment: 'zones', seed: '9007199254740991', version: 'v1.35.0', gates: 'MaxUnavailableStatefulSet=true', compare: '1.36, 1.34,1.37' }, { scenario: '', environment: '', seed: '', version: '', gates: '', compare: '' },
    { scenario: 'web', src: 'pod.yaml', speed: '0.25', height: '50vh', 'start-at': '24h', loop: '', readonly: 'readonly' }, { lesson: 'canary', version: '1.36' },
  ]) equal(JSON.stringify(values), (await said(values)).slice(0, 1), ['']);
}

/** Where a lab's code fails, the element says so by a code, and goes on when it was started again. */
async function crashed(page) {
  const told = await page.evaluate(async () => {
    const element = document.createElement('statefulset-lab');
    Object.assign(element, { environment: 'minikube', loading: 'eager' });
    document.body.prepend(element);
    await element.start();
    const told = [];
    element.addEventListener('error', ({ detail: { message, code } }) => told.push(code, message));
    element.lab.fail('for a test');
    try { element.run('true'); } catch (error) { told.push(error.code); }
    await element.lab.restart();
    told.push(element.run('kubectl get nodes').exit);
    element.remove();
    return told;
  });
  equal('a failure', told, ['crash', 'for a test', 'not-started', 0]);
}

/** The moments of `markers` stand on the timeline, with their words; who presses one goes there. */
async function onTheTimeline(page) {
  await page.evaluate(() => {
    const element = document.createElement('statefulset-lab');
    Object.assign(element, { id: 'marked', scenario: 'web', loading: 'eager', startAt: '40s', panels: 'picture timeline', markers: '10s: it begins; 20s: half-way; 100h: never' });
    document.body.prepend(element);
  });
  const mark = page.locator('#marked .tl-told');
  await eventually('two are in sight', async () => await mark.count() === 2, 30_000);
  equal('their words', await mark.evaluateAll(all => all.map(it => [it.getAttribute('aria-label'), it.querySelector('title').textContent])), ['it begins, at 0:10: go there', 'half-way, at 0:20: go there'].map(it => [it, it]));
  const now = () => page.evaluate(() => document.querySelector('#marked').now);
  await mark.nth(1).click();
  equal('by a click', await now(), 20_000);
  await mark.nth(0).press('Enter');
  equal('by a key', await now(), 10_000);
  await page.evaluate(() => { document.querySelector('#marked').markers = '5s: another'; });
  await eventually('others', async () => await mark.count() === 1);
  await page.evaluate(() => { document.querySelector('#marked').remove(); });
}

/** A lesson in an element of the usual height: its question, the pods and the console are in sight together, or one press away. */
async function lowLesson(open) {
  for (const [width, panels] of [[1280, ''], [820, ''], [820, 'guide picture console'], [390, 'guide picture console'], [390, 'picture timeline console editor guide'], [390, '']]) {
    const page = await host(open, { viewport: { width, height: 800 } });
    await running(page);
    await page.evaluate(panels => { it.removeAttribute('environment'); Object.assign(it, { lesson: 'canary', panels }); }, panels);
    const what = `${width} px, panels="${panels}"`;
    await eventually(`${what}: the question is there`, () => seen(page, '.guide-choice'), 30_000);
    equal(`${what}: the usual height`, await page.evaluate(() => it.getBoundingClientRect().height), 560);
    await eventually('the pods are there', async () => await page.locator('statefulset-lab .picture svg [data-key]').count() > 3);
    const measure = () => page.evaluate(() => {
      const root = it.shadowRoot;
      const place = root.querySelector('.place').getBoundingClientRect();
      const box = selector => [...root.querySelectorAll(selector)].find(it => it.checkVisibility())?.getBoundingClientRect() ?? { top: 0, bottom: 0, right: 0 };
      // What is behind the edge of the lab is scrolled to.
      const height = selector => Math.round(Math.min(box(selector).bottom, place.bottom) - Math.max(box(selector).top, place.top));
      return { step: height('.guide-scroll'), picture: height('.picture'), console: height('.console-scroll'), overlaps: box('.stage').bottom > box('.time').top + 1 && box('.time').bottom > 0, wide: Math.max(box('.work').right, box('.controls').right) > place.right + 1 };
    });
    const fits = ({ step, picture, overlaps, wide }) => step >= 120 && picture >= 120 && !overlaps && !wide;
    // Its style sheets may come a moment later than it.
    await eventually('it has its looks', async () => fits(await measure()), 5000).catch(() => {});
    const room = await measure();
    equal(`${what}: ${JSON.stringify(room)}`, fits(room), true);
    if (panels !== 'picture timeline console editor guide' && (width > 390 || panels)) equal(`${what}: the console has room`, room.console >= 50, true);
    else await page.locator(`statefulset-lab ${panels ? '.console-input' : '.tabs button'} >> nth=${panels ? 0 : 2}`).scrollIntoViewIfNeeded();
    await page.context().close();
  }
}

/** What stands there before a lab starts. */
async function before(page) {
  await page.evaluate(() => {
    const other = document.createElement('statefulset-lab');
    Object.assign(other, { scenario: 'web', loading: 'click', poster: 'icon.svg', lang: 'en' });
    document.body.prepend(other);
    window.other = other;
  });
  const poster = () => page.evaluate(() => { const img = other.shadowRoot.querySelector('img'); return [img.hidden, img.src.split('/').at(-1)]; });
  equal('poster', await poster(), [false, 'icon.svg']);
  await page.evaluate(() => { other.poster = 'poster-web.svg'; });
  equal('another poster', await poster(), [false, 'poster-web.svg']);
  equal('a button starts it', await page.evaluate(() => other.shadowRoot.querySelector('.start').textContent), 'Start the cluster');
  equal('it has no lab', await page.evaluate(() => { try { other.run('true'); } catch (error) { return error.code; } }), 'not-started');
  await page.evaluate(() => { other.loading = 'lazy'; other.loading = 'click'; });
  await page.waitForTimeout(300);
  equal('back to a click', await page.evaluate(() => other.lab), null);
  await page.evaluate(() => { other.loading = 'eager'; });
  await eventually('at once', () => page.evaluate(() => other.lab?.phase === 'running'), 30_000);
}

/** Full screen, and the link to the whole lab with what was done. */
async function buttons(page, context) {
  await page.evaluate(() => scrollTo(0, 0));
  const element = page.locator('statefulset-lab').first();
  await element.locator('.full').click();
  await eventually('it fills the screen', () => page.evaluate(() => document.fullscreenElement === other));
  await eventually('and says how to leave', async () => await element.locator('.full').innerText() === 'Leave full screen');
  await element.locator('.full').click();
  await eventually('and leaves it', () => page.evaluate(() => !document.fullscreenElement));
  await page.evaluate(() => other.run('kubectl create ns carried'));
  const [opened] = await Promise.all([context.waitForEvent('page'), element.locator('.bar a').click()]);
  await eventually('the lab opens with what was done', async () => /#v1\./.test(opened.url()), 30_000);
  await opened.locator('.console-input').fill('kubectl get ns');
  await opened.locator('.console-input').press('Enter');
  await eventually('the namespace is there', async () => /carried/.test(await opened.locator('.console-log').innerText()));
  await opened.close();
}

/** A lab that is gone says so by its code. */
async function gone(page) {
  const code = await page.evaluate(async () => {
    const { lab } = other;
    other.remove();
    await new Promise(done => setTimeout(done, 20));
    try { lab.run('true'); } catch (error) { return [error instanceof Error, error.code]; }
  });
  equal('destroyed', code, [true, 'destroyed']);
}

export default async function ({ open }) {
  const page = await host(open);
  await areProperties(page);
  await beginnings(page);
  await looks(page);
  await methods(page);
  await onTheTimeline(page);
  await before(page);
  await buttons(page, page.context());
  await gone(page);
  await lowLesson(open);
  const faulty = await host(open, { expectErrors: true });
  await failed(faulty);
  await nothing(faulty);
  await crashed(faulty);
}
