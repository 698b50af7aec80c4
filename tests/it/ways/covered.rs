//! Pages that are pressed open from a row, where something lies over what is to be pressed.

use axum::response::Response;
use queqiao::record::Outcome;

use super::{Bench, Office, Written, html};

const PRESSED: Written = Written {
    list: "via = \"browser\"\npath = \"list\"\n\
           [page.layer]\npress = \"css=button\"\nclose = \"css=#layer i\"\n[page.layer.at]\nname = \"label=申请人\"\n",
    collect: "detail = \"layer\"",
    login: "",
    limits: "",
};

/// A widget that covers its rows until it is looked at again a while later, as one that draws its copies of them anew does.
fn answers(office: &Office, _: &str, _: &str) -> Response {
    let cases = office.cases();
    let row = |(number, status): &(u32, &str)| {
        format!(
            "<tr><td>N{number}</td><td>{status}</td><td><a href='view'>地址</a><button onclick='show({number})'>查看</button></td></tr>"
        )
    };
    let rows: String = cases.iter().map(row).collect();
    html(&format!(
        "<table><thead><tr><th>编号</th><th>状态</th><th>操作</th></tr></thead><tbody>{rows}</tbody></table>\
         <p class=total>共 {} 条</p><div id=layer></div><div id=over style='position:fixed;inset:0'></div>\
         <script>\
         const show = (number) => (layer.innerHTML = `<table><tr><th>申请人</th><td>测试${{number}}</td></tr></table><i onclick='layer.innerHTML=\"\"'>关闭</i>`);\
         const made = document.implementation.createHTMLDocument.bind(document.implementation);\
         let looked = performance.now();\
         document.implementation.createHTMLDocument = (title) => {{\
           if (performance.now() - looked > 1000) over.remove();\
           looked = performance.now();\
           return made(title);\
         }};\
         </script>",
        cases.len()
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_covered_is_looked_for_again_before_a_person_is_asked() {
    let bench = Bench::start(3, answers, PRESSED).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 3), "{report:?}");
    for (number, case) in bench.cases().await {
        assert_eq!(case.fields.applicant_name.unwrap(), format!("测试{}", &number[1..]));
    }
    bench.bridge.close().await;
}
