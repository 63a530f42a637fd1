"use strict";

// The page's data: columns of {key, kind, shown}, and rows of texts in the order of
// the columns. Texts come with invisible characters escaped, and reach the document
// by textContent only.
const data = JSON.parse(document.getElementById("data").textContent);
const generated = Date.parse(data.generated);
const rowsOnPage = 100;
const largestChart = 60; // values in a chart; the others are counted together
const dayMs = 24 * 60 * 60 * 1000;
const ages = [ // upper bounds in days
  ["in the future", 0], ["under 1 day", 1], ["1 to 6 days", 7], ["7 to 29 days", 30], ["30 to 89 days", 90],
  ["90 to 179 days", 180], ["180 to 364 days", 365], ["365 to 729 days", 730],
  ["730 to 1094 days", 1095], ["1095 to 1824 days", 1825], ["1825 days or more", Infinity],
];
const filterKeys = ["platform", "region", "status", "target"];
const countKeys = ["platform", "region", "status", "target", "provider", "os", "os_version", "arch", "source", "owner", "visibility", "family"];
const indexOf = new Map(data.columns.map((column, index) => [column.key, index]));

const view = {
  filter: new Map(), // from a key to the value wanted
  words: [],
  sort: null,        // {index, descending}
  ordered: data.rows, // all rows, sorted
  found: data.rows,   // those that pass the filter
  first: 0,          // of the rows on this page
};

const byID = id => document.getElementById(id);

// element makes an element with a text, or with children.
function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  if (Array.isArray(content)) {
    made.append(...content);
  } else if (content !== undefined) {
    made.textContent = content;
  }
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

const shownValue = value => value === "" ? "(not reported)" : value;

// Filter.

const searchTexts = new Map(); // from a row to its text in lower case, made once
function searchText(row) {
  let text = searchTexts.get(row);
  if (text === undefined) {
    text = row.join("\n").toLowerCase();
    searchTexts.set(row, text);
  }
  return text;
}

function passes(row) {
  for (const [key, value] of view.filter) {
    if (row[indexOf.get(key)] !== value) {
      return false;
    }
  }
  return view.words.length === 0 || view.words.every(word => searchText(row).includes(word));
}

function fillFilters() {
  for (const key of filterKeys) {
    const values = [...countOf(data.rows, key).keys()].sort(compare);
    const options = values.map(value => element("option", shownValue(value), {value: "=" + value}));
    byID("filter-" + key).replaceChildren(element("option", "all", {value: ""}), ...options);
  }
}

function readFilter() {
  view.words = byID("filter-text").value.toLowerCase().split(/\s+/).filter(word => word !== "");
  view.filter.clear();
  for (const key of filterKeys) {
    const value = byID("filter-" + key).value;
    if (value !== "") {
      view.filter.set(key, value.slice(1));
    }
  }
  applyFilter();
}

function applyFilter() {
  view.found = view.ordered.filter(passes);
  view.first = 0;
  drawCharts();
  drawRows();
}

function clearFilter() {
  byID("filter-text").value = "";
  for (const key of filterKeys) {
    byID("filter-" + key).value = "";
  }
  readFilter();
}

// Sort.

const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;

// sortKeys make of a cell what its column is compared by, in the order of --sort. In
// a version, digits count as a number: it gets its length in front.
const sortKeys = {
  text: text => text,
  version: text => text.replace(/[0-9]+/g, run => {
    const digits = run.replace(/^0+/, "");
    return "0" + String.fromCharCode(digits.length) + digits;
  }),
  number: Number,
  time: Date.parse,
};

// sortBy orders by a column, in the other direction if it does so already. Equal rows
// keep the order of the targets' answers, and rows without a value come last.
function sortBy(index) {
  const descending = view.sort?.index === index && !view.sort.descending;
  const key = sortKeys[data.columns[index].kind];
  const missing = data.rows.filter(row => row[index] === "");
  const present = data.rows.filter(row => row[index] !== "").map(row => ({row, key: key(row[index])}));
  present.sort((a, b) => descending ? compare(b.key, a.key) : compare(a.key, b.key));
  view.sort = {index, descending};
  view.ordered = [...present.map(item => item.row), ...missing];
  drawHead();
  applyFilter();
}

// Counts.

// countOf returns how many rows have each value of a column, the most frequent first.
function countOf(rows, key) {
  const index = indexOf.get(key);
  const counts = new Map();
  for (const row of rows) {
    counts.set(row[index], (counts.get(row[index]) ?? 0) + 1);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])));
}

function drawBars(table, caption, counts) {
  const largest = Math.max(1, ...counts.map(([, count]) => count));
  const rows = counts.map(([label, count]) => {
    const bar = element("div", "", {class: "bar"});
    bar.style.setProperty("--share", count / largest);
    return element("tr", [
      element("th", label, {scope: "row"}), element("td", String(count), {class: "number"}),
      element("td", count === 0 ? [] : [bar], {"aria-hidden": "true"}),
    ]);
  });
  table.setAttribute("aria-label", caption);
  table.replaceChildren(element("tbody", rows));
}

function drawCounts() {
  const key = byID("count-by").value;
  const counts = [...countOf(view.found, key)].map(([value, count]) => [shownValue(value), count]);
  const rest = counts.splice(largestChart);
  if (rest.length > 0) {
    counts.push([`${rest.length} other values`, rest.reduce((sum, [, count]) => sum + count, 0)]);
  }
  drawBars(byID("counts"), "images by " + key, counts);
}

