/* The palette (Ctrl+K, /) and the names that follow an @ in a note.
   data-palette        opens the palette                     data-mention="url"   a text field that completes names */
(function () {
  'use strict';
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));

  /* 1 · The palette. A dialog keeps the focus in and closes by Esc; arrows walk from the field through what is found. */
  const dialog = () => document.getElementById('palette');
  const found = box => $('#palette-found', box);
  function open() {
    const box = dialog();
    if (!box || $('dialog[open]')) return;
    const field = $('input[type=search]', box);
    $('input[name=at]', box).value = location.pathname;
    box.showModal();
    field.value = '';
    found(box).textContent = '';
    delete box.dataset.shown;
    delete box.dataset.go;
    field.focus();
    window.htmx.trigger(field, 'opened');
  }
  function shut(box) {
    box.close();
    /* The browser lets go of a hidden field only with its next picture: a key pressed before would still be typed into it. */
    if (box.contains(document.activeElement)) document.activeElement.blur();
  }
  function walk(event) {
    const box = event.target.closest('#palette');
    if (!box || !box.open) return;
    const links = $$('a', box), at = links.indexOf(document.activeElement), field = $('input[type=search]', box);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = at + (event.key === 'ArrowDown' ? 1 : -1);
      if (next < 0) field.focus(); else (links[next] || links[links.length - 1] || field).focus();
    } else if (event.key === 'Escape') {
      /* in a search field Escape would only empty it */
      event.preventDefault();
      event.stopImmediatePropagation();
      shut(box);
    } else if (event.key === 'Enter' && event.target === field) {
      /* What is shown may still be the answer to fewer letters: then Enter waits for the right one. */
      event.preventDefault();
      if (box.dataset.shown !== field.value) box.dataset.go = '';
      else if (links[0]) links[0].click();
    } else if (at >= 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  }
  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      const box = dialog();
      if (box && box.open) shut(box); else open();
      return;
    }
    if (event.target.closest) { walk(event); names(event); }
  });
  document.addEventListener('input', event => { const box = event.target.closest('#palette'); if (box) delete box.dataset.go; });
  document.addEventListener('htmx:afterSwap', event => {
    const box = event.target.closest && event.target.closest('#palette');
    if (!box) return;
    box.dataset.shown = event.detail.requestConfig.parameters.palette || '';
    const first = $('a', found(box));
    if ('go' in box.dataset && first && box.dataset.shown === $('input[type=search]', box).value) first.click();
  });
  document.addEventListener('click', event => {
    if (event.target.closest('[data-palette]') && !event.ctrlKey && !event.metaKey) { event.preventDefault(); event.stopPropagation(); open(); }
    const box = dialog();
    if (box && box.open && (event.target === box || event.target.closest('#palette a'))) shut(box);
  }, true);

  /* 2 · @ and the beginning of a name: the list under the field; arrows and Enter choose, Esc lets it be. */
  const list = field => $('.s-options', field.parentNode);
  const begun = field => /(?:^|[\s(])@([\p{L}\p{N}.'-]{0,30}(?: [\p{L}\p{N}.'-]{1,30})?)$/u.exec(field.value.slice(0, field.selectionStart));
  let asked = 0;
  document.addEventListener('input', async event => {
    const field = event.target;
    if (!field.matches('textarea[data-mention]')) return;
    const found = begun(field), mine = asked += 1;
    if (!found) { list(field).replaceChildren(); return; }
    const answer = await fetch(field.dataset.mention + '?q=' + encodeURIComponent(found[1]), { headers: { 'HX-Request': 'true' } });
    if (mine !== asked || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    list(field).replaceChildren(...page.body.children);
    mark(field, 0);
  });
  const mark = (field, at) => $$('[role=option]', list(field)).forEach((one, index) => one.setAttribute('aria-selected', String(index === at)));
  function names(event) {
    const field = event.target;
    if (!field.matches('textarea[data-mention]')) return;
    const options = $$('[role=option]', list(field)), at = options.findIndex(one => one.getAttribute('aria-selected') === 'true');
    if (!options.length || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') mark(field, (at + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length);
    else if (event.key === 'Enter' || event.key === 'Tab') choose(field, options[Math.max(at, 0)]);
    else if (event.key === 'Escape') list(field).replaceChildren();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  function choose(field, option) {
    const found = begun(field);
    if (found) field.setRangeText('@' + option.dataset.name + ' ', field.selectionStart - found[1].length - 1, field.selectionStart, 'end');
    list(field).replaceChildren();
    field.focus();
  }
  document.addEventListener('mousedown', event => {
    const option = event.target.closest('.s-compose [role=option]');
    if (!option) return;
    event.preventDefault();
    choose($('textarea', option.closest('.s-compose')), option);
  });
})();
