
"use strict";
(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const trades = run.trades, count = trades.net.length;
  const charts = LightweightCharts, root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const painters = [], printers = [];

  // Words and elements

  function make(name, children = [], attributes = {}) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    for (const child of [].concat(children)) made.append(child);
    return made;
  }
  function button(says, act, attributes = {}) {
    const made = make("button", says, { type: "button", ...attributes });
    made.addEventListener("click", act);
    return made;
  }
  function choice(says, options, act) {
    const made = make("select", options.map(([value, text]) => make("option", text, { value })));
    made.addEventListener("change", () => act(made.value));
    return { made, label: make("label", [says, made]) };
  }
  const number = (value, digits = 2) =>
    value === null ? "\u2013" : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const signed = (value, digits = 2) => (value > 0 ? "+" : "") + number(value, digits);
  const tone = value => (value > 0 ? "gain" : value < 0 ? "loss" : "");
  const when = ms => new Date(ms).toISOString().replace("T", " ").replace("Z", "");
  const sideOf = side => (side > 0 ? "buy" : "sell");
  const NAMES = ["page", "ink", "quiet", "rule", "gain", "loss", "plain", "accent"], colours = {};
  const colour = name => colours[name];
  const price = (value, i) => (value === null ? "\u2013" : value.toFixed(run.instruments[i].decimals));
  function held(ms) {
    const s = ms / 1000;
    return s < 120 ? `${number(s, 1)} s` : s < 7200 ? `${number(s / 60, 1)} min` : `${number(s / 3600, 1)} h`;
  }

  // Charts

  function chartIn(place) {
    const box = document.getElementById(place);
    const chart = charts.createChart(box, {
      autoSize: true,
      timeScale: { timeVisible: true, secondsVisible: true, minBarSpacing: 0.005, rightOffset: 2 },
      crosshair: { mode: charts.CrosshairMode.Normal },
      handleScroll: { vertTouchDrag: false, mouseWheel: false },
      handleScale: { mouseWheel: false }, // the wheel scrolls the page
    });
    painters.push(() => chart.applyOptions({
      layout: { background: { color: colour("page") }, textColor: colour("quiet"),
        panes: { separatorColor: colour("rule") } },
      grid: { vertLines: { color: colour("rule") }, horzLines: { color: colour("rule") } },
      rightPriceScale: { borderColor: colour("rule") }, timeScale: { borderColor: colour("rule") },
    }));
    printers.push(() => { // paper gets a picture: a chart draws only later, and paper does not wait
      const picture = chart.takeScreenshot(true);
      picture.className = "printed";
      box.after(picture);
    });
    return chart;
  }
  function mix() {
    const style = getComputedStyle(root);
    for (const name of NAMES) colours[name] = style.getPropertyValue(`--${name}`).trim();
  }
  function paint() {
    mix();
    painters.forEach(each => each());
  }

  // Prices and trades

  const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 1800, 3600, 14400, 86400, 604800];
  const EDGE = 40; // bars beside a trade that is looked at
  const MARKED = 400, NAMED = 40; // trades in sight below which each gets its marks, and its words

  const spanName = s => (s % 86400 === 0 ? `${s / 86400} d` : s % 3600 === 0 ? `${s / 3600} h` : s % 60 === 0 ? `${s / 60} min` : `${s} s`);

  function folded(from, span) {
    const half = from.tick / 2, bars = [];
    let last = null;
    for (let k = 0; k < from.s.length; k++) {
      const time = from.s[k] - (((from.s[k] % span) + span) % span);
      if (last && last.time === time) {
        last.high = Math.max(last.high, from.high[k] * half);
        last.low = Math.min(last.low, from.low[k] * half);
        last.close = from.close[k] * half;
      } else {
        last = { time, open: from.open[k] * half, high: from.high[k] * half, low: from.low[k] * half, close: from.close[k] * half };
        bars.push(last);
      }
    }
    return bars;
  }

  function barsOf(from, span) {
    let found = 0, last = NaN;
    for (const s of from.s) {
      const place = Math.floor(s / span);
      if (place !== last) found++;
      last = place;
    }
    return found;
  }

  class PriceChart {
    constructor() {
      this.chart = chartIn("price-chart");
      this.series = this.chart.addSeries(charts.CandlestickSeries, { borderVisible: false, priceLineVisible: false });
      painters.push(() => this.series.applyOptions({
        upColor: `${colour("plain")}88`, downColor: `${colour("quiet")}88`,
        wickUpColor: `${colour("plain")}88`, wickDownColor: `${colour("quiet")}88`,
      }));
      this.series.attachPrimitive({
        autoscaleInfo: (from, to) => this.reach(from, to),
        paneViews: () => [{ zOrder: () => "top", renderer: () => ({ draw: target =>
          target.useMediaCoordinateSpace(space => this.draw(space.context, space.mediaSize)) }) }],
      });
      this.stops = new Map();
      run.stops.trade.forEach((trade, k) => {
        if (!this.stops.has(trade)) this.stops.set(trade, []);
        this.stops.get(trade).push([run.stops.ms[k], run.stops.price[k]]);
      });
      this.chosen = -1;
      this.instrument = Math.max(0, run.instruments.findIndex((_, i) => trades.instrument.includes(i)));
      this.addTools();
      this.chart.subscribeClick(at => this.pick(at));
      this.show(this.instrument);
    }

    addTools() {
      const scale = this.chart.timeScale();
      const zoom = by => {
        const at = scale.getVisibleLogicalRange(), middle = (at.from + at.to) / 2, half = (at.to - at.from) / 2 * by;
        scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
      };
      const move = by => {
        const at = scale.getVisibleLogicalRange(), step = (at.to - at.from) * by;
        scale.setVisibleLogicalRange({ from: at.from + step, to: at.to + step });
      };
      const named = run.instruments.map((each, i) => [i, each.symbol]);
      const which = choice("Instrument", named, value => this.show(Number(value)));
      this.which = which.made;
      const spans = choice("Bars", [], value => this.fold(Number(value)));
      this.spans = spans.made;
      this.before = button("Previous trade", () => this.step(-1));
      this.after = button("Next trade", () => this.step(1));
      const tools = [spans.label, button("Whole", () => scale.fitContent()), button("Closer", () => zoom(0.5)),
        button("Farther", () => zoom(2)), button("Earlier", () => move(-0.4)), button("Later", () => move(0.4))];
      if (named.length > 1) tools.unshift(which.label);
      if (count) tools.push(this.before, this.after);
      document.getElementById("price-tools").append(...tools);
    }

    show(instrument) {
      this.instrument = instrument;
      this.which.value = instrument;
      const described = run.instruments[instrument];
      this.series.applyOptions({ priceFormat: { type: "price", precision: described.decimals, minMove: described.tick } });
      this.mine = [];
      for (let i = 0; i < count; i++) if (trades.instrument[i] === instrument) this.mine.push(i);
      this.mine.sort((a, b) => trades.entry_ms[a] - trades.entry_ms[b] || a - b);
      const all = SPANS.filter(span => span >= run.span_s && span % run.span_s === 0);
      if (!all.length) all.push(run.span_s);
      const length = described.s.length ? described.s.at(-1) - described.s[0] : 0;
      const fitting = all.filter(span => span === run.span_s || length / span >= 20);
      this.spans.replaceChildren(...fitting.map(span => make("option", spanName(span), { value: span })));
      const room = Math.max(150, document.getElementById("price-chart").clientWidth / 3);
      this.fold(fitting.find(span => barsOf(described, span) <= room) || fitting.at(-1));
    }

    fold(span) {
      this.span = span;
      this.spans.value = span;
      const before = this.bars && this.bars.length && this.shownFor === this.instrument ? this.seconds() : null;
      this.bars = folded(run.instruments[this.instrument], span);
      this.series.setData(this.bars);
      this.enters = new Float64Array(count);
      this.leaves = new Float64Array(count);
      for (const i of this.mine) {
        this.enters[i] = this.placeOf(trades.entry_ms[i]);
        this.leaves[i] = this.placeOf(trades.exit_ms[i]);
      }
      this.shownFor = this.instrument;
      const scale = this.chart.timeScale();
      if (before === null) scale.fitContent();
      else scale.setVisibleLogicalRange({ from: this.placeOf(before.from * 1000), to: this.placeOf(before.to * 1000) });
    }

    seconds() {
      const at = this.chart.timeScale().getVisibleLogicalRange();
      const inside = place => this.bars[Math.min(this.bars.length - 1, Math.max(0, Math.round(place)))].time;
      return { from: inside(at.from), to: inside(at.to) };
    }

    placeOf(ms) { // where a time lies among the bars: a bar reaches half a place to each side
      const bars = this.bars, s = ms / 1000;
      let low = 0, high = bars.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (bars[middle].time <= s) low = middle; else high = middle - 1;
      }
      return low - 0.5 + (bars.length ? Math.min(1, Math.max(0, (s - bars[low].time) / this.span)) : 0);
    }

    draw(pen, size) {
      const scale = this.chart.timeScale(), seen = scale.getVisibleLogicalRange();
      if (!seen || !this.mine.length) return;
      const zero = scale.logicalToCoordinate(0), each = scale.logicalToCoordinate(1) - zero;
      const x = place => zero + each * place, y = value => this.series.priceToCoordinate(value);
      const inSight = this.mine.filter(i => this.leaves[i] >= seen.from && this.enters[i] <= seen.to);
      if (inSight.length > size.width) {
        this.drawCrowd(pen, inSight, x, size.width);
        if (inSight.includes(this.chosen)) this.mark(pen, this.chosen, x, y, true, size);
        return;
      }
      for (const [gained, name] of [[true, "gain"], [false, "loss"]]) {
        pen.strokeStyle = colour(name);
        pen.lineWidth = inSight.length > MARKED ? 1 : 2;
        pen.beginPath();
        for (const i of inSight) {
          if (trades.net[i] > 0 !== gained) continue;
          const left = x(this.enters[i]);
          pen.moveTo(left, y(trades.entry[i]));
          pen.lineTo(Math.max(x(this.leaves[i]), left + 1.5), y(trades.exit[i]));
        }
        pen.stroke();
      }
      if (inSight.length <= MARKED) for (const i of inSight) this.mark(pen, i, x, y, inSight.length <= NAMED, size);
      else if (this.chosen >= 0 && this.mine.includes(this.chosen)) this.mark(pen, this.chosen, x, y, true, size);
    }

    reach(from, to) { // the trade that is looked at is seen whole, with its target
      const i = this.chosen;
      if (i < 0 || trades.instrument[i] !== this.instrument || this.leaves[i] < from || this.enters[i] > to) return null;
      const levels = [trades.entry[i], trades.exit[i], trades.target[i]].filter(level => level !== null);
      return { priceRange: { minValue: Math.min(...levels), maxValue: Math.max(...levels) } };
    }

    drawCrowd(pen, inSight, x, width) { // more trades than pixels: what each column of pixels holds
      const bars = this.bars, low = bars[0].low, zero = this.series.priceToCoordinate(low);
      const each = (this.series.priceToCoordinate(low * 1.01) - zero) / (low * 0.01);
      for (const [gained, name] of [[true, "gain"], [false, "loss"]]) {
        const top = new Float32Array(width + 2).fill(Infinity), bottom = new Float32Array(width + 2).fill(-Infinity);
        for (const i of inSight) {
          if (trades.net[i] > 0 !== gained) continue;
          const at = Math.min(width, Math.max(0, Math.round(x(this.enters[i]))));
          const a = zero + each * (trades.entry[i] - low), b = zero + each * (trades.exit[i] - low);
          top[at] = Math.min(top[at], a, b);
          bottom[at] = Math.max(bottom[at], a, b);
        }
        pen.fillStyle = colour(name);
        for (let at = 0; at <= width; at++)
          if (bottom[at] >= top[at]) pen.fillRect(at, top[at], 1, Math.max(1, bottom[at] - top[at]));
      }
    }

    mark(pen, i, x, y, named, size) {
      const left = x(this.enters[i]), right = Math.max(x(this.leaves[i]), left + 1.5), up = trades.side[i] > 0;
      const enter = y(trades.entry[i]), leave = y(trades.exit[i]), ink = colour("ink");
      if (named) this.levels(pen, i, x, y, left, right);
      pen.fillStyle = i === this.chosen ? colour("accent") : ink;
      const big = i === this.chosen ? 7 : named ? 5 : 3, tip = up ? -big : big;
      pen.beginPath(); // a triangle that points the way of the trade
      pen.moveTo(left, enter + tip);
      pen.lineTo(left - big, enter - tip);
      pen.lineTo(left + big, enter - tip);
      pen.fill();
      pen.fillStyle = colour(trades.net[i] > 0 ? "gain" : "loss");
      pen.fillRect(right - big / 1.6, leave - big / 1.6, big * 1.25, big * 1.25);
      if (!named || right < 0 || left > size.width) return;
      pen.font = "11px system-ui, sans-serif";
      pen.fillStyle = ink;
      pen.fillText(run.reasons[trades.reason[i]], right + 8, leave + 4);
    }

    levels(pen, i, x, y, left, right) { // the way of the stop, and the target
      const end = Math.max(right, left + 14);
      if (trades.stop[i] !== null) {
        pen.strokeStyle = colour("loss");
        pen.lineWidth = 1;
        pen.setLineDash([5, 4]);
        pen.beginPath();
        let level = y(trades.stop[i]);
        pen.moveTo(left, level);
        for (const [ms, to] of this.stops.get(i) || []) {
          const at = x(this.placeOf(ms));
          pen.lineTo(at, level);
          level = y(to);
          pen.lineTo(at, level);
        }
        pen.lineTo(end, level);
        pen.stroke();
      }
      if (trades.target[i] !== null) {
        pen.strokeStyle = colour("gain");
        pen.lineWidth = 1;
        pen.setLineDash([1, 4]);
        pen.beginPath();
        pen.moveTo(left, y(trades.target[i]));
        pen.lineTo(end, y(trades.target[i]));
        pen.stroke();
      }
      pen.setLineDash([]);
    }

    pick(at) {
      if (at.logical === undefined || !at.point) return;
      const far = i => {
        const aside = Math.max(this.enters[i] - at.logical, at.logical - this.leaves[i], 0);
        return aside * 10000 + Math.abs(this.series.priceToCoordinate(trades.entry[i]) - at.point.y);
      };
      const nearest = this.mine.reduce((best, i) => (best < 0 || far(i) < far(best) ? i : best), -1);
      if (nearest >= 0) this.choose(nearest, false);
    }

    step(by) {
      const place = this.mine.indexOf(this.chosen);
      const next = place < 0 ? (by > 0 ? 0 : this.mine.length - 1) : place + by;
      if (next >= 0 && next < this.mine.length) this.choose(this.mine[next], true);
    }

    choose(i, goes) {
      if (trades.instrument[i] !== this.instrument) this.show(trades.instrument[i]);
      this.chosen = i;
      if (goes) {
        if (this.span !== run.span_s) this.fold(run.span_s);
        const from = this.enters[i] - EDGE, to = this.leaves[i] + EDGE;
        this.chart.timeScale().setVisibleLogicalRange({ from, to });
      }
      this.chart.applyOptions({});
      const place = this.mine.indexOf(i);
      this.before.disabled = place === 0;
      this.after.disabled = place === this.mine.length - 1;
      const shown = document.getElementById("trade-shown");
      shown.textContent = told(i);
      shown.classList.remove("quiet");
      list?.choose(i);
    }
  }

  function told(i) {
    const at = trades.instrument[i], reason = run.reasons[trades.reason[i]];
    const moved = run.stops.trade.filter(trade => trade === i).length;
    return `Trade ${number(i + 1, 0)}: ${run.bots[trades.bot[i]]} (${run.accounts[trades.account[i]]}) ${sideOf(trades.side[i])}s `
      + `${number(trades.units[i], Number.isInteger(trades.units[i]) ? 0 : 4)} ${run.instruments[at].symbol} at `
      + `${price(trades.entry[i], at)}, ${when(trades.entry_ms[i])}; score ${number(trades.score[i])}, spread `
      + `${number(trades.spread[i])} pips, market ${run.states[trades.state[i]] ?? "unknown"}. Stop ${price(trades.stop[i], at)}`
      + `${moved ? ` (moved ${moved} times)` : ""}, target ${price(trades.target[i], at)}. Out by ${reason} at `
      + `${price(trades.exit[i], at)} after ${held(trades.exit_ms[i] - trades.entry_ms[i])}: `
      + `${signed(trades.net[i])} ${run.currency}, ${signed(trades.r[i], 3)} R; went ${number(trades.against[i])} pips `
      + `against and ${number(trades.for[i])} for it.`;
  }

  // Equity

  function addEquity() {
    const { s, balance, drawdown } = run.equity;
    const chart = chartIn("equity-chart");
    chart.applyOptions({ layout: { attributionLogo: false } }); // the other chart bears the mark
    const format = { type: "price", precision: 2, minMove: 0.01 };
    const line = chart.addSeries(charts.BaselineSeries, {
      baseValue: { type: "price", price: balance[0] }, lineWidth: 2, priceFormat: format, priceLineVisible: false,
    }, 0);
    const fall = chart.addSeries(charts.BaselineSeries, {
      baseValue: { type: "price", price: 0 }, lineWidth: 1, priceFormat: format, priceLineVisible: false,
    }, 1);
    chart.panes()[0].setStretchFactor(2);
    painters.push(() => {
      const clear = "rgba(0,0,0,0)", faint = name => `${colour(name)}33`;
      const colours = {
        topLineColor: colour("gain"), topFillColor1: faint("gain"), topFillColor2: clear,
        bottomLineColor: colour("loss"), bottomFillColor1: clear, bottomFillColor2: faint("loss"),
      };
      line.applyOptions(colours);
      fall.applyOptions({ ...colours, bottomFillColor1: faint("loss") });
    });
    line.setData(s.map((time, k) => ({ time, value: balance[k] })));
    fall.setData(s.map((time, k) => ({ time, value: drawdown[k] })));
    chart.timeScale().fitContent();
  }

  // Lists

  const PAGE = 50;

  class List {
    constructor(place, names, size, columns, filters, act) {
      Object.assign(this, { names, size, columns, filters, act, page: 0, by: 0, down: false, picked: {}, chosen: -1 });
      this.box = document.getElementById(place);
      this.body = make("tbody");
      this.heads = columns.map((column, k) =>
        make("th", button(column.name, () => this.sort(k)), { scope: "col", class: column.words ? "words" : "figures" }));
      this.said = make("span", "", { "aria-live": "polite", class: "quiet" });
      this.back = button("Back", () => this.turn(-1));
      this.on = button("On", () => this.turn(1));
      const choices = filters.map(filter => {
        const all = [["", "all"], ...filter.options];
        return choice(filter.name, all, value => { this.picked[filter.name] = value; this.page = 0; this.find(); }).label;
      });
      const table = make("table", [make("caption", names, { class: "unseen" }), make("thead", make("tr", this.heads)), this.body]);
      this.box.append(
        make("div", [...choices, this.back, this.on, this.said], { class: "tools" }),
        make("div", table, { class: "wide", tabindex: 0, role: "region", "aria-label": names }),
      );
      this.find();
    }

    find() {
      const wanted = this.filters.filter(filter => this.picked[filter.name]);
      const found = [];
      for (let i = 0; i < this.size; i++)
        if (wanted.every(filter => String(filter.of(i)) === this.picked[filter.name])) found.push(i);
      const key = this.columns[this.by].of, sign = this.down ? -1 : 1;
      const order = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -sign : sign);
      if (this.by || this.down) found.sort((a, b) => order(key(a), key(b)) || a - b);
      this.found = found;
      this.write();
    }

    sort(k) {
      this.down = this.by === k ? !this.down : false;
      this.by = k;
      this.page = 0;
      this.find();
    }

    turn(by) {
      this.page += by;
      this.write();
    }

    choose(i) {
      this.chosen = i;
      this.write();
    }

    write() {
      const pages = Math.max(1, Math.ceil(this.found.length / PAGE));
      this.page = Math.min(Math.max(0, this.page), pages - 1);
      const first = this.page * PAGE, rows = this.found.slice(first, first + PAGE);
      this.body.replaceChildren(...rows.map(i => this.row(i)));
      this.said.textContent = rows.length
        ? `${number(first + 1, 0)} to ${number(first + rows.length, 0)} of ${number(this.found.length, 0)}` : "None.";
      this.back.disabled = !this.page;
      this.on.disabled = this.page >= pages - 1;
      this.heads.forEach((head, k) =>
        head.setAttribute("aria-sort", k !== this.by ? "none" : this.down ? "descending" : "ascending"));
    }

    row(i) {
      const cells = this.columns.map((column, k) => {
        const kind = column.words ? "words" : "figures", text = column.says(i);
        if (k === 0) return make("th", this.act ? button(text, () => this.act(i)) : text, { scope: "row", class: kind });
        return make("td", column.tone ? make("span", text, { class: tone(column.of(i)) }) : text, { class: kind });
      });
      return make("tr", cells, i === this.chosen ? { class: "chosen" } : {});
    }
  }

  const several = (names, of) => (names.length > 1 ? [{ options: names.map((name, k) => [String(k), name]), of }] : []);

  function listTrades() {
    const column = (name, of, says, more = {}) => ({ name, of, says, ...more });
    const plain = (name, values, digits) => column(name, i => values[i], i => number(values[i], digits));
    const at = i => trades.instrument[i], words = { words: true }, toned = { tone: true };
    const reasons = [...new Set(trades.reason)].sort((a, b) => a - b);
    const filters = [
      ...several(run.bots, i => trades.bot[i]).map(each => ({ ...each, name: "Bot" })),
      ...several(run.instruments.map(each => each.symbol), at).map(each => ({ ...each, name: "Instrument" })),
      { name: "Out by", options: reasons.map(code => [String(code), run.reasons[code]]), of: i => trades.reason[i] },
      { name: "Result", options: [["true", "gained"], ["false", "did not"]], of: i => trades.net[i] > 0 },
    ];
    const columns = [
      column("no", i => i, i => number(i + 1, 0)),
      column("entry, UTC", i => trades.entry_ms[i], i => when(trades.entry_ms[i]), words),
      column("bot", i => run.bots[trades.bot[i]], i => run.bots[trades.bot[i]], words),
      column("instrument", at, i => run.instruments[at(i)].symbol, words),
      column("side", i => trades.side[i], i => sideOf(trades.side[i]), words),
      column("units", i => trades.units[i], i => number(trades.units[i], Number.isInteger(trades.units[i]) ? 0 : 4)),
      column("in at", i => trades.entry[i], i => price(trades.entry[i], at(i))),
      column("out at", i => trades.exit[i], i => price(trades.exit[i], at(i))),
      column("out by", i => run.reasons[trades.reason[i]], i => run.reasons[trades.reason[i]], words),
      column("held", i => trades.exit_ms[i] - trades.entry_ms[i], i => held(trades.exit_ms[i] - trades.entry_ms[i])),
      column("net", i => trades.net[i], i => signed(trades.net[i]), toned),
      plain("R", trades.r, 3), plain("MAE", trades.against, 1), plain("MFE", trades.for, 1), plain("spread", trades.spread, 1),
    ];
    return new List("list", "Every trade", count, columns, filters, i => {
      prices.choose(i, true);
      document.getElementById("prices").scrollIntoView();
    });
  }

  function listChanges() {
    const rows = run.changes, column = (name, of, says, more = {}) => ({ name, of, says, ...more });
    const kinds = [...new Set(rows.kind)], words = { words: true };
    const plain = (name, values) => column(name, i => values[i], i => String(values[i]), words);
    return new List("changes", "The trades that changed", rows.kind.length, [
      column("decided, UTC", i => rows.decided_ms[i], i => when(rows.decided_ms[i]), words),
      plain("which", rows.kind), plain("bot", rows.bot), plain("instrument", rows.instrument),
      column("side", i => rows.side[i], i => sideOf(rows.side[i]), words),
      column("net before", i => rows.was[i], i => number(rows.was[i])),
      column("net now", i => rows.now[i], i => number(rows.now[i])),
      column("difference", i => rows.difference[i], i => signed(rows.difference[i]), { tone: true }),
      plain("what changed", rows.what),
    ], [{ name: "Which", options: kinds.map(kind => [kind, kind]), of: i => rows.kind[i] }], null);
  }

  mix();
  let list = null;
  const prices = new PriceChart();
  if (count) {
    addEquity();
    list = listTrades();
  }
  if (run.changes) listChanges();
  paint();
  dark.addEventListener("change", paint);
  const onPaper = is => {
    root.classList.toggle("paper", is);
    paint();
    document.querySelectorAll(".printed").forEach(each => each.remove());
    if (is) printers.forEach(each => each());
  };
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));
  performance.mark("report drawn");
})();
