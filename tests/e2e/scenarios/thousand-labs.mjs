// A thousand labs come and go, and leave nothing behind that matters.
import { equal, host } from '../host.mjs';

export default async function ({ open }) {
  const { page } = await host(open, {});
  const session = await page.context().newCDPSession(page);
  const measure = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
    const heap = (await session.send('Runtime.getHeapUsage')).usedSize;
    return { nodes, listeners: jsEventListeners, heap: Math.round(heap / 1e5) / 10 };
  };
  const cycle = times => page.evaluate(async times => {
    const slot = document.querySelector('.slot') ?? host.slot();
    for (let at = 0; at < times; at += 1) {
      const lab = await labs.mount(slot, { guide: false });
      lab.destroy();
      // Components go when Yew comes to it.
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    return labs.counts();
  }, times);
  await cycle(50);
  const before = await measure();
  let counts;
  for (let round = 0; round < 10; round += 1) counts = await cycle(100);
  const after = await measure();
  const line = ({ nodes, listeners, heap }) => `${nodes} nodes, ${listeners} listeners, ${heap} MB`;
  console.log(`   after 50 labs: ${line(before)}; after 1,050: ${line(after)}; ${counts.instances} instance`);
  equal('one instance is enough', counts, { instances: 1, idle: 1 });
  if (after.nodes > before.nodes + 200) throw new Error(`nodes are left: ${before.nodes} before, ${after.nodes} after`);
  if (after.listeners > before.listeners + 50) throw new Error(`listeners are left: ${before.listeners} before, ${after.listeners} after`);
  if (after.heap > before.heap + 4) throw new Error(`memory is left: ${before.heap} MB before, ${after.heap} MB after`);
}
