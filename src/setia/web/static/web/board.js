/* A board whose cards go from lane to lane: by mouse, by finger, by keys. The move itself is the card's own form, the same
   that its menu sends; without this script the menu is there all the same.
   data-board   the board; data-taken, data-over, data-left are what is said of a card in hand
   data-lane    a lane: the key of its stage, data-name its name      data-deal   a card      data-grip   its handle
   Space takes a card up at its handle, arrows choose the lane, Enter or Space puts it there, Esc leaves it. */
(function () {
  'use strict';
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const say = text => { const said = $('#said'); if (said) said.textContent = text; };
  const lanes = card => $$('[data-lane]', card.closest('[data-board]'));
  let hand = null; /* what is held: the card, its lane, and for a pointer its ghost and where it was taken */

  function show() { for (const grip of $$('[data-grip][hidden]')) grip.hidden = false; }
  document.addEventListener('htmx:load', show);
  show();

  function over(lane) {
    for (const one of $$('.s-lane-over')) one.classList.remove('s-lane-over');
    if (lane) lane.classList.add('s-lane-over');
    if (hand) hand.over = lane;
  }
  function send(card, lane) {
    const button = $(`form button[name="to"][value="${lane.dataset.lane}"]`, card);
    if (button) button.click(); /* and not requestSubmit: htmx knows a button by its click alone */
  }
  function leave() {
    if (!hand) return;
    const { card, ghost } = hand;
    hand = null;
    over(null);
    card.classList.remove('s-held');
    if (ghost) ghost.remove();
    document.documentElement.classList.remove('s-dragging');
  }

  /* 1 · Mouse and finger. A mouse may take the card anywhere but at a link or a button; a finger takes it by the handle. */
  document.addEventListener('pointerdown', event => {
    const card = event.button === 0 && event.target.closest && event.target.closest('[data-deal]');
    if (!card || hand || !$('[data-grip]', card)) return;
    const grip = event.target.closest('[data-grip]');
    if (!grip && (event.pointerType !== 'mouse' || event.target.closest('a, button, summary, details'))) return;
    hand = { card, from: card.closest('[data-lane]'), id: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
    if (grip && event.pointerType !== 'mouse') { event.preventDefault(); grip.setPointerCapture(event.pointerId); }
  });
  document.addEventListener('pointermove', event => {
    if (!hand || hand.id !== event.pointerId) return;
    if (!hand.moved) {
      if (Math.hypot(event.clientX - hand.x, event.clientY - hand.y) < 5) return;
      lift();
    }
    event.preventDefault();
    hand.ghost.style.transform = `translate(${event.clientX - hand.x}px, ${event.clientY - hand.y}px) rotate(1deg)`;
    edge(event.clientX);
    const under = document.elementFromPoint(event.clientX, event.clientY);
    over(under && under.closest('[data-lane]'));
  }, { passive: false });
  function lift() {
    const box = hand.card.getBoundingClientRect(), ghost = hand.card.cloneNode(true);
    for (const one of [ghost, ...$$('[id]', ghost)]) one.removeAttribute('id');
    ghost.classList.add('s-ghost-deal');
    ghost.setAttribute('aria-hidden', 'true');
    Object.assign(ghost.style, { left: box.left + 'px', top: box.top + 'px', width: box.width + 'px' });
    document.body.append(ghost);
    hand.card.classList.add('s-held');
    hand.ghost = ghost;
    hand.moved = true;
    document.documentElement.classList.add('s-dragging');
  }
  /* near an edge the board goes on by itself */
  function edge(x) {
    const board = hand.card.closest('[data-board]'), box = board.getBoundingClientRect();
    if (x > box.right - 48) board.scrollLeft += 12;
    else if (x < box.left + 48) board.scrollLeft -= 12;
  }
  document.addEventListener('pointerup', event => {
    if (!hand || hand.id !== event.pointerId) return;
    const { card, from, over: lane, moved } = hand;
    leave();
    if (moved && lane && lane !== from) send(card, lane);
  });
  document.addEventListener('pointercancel', leave);
  document.addEventListener('touchmove', event => { if (hand && hand.moved) event.preventDefault(); }, { passive: false });
  document.addEventListener('dragstart', event => { if (event.target.closest && event.target.closest('[data-deal]')) event.preventDefault(); });

  /* 2 · Keys. */
  document.addEventListener('keydown', event => {
    const grip = event.target.closest && event.target.closest('[data-grip]');
    if (hand && hand.keys) {
      const all = lanes(hand.card), board = hand.card.closest('[data-board]');
      if (event.key === 'Escape' || event.key === 'Tab') { say(board.dataset.left); leave(); }
      else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
        const next = all[all.indexOf(hand.over) + (event.key === 'ArrowRight' ? 1 : -1)];
        if (next) {
          over(next);
          next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
          say(board.dataset.over.replace('{stage}', () => next.dataset.name).replace('{n}', all.indexOf(next) + 1).replace('{all}', all.length));
        }
      } else if (event.key === 'Enter' || event.key === ' ') {
        const { card, from, over: lane } = hand;
        leave();
        if (lane && lane !== from) send(card, lane); else say(board.dataset.left);
      } else return;
      if (event.key !== 'Tab') event.preventDefault();
      event.stopPropagation();
    } else if (grip && (event.key === ' ' || event.key === 'Enter')) {
      const card = grip.closest('[data-deal]');
      hand = { card, from: card.closest('[data-lane]'), keys: true };
      card.classList.add('s-held');
      over(hand.from);
      say(card.closest('[data-board]').dataset.taken.replace('{what}', () => $('a', card).textContent));
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);

  /* 3 · The focus follows a card that was moved. */
  document.addEventListener('htmx:afterRequest', event => {
    const form = event.target.closest && event.target.closest('[data-deal] form');
    if (form) sentBy = form.closest('[data-deal]').id;
  });
  let sentBy = '';
  document.addEventListener('htmx:afterSettle', () => {
    const card = sentBy && document.getElementById(sentBy);
    if (!card) return;
    sentBy = '';
    const grip = $('[data-grip]', card);
    if (grip) { grip.hidden = false; grip.focus({ preventScroll: true }); }
  });
})();
