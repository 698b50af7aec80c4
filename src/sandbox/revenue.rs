//! What the registry of real estate and the tax office offer.

use super::items::{Department, Item, Who, at_once, department, promised};

/// The items of `estate`.
pub(super) const ESTATE: &[Department] = &[department("区不动产登记中心", "realty", 1, REALTY)];

/// The items of `tax`.
pub(super) const TAX: &[Department] = &[department("区税务局", "tax", 1, TAXES)];

const REALTY: &[Item] = &[
    at_once("不动产登记资料查询", 5, Who::Both),
    at_once("不动产抵押权注销登记", 30, Who::Both),
    at_once("商品房预告登记", 10, Who::Both),
    at_once("不动产异议登记", 10, Who::People),
    promised("存量房转移登记", 30, 3, Who::Both),
    promised("继承、受遗赠转移登记", 30, 5, Who::People),
    promised("商品房首次登记", 30, 5, Who::Firms),
    promised("国有建设用地使用权首次登记", 30, 5, Who::Firms),
    promised("不动产抵押权首次登记", 30, 2, Who::Both),
    promised("不动产权变更登记", 30, 3, Who::Both),
    promised("不动产权更正登记", 30, 5, Who::Both),
    promised("居住权首次登记", 30, 5, Who::People),
    promised("农村宅基地使用权及房屋所有权首次登记", 30, 15, Who::People),
    promised("不动产权证书补发", 30, 17, Who::Both),
];

const TAXES: &[Item] = &[
    at_once("增值税一般纳税人登记", 10, Who::Firms),
    at_once("跨区域涉税事项报告", 5, Who::Firms),
    at_once("车辆购置税申报", 5, Who::Both),
    at_once("契税申报", 5, Who::People),
    at_once("开具税收完税证明", 5, Who::Both),
    promised("发票票种核定", 10, 2, Who::Both),
    promised("增值税专用发票（增值税税控系统）最高开票限额审批", 20, 8, Who::Firms),
    promised("增值税留抵退税", 10, 6, Who::Firms),
    promised("误收多缴退抵税", 30, 12, Who::Both),
    promised("个人所得税年度汇算退税", 30, 10, Who::People),
    promised("清税申报", 20, 10, Who::Firms),
    promised("对纳税人延期缴纳税款的核准", 20, 10, Who::Firms),
    promised("对纳税人延期申报的核准", 20, 7, Who::Both),
    promised("对纳税人变更纳税定额的核准", 20, 12, Who::People),
];
