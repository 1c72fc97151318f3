// A lab in an MDX page: <StatefulSetLab scenario="web" height="480px" />, or with YAML as a template literal between the tags.
// The files of the lab are in static/lab; the element comes after hydration, so that React finds what the server sent.
import React, { useEffect, useRef } from 'react';
import useBaseUrl from '@docusaurus/useBaseUrl';

export default function StatefulSetLab({ children, ...attributes }) {
  const place = useRef(null);
  const base = useBaseUrl('/lab/');
  const yaml = typeof children === 'string' ? children : '';
  const wanted = JSON.stringify(attributes);
  useEffect(() => {
    const script = document.createElement('script');
    script.type = 'module';
    script.src = `${base}statefulset-lab.js`;
    if (!document.querySelector(`script[src="${script.src}"], script[src="${base}statefulset-lab.js"]`)) document.head.append(script);
    const element = document.createElement('statefulset-lab');
    for (const [name, value] of Object.entries(JSON.parse(wanted))) {
      if (value !== false && value != null) element.setAttribute(name.replace(/[A-Z]/g, it => `-${it.toLowerCase()}`), value === true ? '' : String(value));
    }
    if (yaml) {
      const text = document.createElement('script');
      text.type = 'application/yaml';
      text.textContent = yaml;
      element.append(text);
    }
    place.current.replaceChildren(element);
    return () => element.remove();
  }, [base, wanted, yaml]);
  return <div ref={place}>{yaml && <noscript><pre>{yaml}</pre></noscript>}</div>;
}
