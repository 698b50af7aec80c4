// What people read on the screen, in both languages. English has a few more keys, for names that the hub says in Chinese only.
export const WORDS = {
  zh: {
    heading: '{district}政务服务运行监测',
    subtitle: 'GOVERNMENT SERVICE OPERATIONS · LIVE',
    as_of: '数据截至', coverage: '系统在线', gap: '对账差额', never: '尚无成功读数', no_value: '暂无数据',
    gap_words: '{missing} 件', gap_detail: '已汇聚 {ours} / 系统自述 {stated}',
    live: '实时', joining: '连接中', broken: '连接中断',
    lost: '连接中断，正在重连', lost_since: '画面停留在 {time}，已 {age}',
    received: '收件', accepted: '受理', done: '办结', today: '今日', today_received: '今日收件', today_accepted: '今日受理', today_done: '今日办结',
    open: '在办', on_time_rate: '按时办结率', overdue_open: '超期未结', warning: '预警办件',
    cases: '件', ratio: '%', yesterday: '昨日全天', of: '样本 {of} 件', last_good: '最近有效值', stale: '数据陈旧', as_of_short: '截至',
    towns: '镇街受理排行', departments: '部门受理排行', items: '高频事项', trend: '办件走势', hours: '今日分时', newest: '最新办件',
    warnings: '办件预警', systems: '业务系统接入', last_30_days: '近30天', masked: '已脱敏',
    column_open: '在办', column_accepted: '受理', column_at: '时间', column_project_no: '办件编号', column_task: '事项', column_applicant: '申请人',
    column_town: '镇街', column_org: '办理部门', column_status: '状态',
    overdue_by: '超期 {days} 天', overdue_today: '已超期', left: '剩 {days} 工作日', left_today: '今日到期', promise: '承诺',
    no_warnings: '当前没有预警办件', no_rows: '暂无数据',
    good: '读取完整', incomplete: '读取不完整', needs_person: '需人工处理', failed: '读取失败', unread: '尚未读取',
    ours: '已汇聚', stated: '系统自述', quarantined: '隔离待核', fresh: '在线', not_fresh: '陈旧', read: '读取',
    seconds: '{n} 秒', minutes: '{n} 分 {s} 秒', hours_age: '{n} 小时 {m} 分', days_age: '{n} 天 {h} 小时', ago: '{age}前',
    weekdays: '星期日,星期一,星期二,星期三,星期四,星期五,星期六', date: '{y}年{m}月{d}日', overview_failed: '取数失败：{detail}',
  },
  en: {
    heading: '{district} Government Services',
    subtitle: '政务服务运行监测 · LIVE',
    as_of: 'Data as of', coverage: 'Systems fresh', gap: 'Gap', never: 'no good reading yet', no_value: 'no data',
    gap_words: '{missing}', gap_detail: '{ours} gathered / {stated} stated',
    live: 'Live', joining: 'Connecting', broken: 'Disconnected',
    lost: 'Connection lost, reconnecting', lost_since: 'showing {time}, {age} old',
    received: 'Received', accepted: 'Accepted', done: 'Done', today: 'today', today_received: 'Received today', today_accepted: 'Accepted today', today_done: 'Done today',
    open: 'Open', on_time_rate: 'On-time rate', overdue_open: 'Overdue', warning: 'Warnings',
    cases: '', ratio: '%', yesterday: 'yesterday', of: 'of {of} cases', last_good: 'last good', stale: 'Stale', as_of_short: 'as of',
    towns: 'Towns by accepted', departments: 'Departments', items: 'Top items', trend: 'Trend', hours: 'Today by hour', newest: 'Newest cases',
    warnings: 'Cases to watch', systems: 'Connected systems', last_30_days: '30 days', masked: 'masked',
    column_open: 'open', column_accepted: 'accepted', column_at: 'Time', column_project_no: 'Case no.', column_task: 'Item', column_applicant: 'Applicant',
    column_town: 'Town', column_org: 'Department', column_status: 'Status',
    overdue_by: '{days} d overdue', overdue_today: 'overdue', left: '{days} wd left', left_today: 'due today', promise: 'due',
    no_warnings: 'No case needs a warning', no_rows: 'no data yet',
    good: 'complete', incomplete: 'incomplete', needs_person: 'needs a person', failed: 'failed', unread: 'not read yet',
    ours: 'Gathered', stated: 'Stated', quarantined: 'Quarantined', fresh: 'fresh', not_fresh: 'stale', read: 'read',
    seconds: '{n} s', minutes: '{n} min {s} s', hours_age: '{n} h {m} min', days_age: '{n} d {h} h', ago: '{age} ago',
    weekdays: 'Sun,Mon,Tue,Wed,Thu,Fri,Sat', date: '{y}-{m}-{d}', overview_failed: 'No figures: {detail}',
    'district_河东区': 'Hedong District',
    status_submitted: 'Submitted', status_received: 'Received', status_correction: 'Correction', status_accepted: 'Accepted',
    status_in_progress: 'In progress', status_suspended: 'Suspended', status_done: 'Done', status_rejected: 'Rejected',
    status_returned: 'Returned', status_withdrawn: 'Withdrawn', status_void: 'Void',
  },
};

export const LANG = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';

/** The words for `key` with `{name}` filled from `values`; `undefined` where this language has none. */
export function word(key, values = {}) {
  const words = WORDS[LANG][key];
  return words === undefined ? undefined : words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Fills every element that carries `data-word`. */
export function label(root) {
  for (const element of root.querySelectorAll('[data-word]')) element.textContent = word(element.dataset.word);
}
