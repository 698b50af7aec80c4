//! What each department offers: the items, with their limits in working days.

use std::sync::LazyLock;

use super::people::credit_code;

/// Who applies for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    People,
    Firms,
    Both,
}

/// One item (事项).
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: &'static str,
    /// The limit of the law, in working days.
    pub(super) legal: u32,
    /// The limit that the department promises, in working days.
    pub(super) promise: u32,
    /// Whether done at once (即办); promised (承诺) otherwise.
    pub(super) at_once: bool,
    pub(super) who: Who,
}

/// One department with its items.
#[derive(Debug)]
pub(super) struct Department {
    pub(super) name: &'static str,
    /// The middle part of its items' codes.
    pub(super) slug: &'static str,
    /// How often its items are applied for, against the other departments.
    pub(super) weight: u32,
    pub(super) items: &'static [Item],
}

impl Department {
    /// The code of the item at `index`, such as `371312-civil-01`.
    pub(super) fn task_code(&self, index: usize) -> String {
        format!("371312-{}-{:02}", self.slug, index + 1)
    }

    /// A made-up unified social credit code that fails its check, always the same for the same department.
    pub(super) fn code(&self) -> &'static str {
        static CODES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
            let mut rng = fastrand::Rng::with_seed(371_312);
            super::ALL
                .iter()
                .flat_map(|system| system.departments)
                .map(|department| (department.slug, credit_code(&mut rng, "1137")))
                .collect()
        });
        let (_, code) = CODES.iter().find(|(slug, _)| *slug == self.slug).expect("every department has a code");
        code
    }
}

pub(super) const fn promised(name: &'static str, legal: u32, promise: u32, who: Who) -> Item {
    Item { name, legal, promise, at_once: false, who }
}

pub(super) const fn at_once(name: &'static str, legal: u32, who: Who) -> Item {
    Item { name, legal, promise: 1, at_once: true, who }
}

pub(super) const fn department(
    name: &'static str,
    slug: &'static str,
    weight: u32,
    items: &'static [Item],
) -> Department {
    Department { name, slug, weight, items }
}

pub(super) const WATER: &[Department] = &[department(
    "区水利局",
    "water",
    1,
    &[
        promised("取水许可审批", 45, 12, Who::Firms),
        promised("取水许可延续", 20, 5, Who::Both),
        promised("取水许可变更", 20, 5, Who::Both),
        promised("农村机井取水许可（新办）", 45, 8, Who::People),
        promised("农村供水工程用水申请", 10, 3, Who::People),
        promised("生产建设项目水土保持方案审批", 10, 5, Who::Firms),
        promised("洪水影响评价类审批", 20, 9, Who::Firms),
        promised("河道采砂许可", 20, 10, Who::Firms),
        promised("水利基建项目初步设计文件审批", 20, 7, Who::Firms),
        promised("占用农业灌溉水源、灌排工程设施审批", 20, 7, Who::Both),
        promised("城乡供水特许经营许可", 20, 10, Who::Firms),
        at_once("取水许可证注销", 10, Who::Both),
        at_once("计划用水指标核定", 10, Who::Firms),
        at_once("水土保持设施自主验收报备", 5, Who::Firms),
    ],
)];

/// What the one window accepts for the departments behind it, under their own codes.
pub(super) const ONE_WINDOW: &[Department] = &[
    department(WATER[0].name, WATER[0].slug, 1, WATER[0].items),
    department("区行政审批服务局", "approval", 1, APPROVAL),
];

