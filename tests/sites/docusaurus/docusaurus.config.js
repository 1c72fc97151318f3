module.exports = {
  title: 'Site', url: 'http://127.0.0.1', baseUrl: '/', onBrokenLinks: 'throw', favicon: 'lab/icon.svg', trailingSlash: true,
  scripts: [{ src: '/lab/statefulset-run.js', type: 'module' }],
  themeConfig: { navbar: { title: 'Site', items: [{ to: '/other/', label: 'Other' }, { to: '/page/', label: 'Page' }] } },
  presets: [['classic', { docs: { routeBasePath: '/', sidebarPath: false }, blog: false, theme: {} }]],
};
