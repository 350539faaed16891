/* On a phone a row of a wide table stands as a block, and each value says by itself what it is.
   Old browsers run this, too. */
(function () {
  "use strict";
  var FEWEST = 3;

  /* a phone number runs from left to right, its name as the page does */
  function apart(cell) {
    var number = document.createElement("span");
    number.className = "tel";
    while (cell.firstChild) { number.appendChild(cell.firstChild); }
    cell.classList.remove("tel");
    cell.appendChild(number);
  }

  function name(table) {
    var heads = table.querySelectorAll("thead th");
    if (heads.length < FEWEST || table.querySelector("thead [colspan]")) { return; }
    if (!table.classList.contains("blocks")) { table.classList.add("blocks"); }
    Array.prototype.forEach.call(table.querySelectorAll("tbody tr"), function (row) {
      Array.prototype.forEach.call(row.cells, function (cell, place) {
        var head = heads[place] && row.cells.length > 1 ? heads[place].textContent.trim() : "";
        if (head && cell.tagName === "TD") { cell.setAttribute("data-head", head); }
        if (cell.classList.contains("tel")) { apart(cell); }
      });
    });
  }

  function all(root) {
    Array.prototype.forEach.call(root.querySelectorAll(".scroll > table"), function (table) {
      if (!table.closest || !table.closest("#report-body")) { name(table); }
    });
  }

  window.everycallNamed = name;
  window.everycallTables = all;
  all(document);
})();