pub(super) const HOUSING_FUND: &[Department] = &[department(
    "市住房公积金管理中心河东管理部",
    "deposit",
    1,
    &[
        promised("购买自住住房提取住房公积金", 3, 2, Who::People),
        promised("偿还购房贷款本息提取住房公积金", 3, 2, Who::People),
        promised("租房提取住房公积金", 3, 1, Who::People),
        promised("老旧小区加装电梯提取住房公积金", 3, 2, Who::People),
        at_once("离休、退休提取住房公积金", 3, Who::People),
        at_once("与单位终止劳动关系提取住房公积金", 3, Who::People),
        promised("个人住房公积金贷款审批", 15, 8, Who::People),
        promised("商业性个人住房贷款转住房公积金贷款", 15, 10, Who::People),
        promised("异地个人住房公积金贷款审批", 15, 10, Who::People),
        at_once("单位住房公积金缴存登记", 3, Who::Firms),
        at_once("单位住房公积金缴存信息变更", 3, Who::Firms),
        promised("单位降低缴存比例或者缓缴审批", 20, 8, Who::Firms),
    ],
)];

pub(super) const SOCIAL_INSURANCE: &[Department] = &[department(
    "区人力资源和社会保障局",
    "social",
    1,
    &[
        at_once("企业职工参保登记", 10, Who::Firms),
        at_once("灵活就业人员参保登记", 10, Who::People),
        at_once("社会保障卡补领、换领", 10, Who::People),
        at_once("个人权益记录查询打印", 5, Who::People),
        promised("企业职工基本养老保险待遇申领", 30, 10, Who::People),
        promised("城乡居民养老保险待遇申领", 15, 5, Who::People),
        promised("丧葬补助金、抚恤金申领", 30, 10, Who::People),
        promised("基本养老保险关系转移接续", 45, 15, Who::People),
        promised("失业保险金申领", 10, 5, Who::People),
        promised("工伤医疗（康复）待遇申领", 30, 12, Who::Both),
        promised("稳岗返还申领", 20, 8, Who::Firms),
        promised("社会保险费补缴申报", 20, 6, Who::Both),
    ],
)];

pub(super) const PERMITS: &[Department] = &[
    department("区民政局", "civil", 12, CIVIL),
    department("区人力资源和社会保障局", "labour", 18, LABOUR),
    department("区医疗保障局", "medical", 18, MEDICAL),
    department("区行政审批服务局", "approval", 15, APPROVAL),
    department("区住房和城乡建设局", "housing", 7, HOUSING),
    department("区市场监督管理局", "market", 8, MARKET),
    department("市公安局河东分局", "police", 14, POLICE),
    department("区不动产登记中心", "estate", 10, ESTATE),
    department("市住房公积金管理中心河东管理部", "fund", 8, FUND),
    department("区交通运输局", "transport", 5, TRANSPORT),
    department("区农业农村局", "farming", 4, FARMING),
    department("区卫生健康局", "health", 4, HEALTH),
    department("区残疾人联合会", "disabled", 3, DISABLED),
];

