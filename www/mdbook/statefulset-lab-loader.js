// mdBook's additional-js are classic scripts: this one loads the modules of the lab. `lab` lies beside the book's root.
(() => {
  const root = typeof path_to_root === 'string' ? path_to_root : '';
  const load = name => {
    const script = document.createElement('script');
    script.type = 'module';
    script.src = `${root}lab/${name}`;
    document.head.append(script);
  };
  load('statefulset-lab.js');
  load('statefulset-run.js');
})();
