// Judges what stands in a page's code blocks, by their text alone: before the lab's module is there, buttons stand at some
// of them. The module reads a block in the same way when it runs (src/tutorial/); tests/tutorials/kinds.md is what both are
// held against. Knows no document.

const words = text => text.split(' ');
const PROGRAMS = ['kubectl', 'kubectl.exe', 'minikube', 'minikube.exe'];
const VERBS = new Set(words('annotate api-resources api-versions apply attach auth autoscale certificate cluster-info config cordon cp create debug delete describe diff drain edit events exec explain expose get kustomize label logs patch port-forward replace rollout run scale set taint top uncordon version wait'));
const isOurs = (word, next) => PROGRAMS.includes(word) || word === 'k' && VERBS.has(next);
/** Words that other commands of a script begin with. */
const COMMANDS = new Set(words('for while until if then else elif fi do done case esac function export unset set alias source . cd echo printf read wait sleep exit trap eval exec true test time sudo cat tee ls mkdir rm mv cp touch chmod chown grep egrep sed awk sort uniq head tail wc cut tr diff find xargs date hostname curl wget ping nslookup dig host nc jq yq base64 openssl ssh scp watch vi vim nano code git docker podman crictl helm kustomize kind k3d k3s k eksctl gcloud aws az doctl oc istioctl linkerd terraform ansible brew apt apt-get yum dnf apk choco winget pip npm npx go make python python3 node mysql mysqladmin mysqldump mariadb psql pg_dump mongosh mongo redis-cli cqlsh nodetool zkCli.sh etcdctl envsubst seq clear pwd whoami env uname df du ps kill pkill pgrep nohup timeout type'));
const BEFORE = new Set(words('do then else elif if while until ! time exec nohup {'));
const CARRIERS = new Set(words('sudo watch xargs timeout env parallel'));
const DONE = new Set(words('created configured unchanged deleted patched scaled edited labeled unlabeled annotated restarted replaced exposed autoscaled condition rolled paused resumed cordoned uncordoned drained evicted tainted untainted image env resources serverside-applied force not already'));
const SENTENCES = /^(error: |error when |waiting for |partitioned roll out |statefulset rolling update |deployment "|daemon set "|warning: |pod "|mapping values )/;
const LEFT_OUT = new Set(['...', '…', ':', '︙', '（略）', '(略)', '（省略）', '(省略)', '<snip>', '[...]']);

const LANGUAGES = new Map([
  ['plain', ' text txt plain plaintext none default nohighlight'],
  ['output', 'output'],
  ['console', 'console shell-session shellsession sh-session terminal log ansi'],
  ['script', 'sh bash zsh ksh shell powershell pwsh ps1 cmd bat'],
  ['yaml', 'yaml yml'],
  ['code', 'json jsonc go python dockerfile java javascript js toml ini xml html diff'],
].flatMap(([kind, names]) => words(names).map(name => [name, kind])));
/** What a block's language says of its text. */
const languageClass = name => LANGUAGES.get(name.toLowerCase()) ?? 'other';

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;
const CMDLET = /^[A-Z][a-z]+-[A-Z]/;
const isLeftOut = line => LEFT_OUT.has(line.trim());
const firstLine = text => text.split('\n').find(line => line.trim())?.trimEnd() ?? '';
const isHeading = line => {
  const text = line.trim().replaceAll('(cores)', '').replaceAll('(bytes)', '');
  return /^[A-Z]/.test(text) && /\t|  /.test(text) && /^[A-Z-() .%\t]*$/.test(text);
};
const isCall = line => {
  const [, word, next] = /^(\S+) (\S+)/.exec(line.trim()) ?? [];
  return isOurs(word, next);
};
const isCommand = line => {
  const text = line.trim();
  const [word, rest = ''] = [text.split(' ', 1)[0].replace(/;+$/, ''), text.slice(text.split(' ', 1)[0].length + 1)];
  return COMMANDS.has(word) && !rest.startsWith(' ') || /^(\.\/|~\/|\/|[($!])/.test(text) || ASSIGNMENT.test(text) || CMDLET.test(text);
};
const isDone = line => {
  const [, name, rest] = /^(\S*) ([^]*)$/.exec(line) ?? ['', '', ''];
  const said = name.includes('/') && !/^[./~]/.test(name) ? rest : (/^(echo|printf|grep|test)$/.test(name) ? null : /^"[^"]*" ([^]*)$/.exec(rest))?.[1] ?? '';
  return DONE.has(said.split(/[ ,:]/, 1)[0]);
};
/** Whether a line of a script looks like something that was printed: no command begins like this. */
const isPrinted = line => {
  const text = line.trimEnd();
  if (/^[A-Z]/.test(text)) return !ASSIGNMENT.test(text) && !CMDLET.test(text);
  if (/^[{[]/.test(text)) return text.length === 1 || '"\'{[]}'.includes(text[1]);
  return /^([0-9+*|<-]|[^\x00-\x7f])/.test(text) || /^[a-z][\w.-]*:( |$)/.test(text) || SENTENCES.test(text) || isDone(text);
};
const callsOurs = typed => typed.split(/[|;&(`\n]/).some(command => {
  const all = command.split(/\s+/).filter(Boolean);
  while (all.length && (BEFORE.has(all[0]) || ASSIGNMENT.test(all[0]))) all.shift();
  return CARRIERS.has(all[0]) ? all.some((word, at) => at && isOurs(word, all[at + 1])) : isOurs(all[0], all[1]);
});
/** A prompt of the page's own before the first call of a program of ours, as it stands there: `# `, `controlplane $ `. */
function ownPrompt(lines) {
  for (const line of lines) {
    const at = Math.min(...[' kubectl ', ' minikube ', ' k '].map(call => line.indexOf(call)).filter(it => it >= 0)) + 1;
    const prompt = Number.isFinite(at) ? line.slice(0, at) : '';
    const isMarked = prompt.startsWith('➜') || /[$#%>❯➜λ»]\s*$/.test(prompt);
    if (isMarked && prompt.split(/\s+/).filter(Boolean).length <= 3 && [...prompt].length <= 40 && !/["'|`]/.test(prompt) && isCall(line.slice(at))) return prompt;
  }
  return null;
}

/** The place of the prompt that a line begins with, and what was typed behind it; null without one. */
function promptOf(line) {
  const text = line.trim();
  const typed = (match, place) => match && { place, typed: text.slice(match[0].length).trimStart() };
  return typed(/^(\$|PS>)(?= |$)/.exec(text), 'home') ?? typed(/^(->|>)(?= |$)/.exec(text), 'more')
    ?? typed(/^((PS )?.:\\[^>]*>|PS [/~][^>]*>)/.exec(text), 'home')
    ?? typed(/^(MariaDB \[|MySQL ).*?\]>/.exec(text) ?? /^(mysql>|MariaDB>|\S*:\d{1,5}>|\S+=[#>])(?= |$)/.exec(text), 'inside')
    ?? shellPrompt(text, typed);
}

function shellPrompt(text, typed) {
  const match = /^(.*?)(?:[$#%](?= )|[$#]$)/.exec(text);
  if (!match) return null;
  const before = match[1];
  const isUser = before.includes('@') && (before.startsWith('[') || !before.includes(' ')) && !before.includes('=');
  const isPath = before.startsWith('/') && before.split(' ').length <= 2;
  const isNamed = /^(bash-|sh-|ash-)/.test(before) && !before.includes(' ');
  return isUser || isPath || isNamed ? typed(match, before.includes('root@') || !before.includes('@') ? 'inside' : 'home') : null;
}

/** A command without what is quoted, escaped or a comment; null where a quotation is not over. */
function bare(typed) {
  const left = typed.replace(/\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|(^|\s)#[^\n]*/g, (all, space) => space ?? (all.startsWith('#') ? '' : '_'));
  return /['"]/.test(left) ? null : left;
}

/** Whether a shell would ask for more behind this. */
function isOpen(typed) {
  const text = bare(typed)?.trimEnd();
  if (text === undefined) return true;
  if (/(\||&&)$/.test(text)) return true;
  const all = text.split(/[\s;|&]+/).filter(Boolean);
  const count = (...names) => all.filter(word => names.includes(word)).length;
  if (/^(for|while|until)$/.test(all[0]) && !count('do')) return true;
  return /^(for|while|until|if|case)$/.test(all[0]) && count('do', 'if', 'case') > count('done', 'fi', 'esac');
}

const unquoted = line => line === '>' ? '' : line.replace(/^> /, '');
const hereEnd = typed => {
  const word = /<<-*\s*(\S+)/.exec(typed)?.[1].replace(/^["'\\]+|["'\\]+$/g, '');
  return word && !word.startsWith('<') ? word : null;
};
const opensShell = typed => {
  const all = typed.split(/\s+/).filter(Boolean);
  const has = (...names) => all.some(word => names.includes(word));
  return (has('-it', '-ti') || has('-i', '--stdin') && has('-t', '--tty')) && has('kubectl') && /^(\/bin\/(sh|bash|ash)|sh|bash|ash|dash)$/.test(all.at(-1));
};

/** The lines of a block: what was typed, each with whether it is inside of a container and whether something is printed below it. */
function sessionOf(text, language) {
  const lines = text.replace(/\n$/, '').split('\n');
  const places = new Set(lines.map(line => promptOf(line)?.place));
  const hasArrow = !places.has('home') && !places.has('inside') && lines.some(line => line.startsWith('> '));
  const own = places.has('home') || places.has('inside') || hasArrow || lines.some(isCall) ? null : ownPrompt(lines);
  const hasPrompts = places.has('home') || places.has('inside') || hasArrow || own !== null;
  const isScript = language === 'script';
  const turns = [];
  let isEntered = false, isPrinting = false, at = 0;

  const isTyped = line => {
    if (!turns.length) return true;
    if (isPrinted(line) || isHeading(line) || /^[^ ]* {3}/.test(line) && !line.startsWith(' ')) return false;
    const isInner = /^[ \t]/.test(line);
    return isPrinting ? !isInner && isCommand(line) : isInner || /^["')}\]&]/.test(line) || isCommand(line);
  };
  const first = line => {
    if (isEntered && hasPrompts && /^[#$]( |$)/.test(line.trimEnd())) return { isInside: true, typed: line.trimEnd().slice(1).trimStart() };
    if (own !== null) return line.startsWith(own) ? { isInside: false, typed: line.slice(own.length).trim() } : null;
    const prompt = hasPrompts ? promptOf(line) : null;
    if (hasPrompts) return prompt && (prompt.place !== 'more' || hasArrow) ? { isInside: prompt.place === 'inside', typed: prompt.typed } : null;
    if (isScript && line.trim().startsWith('#')) return { isInside: false, typed: '' };
    return isCall(line) || isScript && line.trim() && !isLeftOut(line) && isTyped(line) ? { isInside: false, typed: line.trim() } : null;
  };
  /** How many of the lines below go on from a command. */
  const more = (typed, rest) => {
    const end = hereEnd(typed);
    if (end) return rest.findIndex(line => unquoted(line).trim() === end) + 1;
    let count = 0;
    if (hasPrompts && !hasArrow) while (/^>( |$)/.test(rest[count] ?? '')) count += 1;
    if (count || !typed || !isOpen(typed)) return count;
    for (let all = typed; count < Math.min(rest.length, 200); count += 1) {
      const place = hasPrompts ? promptOf(rest[count])?.place : null;
      if (place && place !== 'more' || own !== null && rest[count].startsWith(own)) break;
      all += `\n${unquoted(rest[count])}`;
      if (!isOpen(all)) return count + 1;
    }
    return 0;
  };

  while (at < lines.length && turns.length < 500) {
    const turn = first(lines[at]);
    if (!turn) {
      const isText = Boolean(lines[at].trim());
      isPrinting ||= isText;
      if (turns.length) turns.at(-1).isPrinted ||= isText;
      at += 1;
      continue;
    }
    at += 1;
    if (turn.isInside && turn.typed) {
      for (let next; (next = at < lines.length && promptOf(lines[at]))?.place === 'more'; at += 1) turn.typed += `\n${next.typed}`;
    } else {
      while (/[\\`]$/.test(turn.typed) && at < lines.length) turn.typed = `${turn.typed.slice(0, -1)}\\\n${unquoted(lines[at++])}`;
      const count = more(turn.typed, lines.slice(at));
      for (const line of lines.slice(at, at + count)) turn.typed += `\n${unquoted(line)}`;
      at += count;
    }
    isEntered = isEntered ? turn.typed.trim() !== 'exit' : opensShell(turn.typed);
    if (!turn.typed.trim() || isLeftOut(turn.typed)) continue;
    turns.push({ ...turn, isPrinted: false });
    isPrinting = false;
  }
  return { turns, hasPrompts };
}

const hasField = (text, names) => new RegExp(`^\\s*"*(${names})"*:( |$)`, 'm').test(text);

/** Whether a YAML text leaves something out, has places that a template fills, or is an object as the API server stores it. */
function isExcerpt(text) {
  if (hasField(text, 'uid') && hasField(text, 'resourceVersion')) return true;
  const lines = text.split('\n').map(line => line.trimEnd()).filter(Boolean);
  const isEnd = at => at + 1 === lines.length && lines[at] === '...' && lines[0].startsWith('---');
  const isDots = line => { const left = line.trim().replace(/^#+/, '').trim(); return left !== ':' && isLeftOut(left); };
  return lines.some((line, at) => isDots(line) && !isEnd(at) || /^\s*([^\s:]+:\s+)?\{\{/.test(line));
}

/** Whether a manifest is read by a program of the reader's, and by no API server: kustomize's, kind's, a kubelet's. */
export const isForProgram = text => /^apiVersion:.*(\.config\.k8s\.io|kind\.x-k8s\.io|kubeadm\.k8s\.io|audit\.k8s\.io)\//m.test(text) || /^kind:[ \t]*(Kustomization|Component|Config)[ \t]*$/m.test(text);

/** What a block is: `manifest`, `session` or null, and what is typed in it. */
export function contentOf(text, name) {
  const language = languageClass(name);
  if (/^(yaml|plain)$/.test(language) && /^kind:[ \t]*\S/m.test(text) && !/^(\$ |kubectl )/m.test(text)) return { kind: isExcerpt(text) ? null : 'manifest', turns: [] };
  if (/^(yaml|code)$/.test(language) || isHeading(firstLine(text))) return { kind: null, turns: [] };
  const { turns, hasPrompts } = sessionOf(text, language);
  const seemsPrinted = language === 'output' || language === 'script' && isPrinted(firstLine(text));
  const isOurs = !(seemsPrinted && !hasPrompts) && turns.some(turn => turn.isInside || callsOurs(turn.typed));
  return { kind: isOurs ? 'session' : null, turns: isOurs ? turns : [] };
}

const VALUED = new Set(words('-n --namespace --context --cluster --user --kubeconfig --as --as-group -s --server --request-timeout -v'));
/** kubectl's verb and what stands behind it; empty where a line begins with another program. */
function ofKubectl(line) {
  const all = line.split(/\s+/).filter(Boolean);
  if (all[0] === 'watch') while (all.length && !/^(kubectl(\.exe)?|k)$/.test(all[0])) all.shift();
  if (!/^(kubectl(\.exe)?|k)$/.test(all.shift() ?? '')) return [];
  while (all[0]?.startsWith('-')) if (VALUED.has(all.shift())) all.shift();
  return all;
}
const asks = typed => {
  const [verb, next] = ofKubectl(typed);
  return verb === 'wait' || verb === 'rollout' && /^(status|history)$/.test(next) || /^(get|describe|logs|events|top|cluster-info|version|explain|diff|api-resources|api-versions)$/.test(verb ?? '');
};
const isWatch = typed => {
  const command = typed.split('|')[0];
  if (command.trim().split(/\s+/)[0] === 'watch') return true;
  const [verb, ...rest] = ofKubectl(command);
  return /^(get|events)$/.test(verb) ? rest.some(word => /^(-w|--watch(-only)?(=true)?)$/.test(word)) : verb === 'logs' && rest.some(word => /^(-f|--follow(=true)?)$/.test(word));
};
/** The format that a line of kubectl asks for. */
function formatOf(line) {
  const all = line.split(/\s+/).filter(Boolean);
  for (const [at, word] of all.entries()) {
    if (word === '--' || word === '|') return null;
    const value = /^(--output|-[Aw]*o)$/.test(word) ? all[at + 1] : /^--output=(.*)$/.exec(word)?.[1] ?? /^-[Aw]*o=?(.+)$/.exec(word)?.[1];
    if (value !== undefined) return value.replace(/^["';)`]+|["';)`]+$/g, '');
  }
  return null;
}
/** What a line prints: `nothing` here, `lines` of tables and sentences, a `text` of any kind, or whole `objects`. */
function prints(typed) {
  const all = typed.includes('<<') ? typed.split('\n')[0] : typed;
  const left = bare(all);
  if (left === null) return 'text';
  if (/(^|[^2>])>(?![&(])/.test(left)) return 'nothing';
  const line = all.split(/\s+/).filter(Boolean).map(word => word.replace(/^[(`$]+/, ''));
  const from = line.findIndex(word => /^(kubectl(\.exe)?|k)$/.test(word));
  const text = from < 0 ? '' : line.slice(from).join(' ');
  const isPiped = left.includes('|');
  const [verb] = ofKubectl(text);
  const format = formatOf(text);
  if (!isPiped && (/^(yaml|json)$/.test(format) || verb === 'kustomize')) return 'objects';
  const isPlain = (format === null || /^(name|wide)$/.test(format)) && verb && !/^(exec|logs|describe|explain|diff|config|version|run|attach|debug|cluster-info|options|completion|kustomize|help)$/.test(verb);
  return isPlain && !text.includes(' --raw') && !(isPiped && verb === 'get') ? 'lines' : 'text';
}

const STRONG = /output|prints|printed|will print|response|returns|you should (see|get)|should (look|show|say|return)|you(?:'ll| will)? (see|get)|gives|expected|display(s|ed)|responds|replies|reports|says:|yields|produces|shows:|出力|表示|応答|返り|返っ|返され|見えるはず|見えます|得られ|確認できます/;
const WEAK = /similar|result|looks? like|like this|like the following|as follows|shows|something like|結果|ように|とおり|通り|すると|はずです|なります/;
const WRITTEN = /^(create|save|write|edit|add|put|copy|paste|change|replace|open|insert|modify|configure|update)$/;
const WRITTEN_JA = /作成|保存|書き|書い|編集|追加|貼り|変更|設定/;
const ORDERING = /^(then|now|next|please|and|to|can|must|should|you|we|first)$/;
const ELSEWHERE = /(other|first|second|another|previous|original) terminal|(other|first|second) window|other (shell|tab)|別の(ターミナル|端末)|もう一つのターミナル|もう一方の|最初のターミナル|1 ?つ目のターミナル|他のターミナル|元のターミナル|別ターミナル/;
const isOrder = text => text.split(/[.!?:;,\n]/).some(sentence => {
  const all = sentence.split(/\s+/).filter(Boolean);
  return all.some((word, at) => WRITTEN.test(word) && ORDERING.test(all[at - 1] ?? 'now'));
});
/** How surely the text between two blocks leads from a command to its output. */
function leadOf(between) {
  const text = between.trim().toLowerCase().replaceAll('\u2019', "'");
  if ([...text].length > 300) return 'apart';
  if (!text) return 'none';
  if (STRONG.test(text)) return 'strong';
  return WEAK.test(text) && !isOrder(text) && !WRITTEN_JA.test(text) ? 'weak' : 'elsewhere';
}

const isStored = text => hasField(text, 'uid|resourceVersion');
const isFromServer = text => isStored(text) || hasField(text, 'creationTimestamp') || /^status:/m.test(text);

/** Whether the block `below` holds what the block `above` prints: `{ text, language, kind, turns, name, title }` each, and the text
 * between them; null where they do not belong together. */
export function isOutput(above, below, between) {
  const last = above.turns.at(-1);
  if (!last || last.isPrinted || between === null || below.kind === 'session') return false;
  const title = below.title?.trim() ?? '';
  let lead = leadOf(between);
  if (lead === 'apart') return false;
  if (/^(output|expected output|result|response|出力|結果|実行結果)/i.test(title)) lead = 'strong';
  const what = prints(last.typed);
  const isQuestion = asks(last.typed) && !last.isInside;
  if (what === 'nothing' || ELSEWHERE.test(between.toLowerCase()) && !isQuestion && !isWatch(last.typed)) return false;
  if (below.kind === 'manifest') {
    if (lead === 'elsewhere') return what === 'objects' && isStored(below.text);
    if (what === 'objects' && lead !== 'weak' || what === 'text' && lead === 'strong') return isFromServer(below.text) || !below.name;
    return what !== 'lines' && isFromServer(below.text);
  }
  if (/^\S+\.[A-Za-z0-9]+$/.test(title)) return false;
  const language = languageClass(below.language);
  const first = firstLine(below.text);
  if (language === 'output' || isQuestion && isHeading(first) || what === 'lines' && !isQuestion && isDone(first) || what === 'objects' && isStored(below.text)) return true;
  if (language === 'plain' || language === 'console') return lead !== 'elsewhere';
  return lead === 'strong' || lead !== 'elsewhere' && (language === 'script' ? isPrinted(first) : what !== 'lines');
}
