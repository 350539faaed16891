/* The live picture: one stream for all tabs of a browser, every number with its age.
   Written for browsers of 2018: no modules, nothing newer than ES2017. */
(function () {
  "use strict";
  var root = document.getElementById("live");
  if (!root) { return; }
  var url = root.getAttribute("data-stream");
  var zone = root.getAttribute("data-zone");
  var language = document.documentElement.lang || "en";
  var words = JSON.parse(document.getElementById("words").textContent);
  var said = JSON.parse(document.getElementById("said").textContent);
  var LEGEND = 5;
  var STALE = 6000;
  var SILENT = 15000;
  var MANY = 40;
  var DROPS = { arrived: {}, missed: { missed: "yes" }, lost: { lost: "yes" }, dropped: { outcome: "dropped_in_talk" }, refused_before_ring: { outcome: "failed_before_ring" } };
  var folded = { free: true, signed_out: true, unknown: true };
  var picture = null;
  var heard = 0;
  var ahead = 0;
  var source = null;
  var broken = {};
  window.everycallLive = true;

  /* ---- one stream for the whole browser */

  function listen() {
    var channel = "BroadcastChannel" in window ? new BroadcastChannel("everycall " + url) : null;
    if (!channel) { open(take); return; }
    channel.onmessage = function (event) { take(event.data); };
    function tell(text) { channel.postMessage(text); take(text); }
    if (!navigator.locks) { lease(tell); return; }
    navigator.locks.request("everycall " + url, function () {
      open(tell);
      return new Promise(function () { /* held until this tab goes */ });
    });
  }

  /* without https a browser has no locks: the tab that wrote last holds the stream, for 3 seconds */
  function lease(tell) {
    var key = "everycall " + url;
    var mine = String(Math.random());
    function look() {
      var held = (localStorage.getItem(key) || "").split(" ");
      if (held[0] !== mine && Date.now() - Number(held[1]) < 3000) {
        if (source) { source.close(); source = null; }
        return;
      }
      localStorage.setItem(key, mine + " " + Date.now());
      if (!source && held[0] === mine) { open(tell); }
    }
    try { look(); } catch (blocked) { open(tell); return; }
    setInterval(look, 1000);
  }

  function open(hear) {
    if (source) { source.close(); }
    source = new EventSource(url);
    source.hear = hear;
    source.addEventListener("board", function (event) { hear(event.data); });
  }

  /* a stream that the server refused stays closed; a tab that holds it for all may be asleep */
  function again() {
    if (source && source.readyState === 2) { open(source.hear); }
    if (!source && heard && Date.now() - heard > SILENT) { open(take); }
  }

  /* ---- writing */

  function now() { return Date.now() - ahead; }

  function number(value) {
    return value === null || value === undefined ? "–" : new Intl.NumberFormat(language).format(value);
  }

  function length(ms) {
    if (ms === null || ms === undefined) { return "–"; }
    var seconds = Math.max(0, Math.round(ms / 1000));
    var minutes = Math.floor(seconds / 60);
    var hours = Math.floor(minutes / 60);
    if (hours > 0) { return fill(said.lengths.h_min, { h: hours, min: two(minutes % 60) }); }
    if (minutes > 0) { return fill(said.lengths.min_s, { min: minutes, s: two(seconds % 60) }); }
    return fill(said.lengths.s, { s: seconds });
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (place, name) { return values[name]; });
  }

  function two(value) { return (value < 10 ? "0" : "") + value; }

  /* in a box there is room for minutes and seconds as on a clock */
  function short(ms) {
    if (ms === null || ms === undefined) { return "–"; }
    var seconds = Math.max(0, Math.round(ms / 1000));
    var minutes = Math.floor(seconds / 60);
    if (minutes < 1) { return fill(said.lengths.s, { s: seconds }); }
    if (minutes < 60) { return minutes + ":" + two(seconds % 60); }
    return fill(said.lengths.clock, { time: Math.floor(minutes / 60) + ":" + two(minutes % 60) });
  }

  function since(at) { return at === null || at === undefined ? "–" : length(now() - at); }

  function share(part, whole) {
    if (part === null || part === undefined || !whole) { return "–"; }
    return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part / whole);
  }

  function value(name, unit, boxes) {
    var given = boxes[name];
    if (unit === "since") { return given === null || given === undefined ? short(0) : short(now() - given); }
    if (unit === "ms") { return short(given); }
    return unit === "share" ? share(given, 1) : number(given);
  }

  /* ---- targets: a colour and a shape, and if asked for a tone or a flash when one is broken */

  function judge(box, name) {
    var target = picture.targets[name];
    var state = !target || target.met === null ? "" : target.met ? "met" : "missed";
    var before = broken[name];
    box.className = "box" + (state ? " " + state : "");
    var why = picture.boxes[name] === null ? picture.notes[name] : "";
    why = said.notes[why] || why;
    write(box.querySelector("[data-target]"), why || (target ? held(target, state, box.querySelector("[data-box]")) : ""));
    if (state === "missed" && before === false) { call(box); }
    broken[name] = state === "missed";
  }

  /* the limit, whose it is, and what it is held against where that is not the number in the box */
  function held(target, state, shown) {
    var found = (state ? words[state] + " " : "") + limit(target.limit) + (words.assumed ? " " + words.assumed : "");
    if (target.open !== undefined) {
      var own = shown.getAttribute("data-unit") === "share" ? share(target.open, 1) : shown.getAttribute("data-unit") === "ms" ? short(target.open) : number(target.open);
      found += ", " + words.open.replace("%s", own);
    }
    return found;
  }

  /* ">= 90 %" in words */
  function limit(text) {
    var found = /^(\S+) (\S+) ?(.*)$/.exec(text);
    if (!found || !said.limits[found[1]]) { return text; }
    var length = said.lengths[found[3]];
    var values = {};
    values[found[3]] = number(Number(found[2]));
    var plain = found[3] === "%" ? share(Number(found[2]), 100) : number(Number(found[2])) + " " + found[3];
    var amount = length ? fill(length, values) : plain.trim();
    return fill(said.limits[found[1]], { limit: amount });
  }

  function outcome(name) { return said.outcomes[name] || name.replace(/_/g, " "); }

  function call(box) {
    if (root.getAttribute("data-flash") === "1") { box.className += " flash"; }
    if (root.getAttribute("data-sound") === "1") { tone(); }
  }

  function tone() {
    var Sound = window.AudioContext || window.webkitAudioContext;
    if (!Sound) { return; }
    var made = new Sound();
    var wave = made.createOscillator();
    var loud = made.createGain();
    loud.gain.value = 0.2;
    wave.frequency.value = 660;
    wave.connect(loud);
    loud.connect(made.destination);
    wave.start();
    wave.stop(made.currentTime + 0.4);
  }

  function write(node, text) { if (node && node.textContent !== text) { node.textContent = text; } }

  function cell(row, text, kind) {
    var made = document.createElement(kind === "head" ? "th" : "td");
    if (kind === "head") { made.scope = "row"; } else if (kind && kind !== "tel") { made.className = kind; }
    var place = kind === "tel" ? made.appendChild(document.createElement("span")) : made;
    if (place !== made) { place.className = "tel"; }
    place.textContent = text;
    row.appendChild(made);
    return made;
  }

  /* a number that opens: what it counts is said as the ledger of calls says it */
  function opens(made, value, calls) {
    if (!root.hasAttribute("data-calls") || !value) { return; }
    var link = document.createElement("a");
    link.href = root.getAttribute("data-calls") + "?" + Object.keys(calls).map(function (name) {
      return name + "=" + encodeURIComponent(calls[name]);
    }).join("&");
    link.textContent = made.textContent;
    made.replaceChild(link, made.firstChild);
  }

  function rows(id, items, fill, empty) {
    var body = document.getElementById(id);
    if (!body) { return; }
    (items.length ? items : [null]).forEach(function (item, place) {
      var row = document.createElement("tr");
      if (item) { fill(row, item); } else { cell(row, empty, "empty").colSpan = 9; }
      if (body.rows[place]) { mend(body.rows[place], row); } else { body.appendChild(row); }
    });
    while (body.rows.length > Math.max(items.length, 1)) { body.removeChild(body.lastChild); }
    /* the head of a table without rows says nothing */
    body.parentNode.classList.toggle("bare", !items.length);
    if (window.everycallNamed) { window.everycallNamed(body.parentNode); }
  }

  /* what is as it was stays the same node, so that whoever is on it by keys or finger stays on it */
  function mend(old, fresh) {
    var cells = Array.prototype.slice.call(fresh.cells);
    if (old.cells.length !== cells.length) { old.parentNode.replaceChild(fresh, old); return; }
    cells.forEach(function (made, place) {
      var there = old.cells[place];
      if (looks(there) !== looks(made)) { old.replaceChild(made, there); }
    });
  }

  function looks(made) {
    var link = made.querySelector("a");
    return [made.tagName, made.className, made.title, made.colSpan, made.textContent, link ? link.href : ""].join("\n");
  }

  function draw() {
    if (!picture) { return; }
    var boxes = picture.boxes;
    Array.prototype.forEach.call(root.querySelectorAll("[data-box]"), function (box) {
      var name = box.getAttribute("data-box");
      write(box, value(name, box.getAttribute("data-unit"), boxes));
      judge(box.parentNode, name);
    });
    rows("waiting", picture.waiting, function (row, call) {
      cell(row, since(call.since), "number time");
      cell(row, call.queue || "–");
      cell(row, call.caller || words.withheld, call.caller ? "tel" : "");
      cell(row, call.again > 1 ? words.again.replace("%s", call.again) : "");
      cell(row, marks(call));
    }, words.nobody_waits);
    rows("queues", picture.queues, function (row, queue) {
      opens(cell(row, queue.name, "head"), true, { queue: queue.name });
      cell(row, number(queue.waiting), "number");
      cell(row, queue.waiting ? since(queue.longest_since) : "–", "number time");
      cell(row, queue.staffed === null ? "–" : number(queue.free) + " / " + number(queue.staffed), "number");
      cell(row, share(queue.level, 1), "number");
      opens(cell(row, number(queue.answered), "number"), queue.answered, { queue: queue.name, stay: "answered" });
      cell(row, number(queue.missed), "number");
      cell(row, number(queue.abandoned), "number");
      cell(row, number(queue.lost), "number");
    }, words.no_queue);
    rows("agents", unfolded(picture.agents), function (row, agent) {
      cell(row, agent.name, "head");
      var state = cell(row, words.states[agent.state] || agent.state);
      state.className = "state " + agent.state;
      if (agent.checked_every === 0) { state.title = words.never_checked; }
      cell(row, since(agent.since), "number time");
      var rang = agent.no_answers > 2 ? words.rang_out.replace("%s", agent.no_answers) : "";
      var who = agent.with || (agent.state === "talking" ? "–" : agent.reason) || "";
      cell(row, rang || who, agent.with && !rang ? "tel" : "");
      opens(cell(row, number(agent.answered), "number"), agent.answered, { agent: agent.name, ring: "answered" });
    }, picture.agents.length ? words.all_folded : words.no_agent);
    rows("help", picture.help, function (row, one) {
      cell(row, one.agent, "head");
      cell(row, words.needs[one.need] + (one.holds ? ", " + words.holds.replace("%s", one.holds) : ""));
      cell(row, one.queue || "–");
      cell(row, since(one.since), "number time");
    }, words.no_help);
    rows("lines", picture.lines, function (row, line) {
      cell(row, line.name, "head");
      var state = cell(row, line.lost_since ? words.line_out : words.line_back);
      state.className = "state " + (line.lost_since ? "unreachable" : "free");
      cell(row, length(line.out_ms), "number");
    }, words.no_line);
    rows("sound", picture.sound, function (row, one) {
      cell(row, one.phone, "head");
      cell(row, number(one.bad) + " / " + number(one.reports), "number");
      cell(row, one.loss === null ? "–" : share(one.loss, 1), "number");
      cell(row, one.jitter_ms === null ? "–" : number(one.jitter_ms) + " ms", "number");
    }, words.no_sound);
    ["trunks", "hours"].forEach(function (kind) {
      rows("drops-" + kind, picture.drops[kind], function (row, place) {
        cell(row, kind === "hours" ? place.name + ":00" : place.name, "head");
        Object.keys(DROPS).forEach(function (name) {
          var made = cell(row, number(place[name]), "number");
          if (kind === "hours") { opens(made, place[name], with_hour(DROPS[name], place.name)); }
        });
      }, words.no_drop);
    });
    rows("drops-phones", picture.drops.phones, function (row, place) {
      cell(row, place.name, "head");
      cell(row, number(place.dropped), "number");
    }, words.no_drop);
    outcomes(picture.outcomes, boxes.arrived);
    var seen = picture.queues.length + picture.agents.length + picture.waiting.length + picture.outcomes.length + picture.lines.length + (boxes.arrived || 0);
    root.classList.toggle("quiet", !seen);
  }

  function with_hour(calls, hour) {
    var found = { arrived: "yes", hour: Number(hour) };
    Object.keys(calls).forEach(function (name) { found[name] = calls[name]; });
    return found;
  }

  /* many people: how many are in each state, and whoever needs nobody's eye is folded away;
     the buttons stay the same ones, so that whoever is on one by keys stays on it */
  function unfolded(agents) {
    var list = document.getElementById("states");
    if (!list || agents.length <= MANY) { if (list) { list.hidden = true; } return agents; }
    if (!list.firstChild) { Object.keys(words.states).forEach(function (state) { fold(list, state); }); }
    list.hidden = false;
    var counts = {};
    agents.forEach(function (agent) { counts[agent.state] = (counts[agent.state] || 0) + 1; });
    Array.prototype.forEach.call(list.querySelectorAll("button"), function (button) {
      var state = button.getAttribute("data-state");
      button.parentNode.hidden = !counts[state];
      write(button.lastChild, number(counts[state] || 0));
    });
    var order = Object.keys(words.states);
    return agents.filter(function (agent) { return !folded[agent.state]; }).sort(function (one, other) {
      return order.indexOf(one.state) - order.indexOf(other.state);
    });
  }

  function fold(list, state) {
    var item = list.appendChild(document.createElement("li"));
    var button = item.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "quiet";
    button.setAttribute("data-state", state);
    button.appendChild(document.createElement("span")).textContent = words.states[state] + " ";
    button.appendChild(document.createElement("b"));
    function say() { button.setAttribute("aria-pressed", String(!folded[state])); }
    button.addEventListener("click", function () { folded[state] = !folded[state]; say(); draw(); });
    say();
  }

  function marks(call) {
    var said = [];
    if (call.important) { said.push("★ " + words.important); }
    if (call.unhelped > 0) { said.push(words.unhelped.replace("%s", call.unhelped)); }
    if (call.yesterday) { said.push(words.yesterday); }
    return said.join(", ");
  }

  function outcomes(parts, total) {
    var bar = document.getElementById("outcomes");
    if (!bar) { return; }
    while (bar.firstChild) { bar.removeChild(bar.firstChild); }
    var at = 0;
    var sum = 0;
    parts.forEach(function (part) {
      var width = total ? 1000 * part.calls / total : 0;
      var rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      rect.setAttribute("x", at);
      rect.setAttribute("width", Math.max(0, width - 1));
      rect.setAttribute("height", 40);
      rect.setAttribute("class", part.kind);
      var title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = outcome(part.outcome) + ": " + number(part.calls);
      rect.appendChild(title);
      bar.appendChild(rect);
      at += width;
      sum += part.calls;
    });
    legend(parts);
    write(document.getElementById("adds-up"), total === null ? "" : number(sum) + " = " + number(total));
    rows("outcome-rows", parts, function (row, part) {
      var name = cell(row, outcome(part.outcome), "head");
      name.className = "kind " + part.kind;
      opens(cell(row, number(part.calls), "number"), part.calls, { arrived: "yes", outcome: part.outcome });
      cell(row, share(part.calls, total), "number");
    }, words.no_call);
  }

  function legend(parts) {
    var list = document.getElementById("legend");
    if (!list) { return; }
    while (list.firstChild) { list.removeChild(list.firstChild); }
    function say(text, calls, kind) {
      var item = document.createElement("li");
      item.className = kind;
      item.textContent = text + " " + number(calls);
      list.appendChild(item);
    }
    /* there is room for some; what is seldom is summed up */
    var most = parts.map(function (part) { return part.calls; }).sort(function (a, b) { return b - a; });
    var least = parts.length > LEGEND ? most[LEGEND - 1] : 0;
    var others = 0;
    parts.forEach(function (part) {
      var room = list.childNodes.length < LEGEND;
      if (part.calls >= least && room) { say(outcome(part.outcome), part.calls, "kind " + part.kind); } else { others += part.calls; }
    });
    if (others) { say(words.others, others, ""); }
  }

  /* a wall of noughts would say that nobody calls, where nobody listens */
  function silence() {
    return !picture || (root.classList.contains("quiet") && (root.getAttribute("data-connected") === "0" || (picture.unheard || []).length > 0));
  }

  /* the stream goes on where a phone system has fallen silent: then it is that one's word that is old */
  function unheard() {
    return !picture ? "" : (picture.unheard || []).map(function (one) {
      return fill(one.since === null ? words.never_heard : words.unheard, { name: one.name, time: since(one.since) });
    }).join(" ");
  }

  function age() {
    var note = document.getElementById("age");
    var silent = heard ? Date.now() - heard : Infinity;
    var stale = Boolean(picture) && silent > STALE;
    root.classList.toggle("stale", stale);
    root.classList.toggle("waits", silence());
    root.classList.toggle("unheard", !stale && unheard() !== "");
    if (silence()) { write(note, ""); write(document.getElementById("stale"), unheard() || words.waiting_for_data); return; }
    var said = stale ? words.stale.replace("%s", length(now() - picture.as_of)) : unheard();
    write(note, stale ? said : said ? "" : words.live);
    write(document.getElementById("stale"), said);
    var clock = document.getElementById("clock");
    write(clock, new Intl.DateTimeFormat(language, { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(new Date(now())));
  }

  function take(text) {
    picture = typeof text === "string" ? JSON.parse(text) : text;
    heard = Date.now();
    /* the clock of this screen may be wrong; that of the server decides */
    var distance = heard - picture.as_of;
    if (Math.abs(distance - ahead) > 2000) { ahead = distance; }
    draw();
    age();
  }

  var first = document.getElementById("picture");
  if (first) { var given = JSON.parse(first.textContent); if (given) { take(given); } }
  if ("EventSource" in window) { listen(); }
  setInterval(function () { draw(); age(); again(); }, 1000);
  age();
})();
