"""What every peer makes of a page's texts: the same fields as the bridge's adapter maps, with the same words and types."""

import json
from datetime import datetime

STATUS = {"待受理": "received", "审核中": "in_progress", "已办结": "done"}
RESULT = {"": None, "准予许可": "granted"}
TYPE = {"承诺件": "promised", "即办件": "instant"}
CHANNEL = {"窗口": "window", "网上": "online", "自助终端": "kiosk"}
TOWN = {"九曲街道": "371312001", "相公街道": "371312004", "汤河镇": "371312104", "八湖镇": "371312107"}


def moment(text):
    return datetime.fromisoformat(text).isoformat() + "+08:00" if text else None


def day(text):
    return datetime.strptime(text, "%Y年%m月%d日").strftime("%Y-%m-%dT23:59:59+08:00") if text else None


def limit(text):
    return int(text.removesuffix("个工作日"))


def record(row, detail):
    return {
        "source_no": row["办件编号"],
        "task_code": detail["事项编码"],
        "task_name": row["事项名称"],
        "project_type": TYPE[detail["办件类型"]],
        "applicant_name": detail["申请人"],
        "applicant_type": detail["申请人类型"],
        "applicant_id": detail["证件号码"],
        "contact_name": detail["联系人"],
        "contact_phone": detail["联系电话"],
        "channel": CHANNEL[row["申请渠道"]],
        "apply_date": moment(detail["申请时间"]),
        "accept_date": moment(detail["受理时间"]),
        "promise_date": day(detail["承诺办结时间"]),
        "result_date": moment(detail["办结时间"]),
        "legal_limit": limit(detail["法定时限"]),
        "promise_limit": limit(detail["承诺时限"]),
        "org_name": "某区行政审批服务局",
        "region_code": TOWN[row["所属镇街"]],
        "site": detail["受理地点"],
        "window": detail["受理窗口"],
        "operator": detail["经办人"],
        "status": STATUS[row["办件状态"]],
        "result": RESULT[detail["办理结果"]],
    }


class Sink:
    """JSON lines: the cheapest output there is."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")
        self.count = 0

    def take(self, record):
        self.file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self.count += 1

    def close(self):
        self.file.close()


def tell(sink, seconds):
    sink.close()
    print(json.dumps({"records": sink.count, "seconds": seconds}))
