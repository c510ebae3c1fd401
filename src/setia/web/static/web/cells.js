/* Cells that are changed where they stand. The form comes from the server and goes there; this is how hands find it.
   data-cell        what holds a value with its button (.s-open), or the form in its place
   data-cell-form   saved by Enter and by leaving it, left by Esc (data-cell-leave); data-looks-up is left alone by leaving it
   F2 opens the cell at hand, or the first of the row; arrows go from button to button. */
(function () {
  'use strict';
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const held = form => Array.from(form.elements).filter(field => field.name && field.type !== 'hidden');
  const differs = field => field.matches('select') ? Array.from(field.options).some(one => one.selected !== one.defaultSelected) && field.value !== (Array.from(field.options).find(one => one.defaultSelected) || field.options[0]).value : field.value !== field.defaultValue;
  const leave = form => $('[data-cell-leave]', form).click();

  /* 1 · Keys. Before those of the page, which would walk, clear or cancel. */
  document.addEventListener('keydown', event => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest) return;
    const form = event.target.closest('[data-cell-form]'), at = event.target.closest('.s-open');
    if (form) {
      if (event.key === 'Escape') leave(form);
      else if (event.key === 'Enter' && event.target.matches('select')) form.requestSubmit();
      else return;
    } else if (event.key === 'F2') {
      const row = event.target.closest('[data-row]') || $('[data-row].s-focus');
      const first = at || (row && $('.s-open', row));
      if (!first) return;
      first.click();
    } else if (!at || !beside(at, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  function beside(button, key) {
    const row = button.closest('tr'), along = row ? $$('.s-open', row) : $$('.s-open', button.closest('section'));
    const place = along.indexOf(button);
    let next = null;
    if (row && (key === 'ArrowLeft' || key === 'ArrowRight')) next = along[place + (key === 'ArrowLeft' ? -1 : 1)];
    else if (!row && (key === 'ArrowUp' || key === 'ArrowDown')) next = along[place + (key === 'ArrowUp' ? -1 : 1)];
    else if (row && (key === 'ArrowUp' || key === 'ArrowDown')) {
      const column = button.closest('[data-cell]').cellIndex;
      for (let other = row; !next && other;) {
        other = key === 'ArrowUp' ? other.previousElementSibling : other.nextElementSibling;
        next = other && $('.s-open', other.cells[column]);
      }
    } else return false;
    if (next) { next.focus(); next.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
    return true;
  }

  /* 2 · Leaving a form saves what differs. A form that was refused stays until it is changed or left on purpose. */
  document.addEventListener('mousedown', event => {
    /* not every browser gives a pressed button the focus: then the form would seem to be left */
    if (event.target.closest('[data-cell-form] button')) event.preventDefault();
  });
  document.addEventListener('focusout', event => {
    const form = event.target.closest && event.target.closest('[data-cell-form]');
    if (!form || form.dataset.sent || form.contains(event.relatedTarget)) return;
    /* Only when the focus has settled elsewhere on this page: not for a window put behind, nor for a form that is gone. */
    setTimeout(() => {
      if (!form.isConnected || form.dataset.sent || form.contains(document.activeElement) || !document.hasFocus()) return;
      if ('looksUp' in form.dataset) return;
      if (held(form).some(differs)) form.requestSubmit();
      else if (!('wrong' in form.dataset)) leave(form);
    });
  });

  /* 3 · Focus follows the hands: into a form that opens, back to the button where it closes under them. */
  document.addEventListener('htmx:beforeRequest', event => {
    const button = event.target;
    if (!button.matches || !button.matches('.s-open')) return;
    for (const form of $$('[data-cell-form][data-looks-up]')) leave(form);
  });
  document.addEventListener('htmx:beforeSwap', event => {
    const cell = event.detail.target, now = document.activeElement;
    if (cell.matches && cell.matches('[data-cell]')) cell.inHand = cell.contains(now) || now === document.body || Boolean(now.closest('#notes'));
  });
  document.addEventListener('htmx:afterSettle', event => {
    const cell = event.target.closest && event.target.closest('[data-cell]');
    if (!cell) return;
    const form = $('[data-cell-form]', cell), button = $('.s-open', cell);
    if (form && form.contains(event.target) && event.target !== form && event.target !== cell) {
      /* somebody was picked: what is left to do is to save */
      const save = $('button[type=submit]', form);
      if (event.target.matches('.s-picker')) ($('input:not([type=hidden])', event.target) || save).focus();
    } else if (form) {
      const field = held(form)[0] || $('button', form);
      field.focus();
      if (field.select && !('wrong' in form.dataset)) field.select();
    } else if (button && cell.inHand) button.focus({ preventScroll: true });
  });
})();
