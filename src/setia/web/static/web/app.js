/* Behaviour of the shell. No framework: attributes say what an element does, one listener each.
   data-css-x="50%"  → the custom property --x (style attributes are not allowed by our CSP)
   data-confirm="…"  → asks before a form is sent      data-toggle="id" → shows or hides that element
   data-row          → a list row that j, k and Enter move through      data-key="e" → this key activates the element */
(function () {
  'use strict';
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch (_) { /* private window */ } };

  function properties(root) {
    const all = root.matches && root.matches('*') ? [root, ...root.querySelectorAll('*')] : $$('*', root);
    for (const el of all) for (const { name, value } of Array.from(el.attributes || []))
      if (name.startsWith('data-css-')) el.style.setProperty('--' + name.slice(9), value);
  }

  function settle(root) {
    properties(root);
    const wrong = $('[data-focus]', root);
    if (wrong) wrong.focus();
  }

  /* keyboard ------------------------------------------------------------- */
  const typing = el => el.closest('input, textarea, select, [contenteditable]');
  function step(by) {
    const rows = $$('[data-row]').filter(row => row.offsetParent);
    if (!rows.length) return false;
    const at = rows.findIndex(row => row.classList.contains('s-focus'));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    rows.forEach(row => row.classList.remove('s-focus'));
    next.classList.add('s-focus');
    (next.matches('a') ? next : $('a[href]', next) || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
    return true;
  }
  document.addEventListener('keydown', event => {
    if (event.ctrlKey && event.key === 'Enter' && typing(event.target)) {
      const form = event.target.closest('form');
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      const open = $$('details.s-menu[open]');
      if (open.length) { open.forEach(menu => { menu.open = false; $('summary', menu).focus(); }); return; }
      if (typing(event.target) && event.target.matches('[data-find]')) { event.target.blur(); return; }
      const cancel = $('[data-cancel]');
      if (cancel && !$('dialog[open]')) cancel.click();
      return;
    }
    if (typing(event.target) || $('dialog[open]')) return;
    const find = $('input[data-find-list]') || $('[data-find]');
    if (event.key === '/' && find) { event.preventDefault(); (find.offsetParent ? find : $('[data-find]')).focus(); }
    else if (event.key === 'c') { const menu = $('[data-menu="create"]'); if (menu) { event.preventDefault(); menu.open = true; const first = $('a', menu); if (first) first.focus(); } }
    else if (event.key === '[') collapse();
    else {
      const own = $$('[data-key]').find(el => el.dataset.key === event.key && el.offsetParent);
      if (own) { event.preventDefault(); own.click(); }
      else if (event.key === 'j') { if (step(1)) event.preventDefault(); }
      else if (event.key === 'k') { if (step(-1)) event.preventDefault(); }
    }
  });

  function collapse() {
    const small = document.body.dataset.nav === 'small';
    if (small) delete document.body.dataset.nav; else document.body.dataset.nav = 'small';
    keep('setia-nav', small ? 'wide' : 'small');
  }

  /* clicks ---------------------------------------------------------------- */
  document.addEventListener('click', event => {
    for (const menu of $$('details.s-menu[open]')) if (!menu.contains(event.target)) menu.open = false;
    const el = event.target.closest('[data-collapse], [data-theme-toggle], [data-toggle], [data-tab-for], [data-print]');
    if (!el) return;
    if (el.matches('[data-collapse]')) collapse();
    else if (el.matches('[data-print]')) window.print();
    else if (el.matches('[data-theme-toggle]')) {
      const dark = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.bsTheme = dark;
      keep('setia-theme', dark);
      document.dispatchEvent(new CustomEvent('setia:theme'));
    } else if (el.matches('[data-toggle]')) {
      const target = document.getElementById(el.dataset.toggle);
      target.hidden = !target.hidden;
      el.setAttribute('aria-expanded', String(!target.hidden));
    } else if (el.matches('[data-tab-for]')) {
      event.preventDefault();
      $('[data-tab]').dataset.tab = el.dataset.tabFor;
      $$('[data-tab-for]').forEach(one => one.toggleAttribute('aria-current', one === el));
    }
  });

  /* a question before what cannot be taken back easily --------------------- */
  document.addEventListener('submit', event => {
    const form = event.target, asker = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (!asker || form.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = document.getElementById('confirm');
    $('[data-confirm-text]', dialog).textContent = asker;
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => {
      if (dialog.returnValue !== 'yes') return;
      form.dataset.sure = '1';
      form.requestSubmit(event.submitter || undefined);
    }, { once: true });
    dialog.showModal();
  }, true);

  /* unsaved work is not lost by a stray click ------------------------------ */
  let unsaved = false;
  document.addEventListener('input', event => { const form = event.target.closest('form[data-unsaved]'); if (form) unsaved = true; });
  document.addEventListener('submit', () => { unsaved = false; });
  window.addEventListener('beforeunload', event => { if (unsaved) event.preventDefault(); });

  /* htmx ------------------------------------------------------------------ */
  document.addEventListener('htmx:load', event => settle(event.detail.elt));
  document.addEventListener('htmx:responseError', () => {
    const place = $('#main');
    if ($('.s-lost', place)) return;
    const note = document.createElement('div');
    note.className = 's-note s-off s-lost s-flash';
    note.setAttribute('role', 'alert');
    note.textContent = document.documentElement.lang === 'en' ? 'That did not work. Please reload the page.' : 'Itu tidak berjalan. Silakan muat ulang halaman.';
    place.prepend(note);
  });

  window.Setia = window.Setia || {};
  window.Setia.properties = properties;
  const ready = () => settle(document.body);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready); else ready();
})();
