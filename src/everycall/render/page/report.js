(function () {
  "use strict";
  var held = JSON.parse(document.getElementById("ledger").textContent);
  var words = held.words;
  var body = document.querySelector("#calls-table tbody");
  var more = document.getElementById("calls-more");
  var chosen = [];
  var shown = 0;
  var followed = null;
  var PAGE = 200;
  var language = document.documentElement.lang;
  var days = language === "en" ? null : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });

  // moments are kept as what each is earlier than the one before it
  held.rows[column("seconds")].reduce(function (before, gap, row, all) { return (all[row] = row ? before - gap : gap); }, 0);

  function column(name) { return held.columns.indexOf(name); }

  function value(row, name) {
    var place = column(name);
    var told = held.rows[place][row];
    var names = held.names[name];
    return names && told !== null ? names[told] : told;
  }

  // a stay or a ring is one text: who, a bar, how; a filter may ask for one of the two or for both
  function parts(row, name) {
    var told = held.rows[column(name)][row];
    return told === null ? [] : [].concat(told).map(function (code) { return held.names[name][code].split("|"); });
  }

  function times(row, wanted) {
    var number = 1;
    for (var name in wanted) {
      if (column(name) >= 0 && String(value(row, name)) !== wanted[name]) return 0;
    }
    held.parts.forEach(function (part) {
      var asked = part.pair.filter(function (side) { return side in wanted; });
      if (!asked.length) return;
      number = parts(row, part.name).filter(function (pair) {
        return asked.every(function (side) { return pair[part.pair.indexOf(side)] === wanted[side]; });
      }).length;
    });
    return number;
  }

  function two(number) { return (number < 10 ? "0" : "") + number; }

  function moment(seconds) {
    var at = new Date(seconds * 1000);
    return (days ? days.format(at) : at.toISOString().slice(0, 10)) + " " +
      two(at.getUTCHours()) + ":" + two(at.getUTCMinutes()) + ":" + two(at.getUTCSeconds());
  }

  function lasting(milliseconds) {
    if (milliseconds === null) return "\u2013";
    var seconds = Math.round(milliseconds / 1000);
    if (seconds < 60) return words.s.replace("{s}", seconds);
    if (seconds < 3600) return words.min.replace("{min}", Math.floor(seconds / 60)).replace("{s}", two(seconds % 60));
    return words.h.replace("{h}", Math.floor(seconds / 3600)).replace("{min}", two(Math.floor(seconds / 60) % 60));
  }

  function people(row, name) {
    var seen = [];
    parts(row, name).forEach(function (pair) { if (seen.indexOf(pair[0]) < 0) seen.push(pair[0]); });
    return seen.join(", ") || "\u2013";
  }

  function cells(row) {
    var outcome = value(row, "outcome");
    return [moment(value(row, "seconds")), value(row, "caller") || "\u2013", held.said[outcome] || outcome,
      people(row, "stays"), people(row, "rings"), lasting(value(row, "wait")), lasting(value(row, "talk")), value(row, "call_id")];
  }

  function page() {
    var heads = document.querySelectorAll("#calls-table th");
    chosen.slice(shown, shown + PAGE).forEach(function (row) {
      var line = document.createElement("tr");
      cells(row).forEach(function (text, place) {
        var cell = document.createElement("td");
        cell.className = heads[place].className;
        cell.textContent = text;
        line.appendChild(cell);
      });
      body.appendChild(line);
    });
    shown = Math.min(chosen.length, shown + PAGE);
    more.hidden = shown >= chosen.length;
  }

  function number(value) { return value.toLocaleString(language); }

  function list() {
    var asked = location.hash.match(/^#calls\?(.*)$/);
    if (!asked) return;
    var wanted = {};
    asked[1].split("&").forEach(function (pair) {
      var sides = pair.split("=").map(decodeURIComponent);
      wanted[sides[0]] = sides[1];
    });
    var link = followed && followed.getAttribute("data-calls") === asked[1] ? followed : [].filter.call(
      document.querySelectorAll("a[data-about]"),
      function (one) { return one.getAttribute("data-calls") === asked[1]; })[0];
    var sum = 0;
    chosen = [];
    for (var row = 0; row < held.size; row++) {
      var found = times(row, wanted);
      if (found) { chosen.push(row); sum += found; }
    }
    var all = link ? Number(link.getAttribute("data-number") || sum) : sum;
    document.getElementById("calls-lead").textContent = link ? link.getAttribute("data-about") : words.chosen;
    document.getElementById("calls-kept").textContent =
      (all > sum ? words.some : sum > chosen.length ? words.pieces : words.all)
        .replace("{calls}", number(chosen.length)).replace("{sum}", number(sum)).replace("{all}", number(all));
    document.getElementById("calls-command").textContent = command(wanted);
    body.textContent = "";
    shown = 0;
    page();
    document.getElementById("calls-title").focus();
    document.getElementById("calls").scrollIntoView();
  }

  function quoted(value) {
    return value && !/[^\w@%+=:,./-]/.test(value) ? value : "'" + value.replace(/'/g, "'\"'\"'") + "'";
  }

  function command(wanted) {
    var text = held.command;
    for (var name in wanted) text += " --" + name.replace(/_/g, "-") + " " + quoted(wanted[name]);
    var inside = held.parts.some(function (part) {
      return part.pair.some(function (side) { return side in wanted; });
    });
    return text + (inside && !("arrived" in wanted) ? held.inside : "");
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("[data-calls]") : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    followed = link.hasAttribute("data-about") ? link : null;
    var next = "#calls?" + link.getAttribute("data-calls");
    if (location.hash === next) list(); else location.hash = next;
  });
  more.addEventListener("click", page);
  window.addEventListener("hashchange", list);

  function sortable(table) {
    [].forEach.call(table.tHead.rows[0].cells, function (head, place) {
      if (head.className === "bar") return;
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild && head.firstChild.nodeType === 3) button.appendChild(head.firstChild);
      head.insertBefore(button, head.firstChild);
      button.addEventListener("click", function () { sort(table, head, place); });
    });
  }

  function sort(table, head, place) {
    var down = head.getAttribute("aria-sort") !== "descending";
    [].forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    var rows = [].slice.call(table.tBodies[0].rows);
    rows.sort(function (a, b) {
      var one = a.cells[place].getAttribute("data-value"), two = b.cells[place].getAttribute("data-value");
      var order = one !== null && two !== null ? one - two : a.cells[place].textContent.localeCompare(b.cells[place].textContent);
      return down ? -order : order;
    });
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
  }

  document.getElementById("calls-without-script").hidden = true;
  [].forEach.call(document.querySelectorAll("table.sortable"), sortable);
  list();
})();
