// What Playwright and Selenium run in each page: all fields in one call.
const text = (element) => element.textContent.trim();
if (location.pathname === "/list") {
  const names = [...document.querySelectorAll("#grid thead th")].map(text);
  return [...document.querySelectorAll("#grid tbody tr")].map((tr) => {
    const row = Object.fromEntries([...tr.cells].map((td, at) => [names[at], text(td)]));
    row["事项名称"] = text(tr.cells[2].querySelector(".ellipsis"));
    row.href = tr.cells[9].querySelector("a").href;
    return row;
  });
}
const fields = {};
for (const th of document.querySelectorAll("table.detail th")) fields[text(th)] = text(th.nextElementSibling);
for (const item of document.querySelectorAll(".form-item")) {
  const control = item.querySelector("input, select");
  if (!control) continue;
  const name = text(item.querySelector("label")).replace("：", "");
  fields[name] = control.localName === "select" ? control.selectedOptions[0].text : control.value;
}
return fields;