const CIVIL: &[Item] = &[
    promised("最低生活保障对象认定", 30, 15, Who::People),
    promised("特困人员认定", 20, 10, Who::People),
    promised("临时救助对象认定", 20, 7, Who::People),
    promised("高龄津贴给付", 20, 5, Who::People),
    promised("困难残疾人生活补贴和重度残疾人护理补贴", 20, 8, Who::People),
    promised("民办非企业单位成立登记", 20, 5, Who::Firms),
    at_once("婚姻登记档案查询", 5, Who::People),
];
const LABOUR: &[Item] = &[
    at_once("灵活就业人员参保登记", 10, Who::People),
    at_once("失业登记", 10, Who::People),
    at_once("社会保障卡申领", 10, Who::People),
    at_once("企业职工参保登记", 10, Who::Firms),
    promised("城乡居民养老保险待遇申领", 15, 5, Who::People),
    promised("创业担保贷款资格认定", 10, 5, Who::Both),
    promised("劳务派遣经营许可", 20, 5, Who::Firms),
    promised("人力资源服务许可", 20, 4, Who::Firms),
];
const MEDICAL: &[Item] = &[
    at_once("城乡居民基本医疗保险参保登记", 10, Who::People),
    at_once("异地就医备案", 5, Who::People),
    promised("医疗费用手工（零星）报销", 30, 12, Who::People),
    promised("门诊慢特病待遇认定", 20, 10, Who::People),
    promised("生育津贴支付", 20, 6, Who::Both),
    promised("定点医药机构申报", 60, 15, Who::Firms),
];
const APPROVAL: &[Item] = &[
    at_once("个体工商户设立登记", 5, Who::People),
    promised("企业设立登记", 5, 2, Who::Firms),
    promised("食品经营许可（新办）", 20, 5, Who::Both),
    promised("公共场所卫生许可", 20, 3, Who::Both),
    promised("临时占用城市道路审批", 20, 4, Who::Firms),
    promised("民办学校筹设审批", 30, 15, Who::Firms),
    promised("设置大型户外广告审批", 20, 5, Who::Firms),
];
const HOUSING: &[Item] = &[
    promised("建筑工程施工许可证核发", 7, 2, Who::Firms),
    promised("商品房预售许可", 10, 3, Who::Firms),
    promised("城镇污水排入排水管网许可", 20, 5, Who::Firms),
    promised("公租房租赁补贴资格认定", 30, 15, Who::People),
];
const MARKET: &[Item] = &[
    promised("食品小作坊登记", 15, 5, Who::Both),
    promised("特种设备使用登记", 30, 5, Who::Firms),
    promised("药品零售企业经营许可", 20, 10, Who::Firms),
    at_once("股权出质设立登记", 3, Who::Firms),
];
const POLICE: &[Item] = &[
    at_once("出生登记", 5, Who::People),
    at_once("机动车驾驶证期满换证", 5, Who::People),
    promised("居住证申领", 15, 5, Who::People),
    promised("居民身份证补领", 20, 10, Who::People),
    promised("户口迁移审批", 20, 8, Who::People),
    promised("旅馆业特种行业许可证核发", 20, 5, Who::Firms),
];
const ESTATE: &[Item] = &[
    at_once("不动产登记资料查询", 5, Who::Both),
    promised("国有建设用地使用权及房屋所有权转移登记", 30, 3, Who::Both),
    promised("国有建设用地使用权及房屋所有权首次登记", 30, 5, Who::Firms),
    promised("不动产抵押权登记", 30, 2, Who::Both),
];
const FUND: &[Item] = &[
    at_once("离休、退休提取住房公积金", 3, Who::People),
    promised("购买住房提取住房公积金", 3, 2, Who::People),
    promised("个人住房公积金贷款", 15, 8, Who::People),
    at_once("单位缴存登记", 3, Who::Firms),
];
const TRANSPORT: &[Item] = &[
    promised("道路货物运输经营许可", 20, 3, Who::Both),
    promised("超限运输车辆行驶公路许可", 20, 5, Who::Firms),
    at_once("道路运输证换发", 10, Who::Both),
];
const FARMING: &[Item] = &[
    promised("农药经营许可", 20, 8, Who::Both),
    promised("动物防疫条件合格证核发", 20, 10, Who::Firms),
    promised("农村村民宅基地审批", 20, 10, Who::People),
];
const HEALTH: &[Item] = &[
    promised("护士执业注册", 20, 5, Who::People),
    promised("诊所备案", 20, 5, Who::Both),
    at_once("生育登记", 5, Who::People),
];
const DISABLED: &[Item] =
    &[promised("残疾人证办理", 20, 10, Who::People), promised("残疾人基本型辅助器具适配", 20, 12, Who::People)];

#[cfg(test)]
mod tests {
    use crate::sandbox::people::credit_check;

    #[test]
    fn department_codes_fail_their_check() {
        for department in super::super::ALL.iter().flat_map(|system| system.departments) {
            let code = department.code();
            assert_eq!(code.len(), 18);
            assert_ne!(code.chars().last(), Some(credit_check(&code[..17])), "{}", department.name);
        }
    }

    #[test]
    fn promises_are_no_longer_than_the_law_allows() {
        for item in
            super::super::ALL.iter().flat_map(|system| system.departments).flat_map(|department| department.items)
        {
            assert!(item.promise <= item.legal, "{}", item.name);
        }
    }
}
