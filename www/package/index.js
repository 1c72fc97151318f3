// The package: labs in a page, and clusters without a view.
export { mount } from './lab/lab.js';
export { createCluster } from './core.js';
export { readLink, writeLink } from './lab/permalink.js';