function drawAges() {
  const counts = [...ages.map(([label]) => [label, 0]), ["(not reported)", 0]];
  const created = indexOf.get("created");
  for (const row of view.found) {
    const days = (generated - Date.parse(row[created])) / dayMs;
    const bucket = ages.findIndex(([, below]) => days < below);
    counts.at(bucket)[1]++; // -1, for no date, is the last one
  }
  drawBars(byID("ages"), "images by age", counts);
}

function drawMatrix() {
  const [platform, region] = [indexOf.get("platform"), indexOf.get("region")];
  const [platforms, regions] = ["platform", "region"].map(key => [...countOf(view.found, key).keys()].slice(0, largestChart));
  const [rows, columns] = [countOf(view.found, "platform"), countOf(view.found, "region")];
  const counts = new Map(platforms.map(value => [value, new Map()]));
  for (const row of view.found) {
    const line = counts.get(row[platform]);
    line?.set(row[region], (line.get(row[region]) ?? 0) + 1);
  }
  let largest = 1;
  for (const line of counts.values()) {
    largest = Math.max(largest, ...line.values());
  }
  const head = element("tr", [
    element("th", "platform", {scope: "col"}), element("th", "all", {scope: "col", class: "number"}),
    ...regions.map(value => element("th", shownValue(value), {scope: "col", class: "number"})),
  ]);
  const body = platforms.map(p => element("tr", [
    element("th", shownValue(p), {scope: "row"}), element("td", String(rows.get(p)), {class: "number"}),
    ...regions.map(r => matrixCell(p, r, counts.get(p).get(r) ?? 0, largest)),
  ]));
  const totals = element("tr", [
    element("th", "all", {scope: "row"}), element("td", String(view.found.length), {class: "number"}),
    ...regions.map(value => element("td", String(columns.get(value)), {class: "number"})),
  ]);
  const hidden = rows.size - platforms.length + columns.size - regions.length;
  const note = hidden === 0 ? [] : [element("caption", `without ${rows.size - platforms.length} platforms and ${columns.size - regions.length} regions that have fewest images`)];
  byID("matrix").replaceChildren(...note, element("thead", [head]), element("tbody", [...body, totals]));
}

function matrixCell(platform, region, count, largest) {
  if (count === 0) {
    return element("td", "0", {class: "number zero"});
  }
  const button = element("button", String(count), {type: "button", "aria-label": `${count}: ${shownValue(platform)} in ${shownValue(region)}`});
  button.addEventListener("click", () => {
    byID("filter-platform").value = "=" + platform;
    byID("filter-region").value = "=" + region;
    readFilter();
  });
  const cell = element("td", [button], {class: "number"});
  cell.style.setProperty("--share", count / largest);
  return cell;
}

function drawCharts() {
  byID("found").textContent = `${view.found.length} of ${data.rows.length} images`;
  drawCounts();
  drawAges();
  drawMatrix();
}

// The table of images.

const shownColumns = () => [...data.columns.entries()].filter(([, column]) => column.shown);

function drawHead() {
  const cells = shownColumns().map(([index, column]) => {
    const button = element("button", column.key + (column.kind === "time" ? " (UTC)" : ""), {type: "button"});
    button.addEventListener("click", () => sortBy(index));
    const order = view.sort?.index !== index ? "none" : view.sort.descending ? "descending" : "ascending";
    return element("th", [button], {scope: "col", "aria-sort": order, "data-key": column.key});
  });
  const focused = document.activeElement?.closest("th")?.dataset.key;
  const row = element("tr", cells);
  byID("images").tHead.replaceChildren(row);
  if (focused !== undefined) {
    row.querySelector(`[data-key="${CSS.escape(focused)}"] button`)?.focus();
  }
}

function drawRows() {
  const columns = shownColumns();
  const rows = view.found.slice(view.first, view.first + rowsOnPage);
  byID("images").tBodies[0].replaceChildren(...rows.map(row => element("tr", columns.map(([index, column]) => {
    const text = column.kind === "time" ? row[index].slice(0, 16).replace("T", " ") : row[index];
    return element("td", text, ["number", "time"].includes(column.kind) ? {class: "number"} : {});
  }))));
  const last = view.first + rows.length;
  byID("position").textContent = rows.length === 0 ? "no images" : `${view.first + 1} to ${last} of ${view.found.length}`;
  byID("previous").disabled = view.first === 0;
  byID("next").disabled = last === view.found.length;
}

function turn(rows) {
  view.first += rows;
  drawRows();
}

function fillColumns() {
  for (const column of data.columns) {
    const box = element("input", undefined, {type: "checkbox"});
    box.checked = column.shown;
    box.addEventListener("change", () => {
      column.shown = box.checked;
      drawHead();
      drawRows();
    });
    byID("columns").append(element("label", [box, " " + column.key]));
  }
}

function start() {
  fillFilters();
  fillColumns();
  byID("count-by").append(...countKeys.map(key => element("option", key, {value: key})));
  byID("filter-text").addEventListener("input", readFilter);
  for (const key of filterKeys) {
    byID("filter-" + key).addEventListener("change", readFilter);
  }
  byID("filter-clear").addEventListener("click", clearFilter);
  byID("count-by").addEventListener("change", drawCounts);
  byID("previous").addEventListener("click", () => turn(-rowsOnPage));
  byID("next").addEventListener("click", () => turn(rowsOnPage));
  drawHead();
  readFilter(); // a browser may have restored the filter's fields
}

start();
