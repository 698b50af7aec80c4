//! What the departments that pay out offer: medical insurance, civil affairs, the finance office's subsidies.

use super::items::{Department, Item, Who, at_once, department, promised};

/// The items of `medical`.
pub(super) const MEDICAL: &[Department] = &[department("区医疗保障局", "insurance", 1, INSURANCE)];

/// The items of `civil`.
pub(super) const CIVIL: &[Department] = &[department("区民政局", "welfare", 1, WELFARE)];

/// The items of `finance`.
pub(super) const FINANCE: &[Department] = &[department("区财政局", "subsidy", 1, SUBSIDY)];

const INSURANCE: &[Item] = &[
    at_once("城乡居民参保信息变更登记", 10, Who::People),
    at_once("基本医疗保险参保缴费证明打印", 3, Who::Both),
    at_once("异地安置退休人员备案", 5, Who::People),
    at_once("异地转诊人员备案", 5, Who::People),
    promised("基本医疗保险关系转移接续", 15, 10, Who::People),
    promised("门诊费用报销", 30, 15, Who::People),
    promised("住院费用报销", 30, 15, Who::People),
    promised("门诊慢特病病种待遇认定", 20, 10, Who::People),
    promised("产前检查费支付", 20, 8, Who::People),
    promised("生育医疗费支付", 20, 8, Who::People),
    promised("计划生育医疗费支付", 20, 8, Who::People),
    promised("医疗救助对象待遇核准", 20, 10, Who::People),
    promised("职工参保单位基本信息变更", 10, 3, Who::Firms),
    promised("医疗机构申请定点协议管理", 60, 20, Who::Firms),
    promised("定点医药机构费用结算", 30, 15, Who::Firms),
];

const WELFARE: &[Item] = &[
    promised("最低生活保障金给付", 30, 15, Who::People),
    promised("特困人员救助供养给付", 20, 10, Who::People),
    promised("临时救助金给付", 20, 7, Who::People),
    promised("低保边缘家庭认定", 30, 15, Who::People),
    promised("孤儿及事实无人抚养儿童认定", 20, 10, Who::People),
    promised("八十周岁以上高龄津贴申领", 20, 5, Who::People),
    promised("经济困难老年人补贴申领", 20, 7, Who::People),
    promised("重度残疾人护理补贴申领", 20, 8, Who::People),
    promised("社会团体成立登记", 20, 7, Who::Firms),
    promised("民办非企业单位变更登记", 20, 6, Who::Firms),
    promised("养老机构备案", 20, 5, Who::Firms),
    at_once("出具无婚姻登记记录证明", 3, Who::People),
    at_once("地名信息查询", 3, Who::Both),
];

const SUBSIDY: &[Item] = &[
    promised("耕地地力保护补贴申报", 30, 15, Who::People),
    promised("实际种粮农民一次性补贴申报", 20, 10, Who::People),
    promised("农机购置与应用补贴申请", 30, 12, Who::Both),
    promised("农业保险保费补贴申请", 20, 10, Who::Both),
    promised("创业担保贷款贴息申请", 20, 8, Who::Both),
    promised("公益性岗位补贴申请", 20, 7, Who::Firms),
    promised("农村危房改造补助申请", 30, 15, Who::People),
    promised("学前教育资助金申请", 20, 10, Who::People),
    promised("大中型水库移民后期扶持直补", 20, 10, Who::People),
    at_once("一卡通账户信息变更", 5, Who::People),
];
