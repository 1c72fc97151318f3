// What the package's types say of labs, elements and clusters is there, and nothing is there that they do not say.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../browser.mjs';
import { equal, host } from '../host.mjs';

const read = name => readFile(join(root, 'www/package', name), 'utf8');

/** The names of an interface's members: whatever stands in brackets is none. */
function members(text, name) {
  const start = text.indexOf(`interface ${name} `);
  if (start < 0) throw new Error(`there is no interface ${name}`);
  let [depth, flat] = [0, ''];
  for (const letter of text.slice(text.indexOf('{', start)).replace(/\/\*\*[^]*?\*\//g, '').replaceAll('=>', '')) {
    if ('{(<['.includes(letter)) depth += 1;
    if (depth === 1 && !'{(<['.includes(letter)) flat += letter;
    if ('})>]'.includes(letter)) depth -= 1;
    if (!depth) break;
  }
  return [...new Set(flat.split(';').map(it => /^\s*(?:readonly\s+)?(\w+)/.exec(it)?.[1]).filter(Boolean))];
}

const sorted = names => [...names].sort();

export default async function ({ open }) {
  const [index, element, core, script] = await Promise.all([read('index.d.ts'), read('element.d.ts'), read('core.d.ts'), read('core.js')]);
  const { page } = await host(open);
  const there = await page.evaluate(async () => {
    const own = object => Object.getOwnPropertyNames(object).filter(name => name !== 'constructor');
    const lab = await labs.mount(host.slot(), { environment: 'minikube' });
    await import('./statefulset-lab.js');
    const [element, page] = [customElements.get('statefulset-lab').prototype, HTMLElement.prototype];
    const life = ['connectedCallback', 'disconnectedCallback', 'attributeChangedCallback'];
    return { lab: own(Object.getPrototypeOf(lab)), state: Object.keys(lab.state()), element: own(element).filter(name => !life.includes(name) && !(name in page)) };
  });
  const inherited = ['addEventListener'];
  equal('a lab', sorted(members(index, 'Lab')), sorted(there.lab.filter(name => !inherited.includes(name))));
  equal('its state', sorted(members(index, 'LabState')), sorted(there.state));
  const picked = [.../Pick<Lab, ([^>]*)>/.exec(element)[1].matchAll(/'(\w+)'/g)].map(([, name]) => name);
  // What an element gets only when somebody starts it or hands something over.
  const later = ['ready', 'session'];
  const typed = [...picked, ...members(element, 'StatefulSetLabElement')].filter(name => !inherited.includes(name) && !later.includes(name));
  equal('an element', sorted(typed), sorted(there.element));
  const body = /^class Cluster \{([^]*?)^\}/m.exec(script)[1];
  const cluster = [...body.matchAll(/^  (?:get )?(\w+)(?:\(.*\))? \{|^  (?:get )?(\w+)\(/gm)].map(([, a, b]) => a ?? b).filter(name => name !== 'constructor');
  equal('a cluster', sorted(members(core, 'Cluster')), sorted(new Set(cluster)));
  // Where a script hands over something else than an element, it is told so by a code.
  const codes = await page.evaluate(() => Promise.all([[null], ['#labs'], [{}], [host.slot(), 5], [host.slot(), []]].map(words => labs.mount(...words).then(() => 'fine', error => error instanceof Error && error.code))));
  equal('what is no place', codes, Array(5).fill('bad-value'));
}
