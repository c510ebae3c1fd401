/* The shell's behaviour. Attributes say what an element does; one listener each. No eval, no style attributes.
   data-css-x="50%"    becomes the custom property --x        data-key="e"    this key activates the element
   data-row            a row that j and k walk to, Enter opens (data-href, or its first link)
   data-confirm="…"    asks before the form is sent           data-unsaved    asks before what was typed is lost
   data-toggle="id"    shows or hides that element            data-tab-for    shows a part of the record (phone)
   data-tick, data-tick-all, data-pick   ticked rows and the bar that counts them
   data-copy="id"      copies that field                      data-print, data-closes, data-collapse, data-theme
   data-turns          a form that counts its requests, so that the server lets none undo a newer one
   data-keep-typing    what is typed while this element's fresh copy is on its way is put into the copy */
(function () {
  'use strict';
  const root = document.documentElement;
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window keeps nothing */ } };
  const said = () => document.getElementById('said');

  /* 1 · Custom properties: the policy forbids style attributes, not this. */
  function properties(from) {
    const all = from.querySelectorAll ? [from, ...from.querySelectorAll('*')] : [];
    for (const element of all) for (const { name, value } of Array.from(element.attributes || []))
      if (name.startsWith('data-css-')) element.style.setProperty('--' + name.slice(9), value);
  }

  /* 2 · What a fresh piece of page needs, at load and after each swap. */
  function settle(from) {
    properties(from);
    count();
    for (const button of $$('[data-theme]', from)) if (button !== root) button.setAttribute('aria-pressed', String(button.dataset.theme === root.dataset.theme));
    for (const open of $$('.s-tabs [aria-current]', from)) open.parentNode.scrollLeft = open.offsetLeft - open.parentNode.offsetLeft - (open.parentNode.clientWidth - open.offsetWidth) / 2;
    /* an address that names a part of the record opens that part where only one is shown at a time */
    const named = location.hash && $$('[data-tab-for]', from).find(link => link.hash === location.hash);
    if (named) tab(named);
    const wrong = $('[data-focus]', from);
    if (wrong) wrong.focus();
  }

  function tell(text) {
    const notes = document.getElementById('notes');
    if (!notes || !text) return;
    const note = document.createElement('div'), words = document.createElement('span');
    note.className = 's-note s-off s-mid s-flash';
    note.setAttribute('role', 'alert');
    words.className = 's-grow';
    words.textContent = text;
    note.append(words);
    notes.replaceChildren(note);
    note.scrollIntoView({ block: 'nearest' });
  }

  /* 3 · Page changes: htmx brings the page and its title; focus goes to the heading, the place is kept for the way back. */
  const place = () => 'setia:' + location.pathname + location.search;
  const leave = () => { try { sessionStorage.setItem(place(), String(Math.round(scrollY))); } catch { /* only the place is lost */ } };
  const found = () => { try { return Number(sessionStorage.getItem(place()) || 0); } catch { return 0; } };
  const whole = event => event.detail.target === document.body || (event.detail.requestConfig && event.detail.requestConfig.boosted);
  addEventListener('pagehide', leave);
  let late = 0;
  document.addEventListener('htmx:beforeRequest', event => {
    if (event.detail.boosted || whole(event)) leave();
    clearTimeout(late);
    late = setTimeout(() => { root.dataset.busy = ''; if (said()) said().textContent = said().dataset.loading; }, 300);
  });
  /* An address says what is filtered, not what is not: empty choices stay out of it. */
  document.addEventListener('htmx:configRequest', event => {
    const { verb, elt, formData } = event.detail;
    if (verb !== 'get' || !elt.closest('.s-filters')) return;
    for (const [name, value] of Array.from(formData.entries())) if (value === '') formData.delete(name);
  });
  /* Of two changes in quick succession the first is given up, but may reach the server last: each says which it is. */
  const opened = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('');
  let turn = 0;
  document.addEventListener('htmx:configRequest', event => { if (event.detail.elt.matches('[data-turns]')) event.detail.formData.set('turn', opened + ':' + (turn += 1)); });
  document.addEventListener('htmx:afterRequest', () => { clearTimeout(late); delete root.dataset.busy; if (said()) said().textContent = ''; });
  document.addEventListener('htmx:beforeSwap', event => {
    const { xhr } = event.detail;
    if ((xhr.getResponseHeader('Content-Disposition') || '').startsWith('attachment') || !(xhr.getResponseHeader('Content-Type') || '').startsWith('text/html')) {
      /* A file came where a page was expected: let the browser fetch it as a file. */
      event.detail.shouldSwap = false;
      if (event.detail.requestConfig.verb === 'get') location.assign(event.detail.pathInfo.finalRequestPath);
    } else if (xhr.status >= 400 && xhr.status !== 422 && !whole(event) && !(xhr.status === 409 && event.detail.target.matches('[data-cell]'))) {
      /* A refusal of a part of the page is told above it, not put inside it. */
      event.detail.shouldSwap = false;
      const problem = new DOMParser().parseFromString(xhr.responseText, 'text/html').querySelector('[data-problem]');
      tell(problem ? problem.textContent.trim().replace(/\s+/g, ' ') : said().dataset.lost);
    }
  });
  /* A form counts itself anew by being sent; fingers do not wait for the answer. */
  const fields = from => $$('input[name]:not([type=hidden]), textarea[name]', from);
  let ahead = [];
  document.addEventListener('htmx:beforeRequest', event => {
    const form = event.detail.target;
    if (form && form.matches('[data-keep-typing]')) form.sent = new Map(fields(form).map(field => [field.name, field.value]));
  });
  document.addEventListener('htmx:beforeSwap', event => {
    const form = event.detail.target;
    ahead = form && form.sent ? fields(form).filter(field => form.sent.get(field.name) !== field.value).map(field => [field.name, field.value]) : [];
  });
  document.addEventListener('htmx:afterSettle', () => {
    for (const [name, value] of ahead) {
      const field = $(`[data-keep-typing] [name="${CSS.escape(name)}"]`);
      if (!field || field.value === value) continue;
      field.value = value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
    ahead = [];
  });
  for (const name of ['htmx:sendError', 'htmx:timeout']) document.addEventListener(name, () => tell(said() && said().dataset.lost));
  document.addEventListener('htmx:load', event => settle(event.detail.elt));
  document.addEventListener('htmx:afterSettle', event => {
    if (!whole(event)) return;
    typed = null;
    const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named) named.scrollIntoView(); else scrollTo(0, 0);
    const wrong = $('[data-focus]'), wanted = $('[autofocus]'), head = $('#main h1') || $('#main');
    if (wrong) wrong.focus();
    else if (wanted) wanted.focus();
    else if (head) { head.setAttribute('tabindex', '-1'); head.focus({ preventScroll: true }); }
  });
  document.addEventListener('htmx:historyRestore', () => { settle(document.body); requestAnimationFrame(() => scrollTo(0, found())); });

  /* 4 · Menus, dialogs, the small buttons. */
  const menus = () => $$('details.s-menu[open]');
  document.addEventListener('click', event => {
    for (const menu of menus()) if (!menu.contains(event.target) || event.target.closest('.s-menu a')) menu.open = false;
    const button = event.target.closest('[data-collapse], button[data-theme], [data-theme-toggle], [data-toggle], [data-tab-for], [data-print], [data-closes], [data-copy], [data-pick-clear]');
    if (button) {
      if (button.matches('[data-collapse]')) { root.toggleAttribute('data-folded'); keep('setia-nav', root.hasAttribute('data-folded') ? 'folded' : 'wide'); }
      else if (button.matches('[data-print]')) print();
      else if (button.matches('[data-closes]')) button.closest('.s-note').remove();
      else if (button.matches('[data-pick-clear]')) clear();
      else if (button.matches('[data-copy]')) copy(button);
      else if (button.matches('[data-toggle]')) toggle(button);
      else if (button.matches('[data-tab-for]')) { event.preventDefault(); tab(button); }
      else theme(button.dataset.theme || (root.dataset.bsTheme === 'dark' ? 'light' : 'dark'));
      return;
    }
    const row = event.target.closest('tr[data-href]');
    if (row && !event.target.closest('a, button, input, label, select, summary, [data-cell]:has(form)') && !String(getSelection())) follow(row.dataset.href, event.metaKey || event.ctrlKey);
  });
  document.addEventListener('toggle', event => {
    if (!event.target.matches || !event.target.matches('details.s-menu') || !event.target.open) return;
    for (const menu of menus()) if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
  }, true);

  function follow(href, apart) {
    if (apart) { open(href, '_blank', 'noopener'); return; }
    const link = document.createElement('a');
    link.href = href;
    link.hidden = true;
    $('#main').append(link);
    if (window.htmx) window.htmx.process(link);
    link.click();
  }
  function theme(choice) {
    keep('setia-theme', choice);
    root.dataset.theme = choice;
    root.dataset.bsTheme = choice === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : choice;
    for (const button of $$('button[data-theme]')) button.setAttribute('aria-pressed', String(button.dataset.theme === choice));
    document.dispatchEvent(new CustomEvent('setia:theme'));
  }
  function toggle(button) {
    const target = document.getElementById(button.dataset.toggle);
    target.hidden = !target.hidden;
    button.setAttribute('aria-expanded', String(!target.hidden));
    const picture = target.matches('.s-behind') && $('.s-chart', target.parentNode);
    if (picture) { picture.closest('.s-body').hidden = !target.hidden; if (target.hidden) document.dispatchEvent(new CustomEvent('setia:theme')); }
  }
  function tab(link) {
    $('[data-tab]').dataset.tab = link.dataset.tabFor;
    for (const other of $$('[data-tab-for]')) { if (other === link) other.setAttribute('aria-current', 'true'); else other.removeAttribute('aria-current'); }
  }
  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    try { await navigator.clipboard.writeText(field.value === undefined ? field.textContent : field.value); button.dataset.copied = ''; } catch { field.select(); }
  }

  /* a question before what cannot be taken back easily */
  document.addEventListener('submit', event => {
    const form = event.target, button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!question || form.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = document.getElementById('confirm');
    $('#confirm-text', dialog).textContent = question;
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => {
      if (dialog.returnValue !== 'yes') { if (button) button.focus(); return; }
      form.dataset.sure = '1';
      form.requestSubmit(button || undefined);
    }, { once: true });
    dialog.showModal();
  }, true);

  /* 5 · Rows: j and k walk, Enter opens, x ticks. */
  const rows = () => $$('[data-row]').filter(row => row.offsetParent);
  const here = () => $$('[data-row].s-focus').find(row => row.offsetParent);
  function walk(by) {
    const list = rows();
    if (!list.length) return false;
    const at = list.indexOf(here());
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))];
    for (const row of list) row.classList.remove('s-focus');
    next.classList.add('s-focus');
    (next.matches('a') ? next : $('a[href]', next) || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
    return true;
  }
  const ticks = () => $$('input[data-tick]');
  function count() {
    const bar = $('[data-pick]');
    const picked = ticks().filter(box => box.checked).length;
    for (const box of ticks()) { const row = box.closest('tr'); if (row) { if (box.checked) row.setAttribute('aria-selected', 'true'); else row.removeAttribute('aria-selected'); } }
    const all = $('input[data-tick-all]');
    if (all) { all.checked = picked > 0 && picked === ticks().length; all.indeterminate = picked > 0 && !all.checked; }
    if (!bar) return;
    bar.hidden = !picked;
    $('b', bar).textContent = bar.dataset.pick.replace('{n}', picked.toLocaleString(root.lang));
  }
  function clear() { for (const box of ticks()) box.checked = false; count(); }
  document.addEventListener('change', event => {
    if (event.target.matches('input[data-tick-all]')) for (const box of ticks()) box.checked = event.target.checked;
    if (event.target.matches('input[data-tick-all], input[data-tick]')) count();
  });

  /* heat tables: arrows go to the next cell that leads somewhere */
  const ways = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  function cell(event) {
    const start = event.target.closest('table[data-heat] :is(td, th)');
    if (!start || !ways[event.key]) return false;
    const [down, right] = ways[event.key], lines = Array.from(start.closest('table').rows);
    let y = lines.indexOf(start.parentNode) + down, x = Array.from(start.parentNode.cells).indexOf(start) + right;
    for (; lines[y] && lines[y].cells[x]; y += down, x += right) {
      const next = $('a, button', lines[y].cells[x]);
      if (next) { next.focus(); break; }
    }
    return true;
  }

  /* 6 · Keyboard. Single keys do nothing while somebody types. */
  const types = element => element.matches && element.matches('input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]');
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing) return;
    const typing = types(event.target);
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && typing && event.target.form) { event.preventDefault(); event.target.form.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') { escape(event); return; }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const menu = event.target.closest && event.target.closest('details.s-menu[open]');
      if (menu && !typing) {
        const items = $$('ul a, ul button', menu), by = event.key === 'ArrowDown' ? 1 : -1, at = items.indexOf(document.activeElement);
        if (items.length) { items[(at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by + items.length) % items.length].focus(); event.preventDefault(); }
        return;
      }
    }
    if (!typing && cell(event)) { event.preventDefault(); return; }
    if (typing || $('dialog[open]')) return;
    const own = $$('[data-key]').find(element => element.dataset.key === event.key && element.offsetParent);
    if (own) { event.preventDefault(); activate(own); }
    else if (event.key === 'j' || event.key === 'k') { if (walk(event.key === 'j' ? 1 : -1)) event.preventDefault(); }
    else if (event.key === 'x' && here()) { const box = $('input[data-tick]', here()); if (box) { box.checked = !box.checked; count(); } }
    else if (event.key === 'Enter' && here() && here().dataset.href && event.target === here()) follow(here().dataset.href);
  });
  function activate(element) {
    if (element.matches('input, textarea')) { element.focus(); element.select(); return; }
    element.click();
    if (element.matches('summary')) { const first = $('ul a, ul button, ul input, ul select', element.parentNode); if (first && element.parentNode.open) first.focus(); }
  }
  function escape(event) {
    if ($('dialog[open]')) return;
    const opened = menus();
    if (opened.length) { for (const menu of opened) { menu.open = false; $('summary', menu).focus(); } return; }
    if (event.target.matches && event.target.matches('[data-find], [data-find-list]')) { event.target.blur(); return; }
    if (ticks().some(box => box.checked)) { clear(); return; }
    const cancel = $('[data-cancel]');
    if (cancel) cancel.click();
  }

  /* 7 · Forms: what was typed is not lost by a stray click, and a form is sent once. */
  let typed = null;
  document.addEventListener('input', event => { if (event.target.form && event.target.form.matches('[data-unsaved]')) typed = event.target.form; });
  const unsaved = () => Boolean(typed && typed.isConnected);
  addEventListener('beforeunload', event => { if (unsaved()) event.preventDefault(); });
  document.addEventListener('htmx:confirm', event => {
    const element = event.detail.elt;
    if (!unsaved() || !element.matches('a') || typed.contains(element) && !element.matches('[data-cancel]') && element.hasAttribute('hx-get')) return;
    event.preventDefault();
    if (confirm(said().dataset.unsaved)) { typed = null; event.detail.issueRequest(true); }
  });
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form === typed) typed = null;
    if (form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = '1';
    if (event.submitter) event.submitter.setAttribute('aria-disabled', 'true');
  }, true);
  function again() {
    for (const form of $$('form[data-sent]')) { delete form.dataset.sent; delete form.dataset.sure; for (const button of $$('[aria-disabled]', form)) button.removeAttribute('aria-disabled'); }
  }
  document.addEventListener('htmx:afterRequest', again);
  addEventListener('pageshow', again);

  window.Setia = Object.assign(window.Setia || {}, { properties, tell });
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => settle(document.body)); else settle(document.body);
})();
