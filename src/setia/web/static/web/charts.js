/* Pictures from data blocks: <div data-chart="NAME"> draws <script type="application/json" id="data-NAME">.
   The block says its `kind`; the function of that name turns (data, size) into an ECharts option. Drawn on canvas, because
   SVG would need style attributes, which the content policy forbids.

   stacked  {labels, series: [{name, values, tone, hrefs?}], line?: {name, values}, money?: true, running?: true}
   line     {labels, name, values, band?: [low, high], band_label?, percent?: true}
   bars     {labels, values, name?, tone?, tones?, money?, hrefs?}
   survival {labels, x_name, name, values, model, expected, low, high}   shares in percent; null where nothing is known
   curve    {points: [[x, y]…], name, x_name, y_name, diagonal?: true}
   tones: accent, grey, warn, mid. A click on a mark opens its `href`. */
(function () {
  'use strict';
  const source = document.currentScript && document.currentScript.dataset.echarts;
  const lang = document.documentElement.lang === 'en' ? 'en-GB' : 'id-ID';
  const short = lang === 'id-ID' ? ['', ' rb', ' jt', ' M', ' T'] : ['', 'k', 'm', 'bn', 'tn'];
  const t = name => getComputedStyle(document.documentElement).getPropertyValue('--s-' + name).trim();
  const num = (v, d = 0) => Number(v).toLocaleString(lang, { minimumFractionDigits: d, maximumFractionDigits: d });
  const brief = v => {
    let a = Math.abs(v), p = 0;
    while (a >= 999.5 && p < 4) { a /= 1000; p += 1; }
    return (v < 0 ? '−' : '') + Number(a).toLocaleString(lang, { maximumFractionDigits: p && a < 99.95 ? 1 : 0 }) + short[p];
  };
  const tone = name => t({ accent: 'accent-fill', grey: 'grey-1', warn: 'warn-fill', mid: 'accent-mid', dark: 'grey-2' }[name] || 'accent-fill');
  const font = () => getComputedStyle(document.body).fontFamily;
  const base = () => ({ animation: false, textStyle: { fontFamily: font(), fontSize: 12, color: t('ink-3') },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: t('raised'), borderColor: t('line'), borderWidth: 1,
      textStyle: { color: t('ink'), fontSize: 12, fontFamily: font() }, axisPointer: { type: 'none' } } });
  const ends = (color, weight = 500) => ({ show: true, color, fontSize: 12, fontWeight: weight, fontFamily: font() });
  /* `Des 2025`: the year is said once, at the first month and at each January */
  const month = (label, index, labels) => {
    const found = /^(\S+) (\d{4})$/.exec(label);
    if (!found) return label;
    return index === 0 || (index > 0 && !labels[index - 1].endsWith(found[2])) ? found[1] + ' ’' + found[2].slice(2) : found[1];
  };
  /* a month is written without its year; whatever else stands there whole, some six pixels a letter */
  const wide = label => (/^\S+ \d{4}$/.test(label) ? 0 : String(label).length * 6 + 12);
  const xAxis = (labels, width) => {
    const widest = Math.max(44, ...labels.map(wide)), every = Math.max(1, Math.ceil(labels.length * widest / Math.max(width, 1)));
    /* centred under the last bar, a name would leave the picture */
    const within = every > 1 && widest > 60 ? { alignMaxLabel: 'right' } : {};
    return { type: 'category', data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: t('grey-1') } },
      axisLabel: { ...within, color: t('ink-3'), fontSize: 11, margin: 8, interval: index => (labels.length - 1 - index) % every === 0, formatter: (label, index) => month(label, index, labels) } };
  };
  /* round steps for three or four grid lines: 1, 2, 2.5, 5 times a power of ten */
  const scale = top => {
    const rough = Math.max(top, 1e-9) / 4, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].find(one => one * power >= rough * 0.999) * power;
    return { step, max: Math.ceil(top / step - 1e-9) * step || step };
  };
  const yAxis = extra => Object.assign({ type: 'value', splitNumber: 3, axisLabel: { color: t('ink-3'), fontSize: 11, formatter: brief },
    splitLine: { lineStyle: { color: t('line-2') } } }, extra);
  const grid = (left, right) => ({ left, right, top: 12, bottom: 24 });

  /* labels at their wished heights, moved as little as possible so that none touches another or leaves the picture */
  function apart(marks, from, to) {
    const list = marks.slice().sort((a, b) => a.y - b.y);
    list.forEach((one, i) => { const before = list[i - 1]; one.y = Math.max(one.y, before ? before.y + (before.tall + one.tall) / 2 : from + one.tall / 2 - 8); });
    for (let i = list.length - 1; i >= 0; i -= 1) { const after = list[i + 1]; list[i].y = Math.min(list[i].y, after ? after.y - (after.tall + list[i].tall) / 2 : to - list[i].tall / 2 + 8); }
    return list;
  }

  const charts = {
    stacked(d, size) {
      const end = d.labels.length - 1, write = v => (d.money ? brief(v) : num(v));
      const totals = d.labels.map((_, i) => d.series.reduce((sum, s) => sum + (s.values[i] || 0), 0));
      const { step, max } = scale(Math.max(1, ...totals, ...(d.line ? d.line.values.map(v => v || 0) : [])));
      const left = 44, right = 88, top = 12, bottom = 24, height = size.height - top - bottom;
      const option = Object.assign(base(), { grid: { left, right, top, bottom }, xAxis: xAxis(d.labels, size.width - left - right), yAxis: yAxis({ max, interval: step }) });
      option.tooltip.valueFormatter = write;
      option.series = d.series.map(s => ({ type: 'bar', stack: 's', name: s.name, barWidth: '64%', cursor: s.hrefs ? 'pointer' : 'default',
        itemStyle: { color: tone(s.tone) }, data: s.values.map((v, i) => ({ value: v, href: s.hrefs && s.hrefs[i],
          itemStyle: { color: i === end && d.running ? (s.tone === 'accent' ? t('accent-mid') : t('line')) : tone(s.tone) } })) }));
      /* names at the end of the marks instead of a legend, each at its own height, pushed apart where they would meet */
      const tight = d.series.length * 26 + (d.line ? 14 : 0) > height - 8;
      let below = 0;
      const marks = d.series.map(s => {
        const value = s.values[end] || 0, middle = below + value / 2;
        below += value;
        return { name: s.name, value: write(value), y: top + height * (1 - middle / max), tall: tight ? 14 : 26, fill: s.tone === 'accent' ? t('accent') : t('ink-2') };
      });
      if (d.line) {
        const final = d.line.values[end];
        marks.push({ name: d.line.name, y: top + height * (1 - (final || 0) / max), tall: 14, fill: t('ink-2'), light: true });
        option.series.push({ type: 'line', name: d.line.name, data: d.line.values, symbol: 'none', z: 5, lineStyle: { color: t('ink-2'), width: 1.5, type: [3, 3] }, itemStyle: { color: t('ink-2') } });
      }
      option.graphic = apart(marks, top, top + height + 8).map(m => ({ type: 'text', left: size.width - right + 4, top: m.y - m.tall / 2, silent: true,
        style: { text: m.value ? m.name + (tight ? ' ' : '\n') + m.value : m.name, lineHeight: 13, fontSize: 11, fontFamily: font(), fontWeight: m.light ? 400 : 500, fill: m.fill, width: right - 4, overflow: 'truncate' } }));
      return option;
    },
    line(d, size) {
      const end = d.values.length - 1, write = v => (v == null ? '–' : d.percent ? num(v, 1) + '%' : d.money ? brief(v) : num(v));
      const known = d.values.filter(v => v != null), low = Math.min(...known, ...(d.band || [])), high = Math.max(...known, ...(d.band || []));
      /* both ends on a grid line, so that no number of the axis meets another */
      const pad = Math.max((high - low) * 0.15, 2), step = Math.max(scale(high - low + 2 * pad).step, d.percent ? 5 : 1);
      const floor = Math.max(0, Math.floor((low - pad) / step) * step), above = Math.ceil((high + pad) / step) * step;
      const option = Object.assign(base(), { grid: grid(40, 60), xAxis: Object.assign(xAxis(d.labels, size.width - 100), { boundaryGap: false }),
        yAxis: yAxis({ min: floor, max: d.percent ? Math.min(100, above) : above, interval: step, axisLabel: { color: t('ink-3'), fontSize: 11, formatter: v => (d.percent ? num(v) : brief(v)) } }) });
      option.tooltip.valueFormatter = write;
      option.series = [{ type: 'line', name: d.name, symbolSize: 8, showSymbol: true, clip: false, lineStyle: { color: t('accent-fill'), width: 2 },
        data: d.values.map((v, i) => ({ value: v, symbol: i === end ? 'circle' : 'none', href: d.hrefs && d.hrefs[i], itemStyle: { color: t('accent-fill') },
          label: i === end ? Object.assign(ends(t('accent'), 600), { position: 'right', distance: 6, formatter: write(v) }) : { show: false } })) }];
      if (d.band) option.series[0].markArea = { silent: true, itemStyle: { color: t('band') }, data: [[{ yAxis: d.band[0], name: d.band_label || '' }, { yAxis: d.band[1] }]],
        label: { position: 'insideTopLeft', color: t('ink-3'), fontSize: 11, fontFamily: font(), distance: 4 } };
      return option;
    },
    bars(d, size) {
      const write = v => (d.money ? brief(v) : num(v));
      const option = Object.assign(base(), { grid: grid(44, 8), xAxis: xAxis(d.labels, size.width - 52), yAxis: yAxis() });
      option.tooltip.valueFormatter = write;
      option.series = [{ type: 'bar', name: d.name || '', barWidth: '72%', data: d.values.map((v, i) => ({ value: v, href: d.hrefs && d.hrefs[i], itemStyle: { color: tone((d.tones && d.tones[i]) || d.tone || 'accent') } })) }];
      return option;
    },
    survival(d, size) {
      const write = v => (v == null ? '–' : num(v, 1) + '%'), known = d.expected.some(v => v != null);
      const right = size.width < 480 ? 16 : 104;
      const option = Object.assign(base(), { grid: { left: 48, right, top: 12, bottom: 44 },
        xAxis: Object.assign(xAxis(d.labels, size.width - 64), { boundaryGap: false, name: d.x_name, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: t('ink-3'), fontSize: 11 } }),
        yAxis: yAxis({ min: 0, max: 100, interval: 20, axisLabel: { color: t('ink-3'), fontSize: 11, formatter: v => num(v) + '%' } }) });
      option.tooltip.valueFormatter = write;
      /* each line's name at its end, where there is room beside it */
      const named = (list, name, color, position) => {
        const at = list.reduce((found, v, i) => (v == null ? found : i), -1), room = size.width >= 480;
        return list.map((v, i) => ({ value: v, symbol: room && i === at ? 'circle' : 'none', itemStyle: { color },
          label: room && i === at ? Object.assign(ends(color), { position, distance: 6, formatter: name }) : { show: false } }));
      };
      option.series = [];
      if (known && d.low.some(v => v != null)) {
        /* the lower end unseen, what lies above it shaded */
        const quiet = { type: 'line', stack: 'range', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
        option.series.push(Object.assign({}, quiet, { data: d.low }), Object.assign({}, quiet, { data: d.high.map((v, i) => (v == null ? null : v - d.low[i])), areaStyle: { color: t('accent-soft') } }));
      }
      if (known) option.series.push({ type: 'line', name: d.model, data: named(d.expected, d.model, t('ink-2'), 'right'), showSymbol: true, symbolSize: 4, clip: false, lineStyle: { color: t('ink-2'), width: 1.5, type: [4, 3] }, itemStyle: { color: t('ink-2') } });
      option.series.push({ type: 'line', step: 'end', name: d.name, data: named(d.values, d.name, t('accent'), 'top'), showSymbol: true, symbolSize: 5, lineStyle: { color: t('accent-fill'), width: 2 }, itemStyle: { color: t('accent-fill') } });
      return option;
    },
    curve(d) {
      const axis = (name, gap) => ({ type: 'value', min: 0, max: 100, interval: 20, name, nameLocation: 'middle', nameGap: gap, nameTextStyle: { color: t('ink-3'), fontSize: 11 },
        axisLabel: { color: t('ink-3'), fontSize: 11, formatter: v => num(v) + '%' }, splitLine: { lineStyle: { color: t('line-2') } }, axisTick: { show: false }, axisLine: { show: false } });
      const option = Object.assign(base(), { grid: { left: 56, right: 16, top: 12, bottom: 44 }, xAxis: axis(d.x_name, 28), yAxis: axis(d.y_name, 42) });
      option.tooltip.valueFormatter = v => num(v, 1) + '%';
      option.series = [{ type: 'line', name: d.name, data: d.points, symbol: 'none', lineStyle: { color: t('accent-fill'), width: 2 }, areaStyle: { color: t('accent-soft') } }];
      if (d.diagonal) option.series.push({ type: 'line', data: [[0, 0], [100, 100]], symbol: 'none', silent: true, tooltip: { show: false }, lineStyle: { color: t('grey-2'), width: 1, type: [3, 3] } });
      return option;
    },
  };
  /* ECharts is a megabyte: it is fetched by the first page that has a picture, and only then. */
  let coming = null;
  function library() {
    if (window.echarts) return Promise.resolve();
    coming = coming || new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = source;
      script.onload = resolve;
      script.onerror = () => { coming = null; reject(new Error('the pictures’ library did not come')); };
      document.head.append(script);
    });
    return coming;
  }

  const drawn = new Map();
  function draw(root) {
    const wanted = [...root.querySelectorAll('[data-chart]')].filter(el => !drawn.has(el) && document.getElementById('data-' + el.dataset.chart));
    for (const [el, one] of drawn) if (!el.isConnected) { one.watcher.disconnect(); one.picture.dispose(); drawn.delete(el); }
    if (!wanted.length) return;
    library().then(() => wanted.filter(el => el.isConnected && !drawn.has(el)).forEach(paint), error => {
      for (const el of wanted) { el.classList.add('s-chart-lost'); el.textContent = ''; }
      console.warn(error.message);
    });
  }
  function paint(el) {
    const data = JSON.parse(document.getElementById('data-' + el.dataset.chart).textContent);
    const kind = charts[data.kind || el.dataset.chart];
    if (!kind) return;
    el.style.setProperty('--h', el.dataset.cssH || '');
    const picture = window.echarts.init(el, null, { renderer: 'canvas' });
    const show = () => { if (el.clientWidth) { picture.resize(); picture.setOption(kind(data, { width: el.clientWidth, height: el.clientHeight }), true); } };
    picture.on('click', event => { if (event.data && event.data.href) open(event.data.href); });
    const watcher = new ResizeObserver(show);
    watcher.observe(el);
    drawn.set(el, { picture, show, watcher });
  }
  function open(href) {
    const link = document.createElement('a');
    link.href = href;
    link.hidden = true;
    document.getElementById('main').append(link);
    if (window.htmx) window.htmx.process(link);
    link.click();
  }
  document.addEventListener('setia:theme', () => { for (const one of drawn.values()) one.show(); });
  document.addEventListener('htmx:load', event => draw(event.detail.elt));
  const ready = () => draw(document);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready); else ready();
})();
