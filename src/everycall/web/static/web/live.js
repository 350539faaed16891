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
  var STALE = 10000;
  var picture = null;
  var heard = 0;
  var ahead = 0;

  /* ---- one stream for the whole browser */

  function listen(take) {
    var channel = "BroadcastChannel" in window ? new BroadcastChannel("everycall " + url) : null;
    if (!channel || !navigator.locks) { open(take); return; }
    channel.onmessage = function (event) { take(event.data); };
    navigator.locks.request("everycall " + url, function () {
      open(function (text) { channel.postMessage(text); take(text); });
      return new Promise(function () { /* held until this tab goes */ });
    });
  }

  function open(take) {
    var source = new EventSource(url);
    source.addEventListener("board", function (event) { take(event.data); });
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
    if (hours > 0) { return hours + " h " + two(minutes % 60) + " min"; }
    if (minutes > 0) { return minutes + " min " + two(seconds % 60) + " s"; }
    return seconds + " s";
  }

  function two(value) { return (value < 10 ? "0" : "") + value; }

  /* in a box there is room for minutes and seconds as on a clock */
  function short(ms) {
    if (ms === null || ms === undefined) { return "–"; }
    var seconds = Math.max(0, Math.round(ms / 1000));
    var minutes = Math.floor(seconds / 60);
    if (minutes < 1) { return seconds + " s"; }
    if (minutes < 60) { return minutes + ":" + two(seconds % 60); }
    return Math.floor(minutes / 60) + ":" + two(minutes % 60) + " h";
  }

  function since(at) { return at === null || at === undefined ? "–" : length(now() - at); }

  function share(part, whole) {
    if (part === null || part === undefined || !whole) { return "–"; }
    return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part / whole);
  }

  function value(name, boxes) {
    if (name === "service_level") { return share(boxes.in_time, boxes.entered); }
    if (name === "longest_since") { return boxes.waiting ? short(now() - boxes.longest_since) : "0 s"; }
    if (/_ms$/.test(name)) { return short(boxes[name]); }
    return number(boxes[name]);
  }

  function write(node, text) { if (node && node.textContent !== text) { node.textContent = text; } }

  function cell(row, text, kind) {
    var made = document.createElement(kind === "head" ? "th" : "td");
    if (kind === "head") { made.scope = "row"; } else if (kind) { made.className = kind; }
    made.textContent = text;
    row.appendChild(made);
    return made;
  }

  function rows(id, items, fill, empty) {
    var body = document.getElementById(id);
    if (!body) { return; }
    var fresh = document.createDocumentFragment();
    items.forEach(function (item) {
      var row = document.createElement("tr");
      fill(row, item);
      fresh.appendChild(row);
    });
    if (!items.length) {
      var row = document.createElement("tr");
      cell(row, empty, "empty").colSpan = 9;
      fresh.appendChild(row);
    }
    while (body.firstChild) { body.removeChild(body.firstChild); }
    body.appendChild(fresh);
  }

  function draw() {
    if (!picture) { return; }
    var boxes = picture.boxes;
    Array.prototype.forEach.call(root.querySelectorAll("[data-box]"), function (box) {
      write(box, value(box.getAttribute("data-box"), boxes));
    });
    rows("waiting", picture.waiting, function (row, call) {
      cell(row, since(call.since), "number");
      cell(row, call.queue || "–");
      cell(row, call.caller || words.withheld, "tel");
      cell(row, call.again > 1 ? words.again.replace("%s", call.again) : "");
      cell(row, call.yesterday ? words.yesterday : "");
    }, words.nobody_waits);
    rows("queues", picture.queues, function (row, queue) {
      cell(row, queue.name, "head");
      cell(row, number(queue.waiting), "number");
      cell(row, queue.waiting ? since(queue.longest_since) : "–", "number");
      cell(row, queue.staffed === null ? "–" : number(queue.free) + " / " + number(queue.staffed), "number");
      cell(row, share(queue.in_time, queue.entered), "number");
      cell(row, number(queue.answered), "number");
      cell(row, number(queue.gave_up), "number");
    }, words.no_queue);
    rows("agents", picture.agents, function (row, agent) {
      cell(row, agent.name, "head");
      var state = cell(row, words.states[agent.state] || agent.state);
      state.className = "state " + agent.state;
      cell(row, since(agent.since), "number");
      cell(row, agent.with || agent.reason || "");
      cell(row, number(agent.answered), "number");
    }, words.no_agent);
    outcomes(picture.outcomes, boxes.arrived);
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
      title.textContent = part.outcome.replace(/_/g, " ") + ": " + number(part.calls);
      rect.appendChild(title);
      bar.appendChild(rect);
      at += width;
      sum += part.calls;
    });
    legend(parts);
    write(document.getElementById("adds-up"), total === null ? "" : number(sum) + " = " + number(total));
    rows("outcome-rows", parts, function (row, part) {
      var name = cell(row, part.outcome.replace(/_/g, " "), "head");
      name.className = "kind " + part.kind;
      cell(row, number(part.calls), "number");
      cell(row, share(part.calls, total), "number");
    }, words.no_call);
  }

  function legend(parts) {
    var list = document.getElementById("legend");
    if (!list) { return; }
    while (list.firstChild) { list.removeChild(list.firstChild); }
    parts.forEach(function (part) {
      var item = document.createElement("li");
      item.className = "kind " + part.kind;
      item.textContent = part.outcome.replace(/_/g, " ") + " " + number(part.calls);
      list.appendChild(item);
    });
  }

  function age() {
    var note = document.getElementById("age");
    var silent = heard ? Date.now() - heard : Infinity;
    var stale = silent > STALE;
    root.classList.toggle("stale", stale);
    if (!picture) { write(note, words.waiting_for_data); return; }
    write(note, stale ? words.stale.replace("%s", length(now() - picture.as_of)) : words.live);
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
  if ("EventSource" in window) { listen(take); }
  setInterval(function () { draw(); age(); }, 1000);
  age();
})();
