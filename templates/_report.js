
// What the page can do besides being read: sort, filter, find, open and close, dark or light. Nothing is counted here but
// rows, nothing is fetched, and without it everything stands on the page all the same. Written for browsers from 2018 on.
(function () {
  "use strict";
  var root = document.documentElement;

  function all(selector, inside) { return Array.prototype.slice.call((inside || document).querySelectorAll(selector)); }
  function get(id) { return document.getElementById(id); }
  function say(name, values) {
    var text = document.body.getAttribute("data-" + name) || "";
    return fill(text, values || {});
  }
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, key) { return key in values ? values[key] : whole; });
  }
  function tell(text) { get("status").textContent = text; }

  // ------------------------------------------------------------------------------------------------ dark or light
  var KEY = "huitoukan-scheme";  // a page opened from a disk may be refused any memory: then the system decides
  function remembered() { try { return localStorage.getItem(KEY); } catch (error) { return null; } }
  function remember(scheme) { try { localStorage.setItem(KEY, scheme); } catch (error) { return; } }
  function systemDark() { return !!window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches; }
  function isDark() { var own = root.getAttribute("data-scheme"); return own ? own === "dark" : systemDark(); }
  var earlier = remembered();
  if (earlier === "dark" || earlier === "light") { root.setAttribute("data-scheme", earlier); }

  function scheme() {
    var button = get("dark");
    function show() { button.setAttribute("aria-pressed", String(isDark())); }
    button.addEventListener("click", function () {
      var chosen = isDark() ? "light" : "dark";
      root.setAttribute("data-scheme", chosen);
      remember(chosen);
      show();
    });
    if (window.matchMedia && matchMedia("(prefers-color-scheme: dark)").addEventListener) {
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    }
    show();
  }

  // --------------------------------------------------------------------------------------------------- sort tables
  var ORDER = ["error", "warning", "info", "pass", "pending", "fail"];
  var collator = window.Intl ? new Intl.Collator(root.lang, { numeric: true }) : { compare: function (a, b) { return a < b ? -1 : a > b ? 1 : 0; } };

  // What a cell is sorted by: the rank of a verdict or severity, a number, a share such as 7/10, or its text; null for none.
  function value(cell) {
    var chip = cell && cell.querySelector(".chip");
    var text = cell ? cell.textContent.trim() : "";
    var share = /^(\d+)\/(\d+)/.exec(text);
    if (chip) { return ORDER.indexOf(chip.className.split(" ").pop()); }
    if (!text || text === "—") { return null; }
    if (share) { return share[1] / share[2]; }
    return /^[+-]?\d+(\.\d+)?%?(?![\w.])/.test(text) ? parseFloat(text) : text;
  }

  function compare(a, b) {
    if (a === null || b === null) { return (a === null) - (b === null); }
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    return collator.compare(String(a), String(b));
  }

  function sortBy(table, heads, column, direction) {
    all("tbody", table).forEach(function (body) {
      var rows = all("tr", body);
      var fixed = rows.filter(function (row) { return row.querySelector("[scope=rowgroup]"); });
      var free = rows.filter(function (row) { return fixed.indexOf(row) < 0; });
      var keyed = free.map(function (row) { return { row: row, key: value(row.cells[column]), first: +row.getAttribute("data-n") }; });
      keyed.sort(function (a, b) {
        var none = (a.key === null) - (b.key === null);  // what has none comes last in both directions
        return (direction && none) || direction * compare(a.key, b.key) || a.first - b.first;
      });
      fixed.forEach(function (row) { body.appendChild(row); });
      keyed.forEach(function (one) { body.appendChild(one.row); });
    });
    heads.forEach(function (head, n) {
      if (!head.querySelector(".sort")) { return; }
      head.setAttribute("aria-sort", n !== column || !direction ? "none" : direction > 0 ? "ascending" : "descending");
    });
  }

  function sortable(table) {
    var head = table.tHead;
    var heads = head && head.rows.length === 1 ? Array.prototype.slice.call(head.rows[0].cells) : [];
    var rows = all("tbody tr", table);
    if (!heads.length || rows.length < 3 || table.classList.contains("items")) { return; }
    if (heads.concat(all("tbody td, tbody th:not([scope=rowgroup])", table)).some(function (cell) { return cell.rowSpan > 1 || cell.colSpan > 1; })) { return; }
    if (all("tbody [scope=rowgroup]", table).some(function (cell) { return cell.rowSpan > 1; })) { return; }
    rows.forEach(function (row, n) { row.setAttribute("data-n", n); });
    heads.forEach(function (cell, column) {
      var title = cell.textContent.trim();
      if (!title || cell.querySelector(".axis")) { return; }
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.title = fill(say("sort"), { column: title });
      while (cell.firstChild) { button.appendChild(cell.firstChild); }
      cell.appendChild(button);
      cell.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () {
        var now = cell.getAttribute("aria-sort");
        var direction = now === "none" ? 1 : now === "ascending" ? -1 : 0;
        sortBy(table, heads, column, direction);
        tell(say(direction > 0 ? "ascending" : direction < 0 ? "descending" : "unsorted", { column: title }));
      });
    });
  }

  // ----------------------------------------------------------------------------------------------------- filter rows
  function attribute(element, name) {
    var holder = element.closest("[data-" + name + "]");
    return holder ? holder.getAttribute("data-" + name) : "";
  }

  function wanted(bar, element, text) {
    return all("[data-key]", bar).every(function (field) {
      var key = field.getAttribute("data-key"), sought = field.value.trim();
      if (!sought) { return true; }
      if (key === "text") { return text.toLowerCase().indexOf(sought.toLowerCase()) >= 0; }
      return attribute(element, key) === sought;
    });
  }
  function narrowed(bar) { return all("[data-key]", bar).some(function (field) { return field.value.trim(); }); }
  function show(element, whether) { element.hidden = !whether; return whether ? 1 : 0; }

  function filterUnits(bar) {
    var counts = { n: 0, all: 0, units: 0, total: 0 };
    all("#verdicts .verdicts tbody tr").forEach(function (row) {
      counts.all += 1;
      counts.n += show(row, wanted(bar, row, row.textContent));
    });
    all("#verdicts details.county").forEach(function (county) {
      var name = county.getAttribute("data-county") + " ";
      var own = wanted(bar, county, name);
      var found = 0;
      all(".townships tbody tr", county).forEach(function (row) { show(row, wanted(bar, row, name + row.textContent)); });
      all("details.unit", county).forEach(function (unit) {
        var fits = show(unit, wanted(bar, unit, name + unit.querySelector("summary").textContent));
        if (!unit.hasAttribute("data-body")) { counts.total += 1; counts.units += fits; }
        found += fits;
      });
      show(county, own || found);
    });
    return counts;
  }

  function filterFindings(bar) {
    var counts = { n: 0, all: 0 };
    all("#findings details.found").forEach(function (county) {
      var found = 0;
      all("tbody", county).forEach(function (body) {
        var group = body.querySelector("[scope=rowgroup]");
        var some = 0;
        all("tr[data-code]", body).forEach(function (row) {
          counts.all += 1;
          some += show(row, wanted(bar, row, group.textContent + " " + row.textContent));
        });
        counts.n += some;
        found += some;
        show(body, some);
      });
      show(county, found);
    });
    return counts;
  }

  function filtering(bar, filter) {
    if (!bar) { return; }
    var shown = bar.querySelector(".shown");
    function update() {
      var counts = filter(bar);
      bar.classList.toggle("narrowed", narrowed(bar));
      shown.textContent = narrowed(bar) ? fill(bar.getAttribute("data-shown"), counts) : "";
    }
    all("[data-key]", bar).forEach(function (field) { field.addEventListener("input", update); });
    bar.querySelector(".clear").addEventListener("click", function () {
      all("[data-key]", bar).forEach(function (field) { field.value = ""; });
      update();
    });
    bar.clear = function () { if (narrowed(bar)) { bar.querySelector(".clear").click(); } };
    bar.hidden = false;
    if (narrowed(bar)) { update(); }  // a browser fills in what was chosen before the page was loaded again
  }

  // ------------------------------------------------------------------------------------------------- open and find
  function reveal(hash, focus) {
    var target = hash.length > 1 && get(decodeURIComponent(hash.slice(1)));
    if (!target) { return false; }
    if (target.closest("[hidden]")) { all(".filter").forEach(function (bar) { if (bar.clear) { bar.clear(); } }); }
    if (target.classList.contains("full")) { less(false); }
    for (var one = target; one; one = one.parentElement) { if (one.tagName === "DETAILS") { one.open = true; } }
    target.scrollIntoView();
    if (focus) {
      var holder = target.tagName === "DETAILS" ? target.querySelector("summary") : target;
      if (holder.tabIndex < 0 && !holder.hasAttribute("tabindex")) { holder.tabIndex = -1; }
      holder.focus({ preventScroll: true });
    }
    return true;
  }

  function less(whether) {
    get("less").checked = whether;
    document.body.classList.toggle("less", whether);
  }

  function finding() {
    var field = get("find");
    var options = all("#units option");
    function go(hash) {
      field.value = "";
      if (location.hash === hash) { reveal(hash, true); } else { location.hash = hash; }
    }
    function seek() {
      var sought = field.value.trim();
      if (!sought) { return; }
      var exact = options.filter(function (one) { return one.value === sought || one.getAttribute("data-code") === sought; });
      var alike = exact.length ? exact : options.filter(function (one) { return one.value.indexOf(sought) >= 0; });
      if (alike.length === 1) { go("#" + alike[0].getAttribute("data-to")); }
      else { tell(say(alike.length ? "several" : "unknown", { name: sought, n: alike.length })); }
      field.setAttribute("aria-invalid", String(alike.length !== 1));
    }
    field.addEventListener("input", function () {
      field.removeAttribute("aria-invalid");
      if (options.some(function (one) { return one.value === field.value; })) { seek(); }  // chosen from the list
    });
    field.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); seek(); } });
  }

  function openAll(whether) {
    all("main details").forEach(function (one) { if (!one.classList.contains("unit") || !whether) { one.open = whether; } });
  }

  // What is wider than its place can be scrolled with the keyboard; what is not is no stop on the way through the page.
  var due = 0;
  function stops() {
    if (due) { return; }
    due = setTimeout(function () {
      due = 0;
      var wide = all(".scroll").map(function (one) { return [one, one.scrollWidth > one.clientWidth + 1]; });
      wide.forEach(function (one) { if (one[1]) { one[0].tabIndex = 0; } else { one[0].removeAttribute("tabindex"); } });
    }, 50);
  }

  document.addEventListener("DOMContentLoaded", function () {
    scheme();
    all("main table").forEach(sortable);
    filtering(get("filter-units"), filterUnits);
    filtering(get("filter-findings"), filterFindings);
    finding();
    get("less").addEventListener("change", function () { less(this.checked); });
    less(get("less").checked);
    get("open").addEventListener("click", function () { openAll(true); });
    get("close").addEventListener("click", function () { openAll(false); });
    document.querySelector(".tools").hidden = false;

    if (all("details.county").length > 4) { openAll(false); }  // a long report begins as an overview
    document.addEventListener("toggle", stops, true);
    window.addEventListener("resize", stops);
    stops();

    document.addEventListener("click", function (event) {
      var link = event.target.closest && event.target.closest("a[href^='#']");
      var summary = event.target.closest && event.target.closest("summary");
      if (link && link.getAttribute("href") === location.hash) { reveal(location.hash, true); }
      if (summary && summary.parentElement.id && !summary.parentElement.open && history.replaceState) {
        history.replaceState(null, "", "#" + summary.parentElement.id);  // so that the address leads here again
      }
    });
    window.addEventListener("hashchange", function () { reveal(location.hash, true); });
    if (location.hash) { reveal(location.hash, false); }
    window.addEventListener("load", function () {  // only then does a browser no longer move the focus itself
      setTimeout(function () { if (location.hash) { reveal(location.hash, true); } }, 0);
    });

    var opened = [];
    window.addEventListener("beforeprint", function () {
      opened = all("main details:not(.unit)").filter(function (one) { return !one.open; });
      opened.forEach(function (one) { one.open = true; });
    });
    window.addEventListener("afterprint", function () { opened.forEach(function (one) { one.open = false; }); opened = []; });
  });
})();
