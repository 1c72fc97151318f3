export default {
  title: 'Site',
  head: [
    ['link', { rel: 'icon', href: '/lab/icon.svg' }],
    ['script', { type: 'module', src: '/lab/statefulset-lab.js' }],
    ['script', { type: 'module', src: '/lab/statefulset-run.js' }],
  ],
  vue: { template: { compilerOptions: { isCustomElement: name => name.startsWith('statefulset-') } } },
};
