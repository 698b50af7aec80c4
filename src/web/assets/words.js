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
    ours: '已汇聚', stated: '系统自述', quarantined: '隔离待核', left_open: '已离开列表', fresh: '在线', not_fresh: '陈旧', read: '读取',
    seconds: '{n} 秒', minutes: '{n} 分 {s} 秒', hours_age: '{n} 小时 {m} 分', days_age: '{n} 天 {h} 小时', ago: '{age}前',
    entries_today: '今日录入', entries_doubt: '存疑', entries_waiting: '待人工',
    // the desk
    desk_screen: '运行监测大屏', desk_label: '办件编号、任一系统的流水号或回执号', desk_ask: '查询', desk_hint: '回车即查。个人信息已脱敏；网址可以转发。',
    desk_case: '办件', desk_applied: '申请', desk_accepted: '受理', desk_promised: '承诺办结', desk_ended: '办结', desk_linked: '确认为同一办件',
    desk_stands: '目前状态', desk_number: '编号', desk_as_of: '截至 {time}', desk_stale: '数据陈旧，截至 {time}', desk_not_there: '对方系统尚无此件', desk_maybe_there: '对方系统是否收到，尚不清楚',
    desk_timeline: '办理过程', desk_since: '自 {time}', desk_words: '系统原话', desk_why: '原因', desk_colon: '：', desk_field: '所涉字段', desk_share: '本页网址：', desk_others: '以下办件也有这个编号',
    desk_quarantined: '「{from}」最近一次读到的内容待核', desk_quarantined_means: '这里显示的是此前最后一次核对无误的内容，可能已经变化；请到该系统里查看。',
    desk_does_enter: '录入「{to}」', desk_does_update: '回写「{to}」',
    desk_entry_wanted: '待录入', desk_entry_looked_up: '已查重', desk_entry_intended: '已拟定', desk_entry_submitting: '提交中', desk_entry_submitted: '已提交',
    desk_entry_verified: '已核对', desk_entry_refused: '被退回', desk_entry_conflict: '有冲突', desk_entry_waiting: '待人工', desk_entry_cancelled: '已取消', desk_entry_unknown: '结果不明',
    desk_means_wanted: '正在排队自动录入，无需操作。', desk_means_looked_up: '已确认对方系统没有此件，即将录入，无需操作。', desk_means_intended: '即将提交，无需操作。', desk_means_submitting: '正在提交，请不要另行手工录入。',
    desk_means_refused: '「{to}」没有接受，原因如下。请更正后重新受理。', desk_means_conflict: '「{to}」已有此件，但内容不同，需要人工核对。', desk_means_waiting: '自动办理停在这里，需要工作人员处理。',
    desk_means_cancelled: '此项不再办理。', desk_means_unknown: '已经提交，但没有得到答复，不确定「{to}」是否收到。查明之前请不要另行录入，以免重复。',
    desk_status_submitted: '已提交', desk_status_received: '收件', desk_status_correction: '待补正', desk_status_accepted: '受理', desk_status_in_progress: '办理中', desk_status_suspended: '挂起',
    desk_status_done: '办结', desk_status_rejected: '不予受理', desk_status_returned: '退件', desk_status_withdrawn: '撤销', desk_status_void: '作废',
    desk_result_granted: '准予', desk_result_refused: '不予许可', desk_result_forwarded: '转报', desk_result_other: '其他',
    desk_unknown: '没有找到编号 {no}', desk_try: '请试试：', desk_tip_1: '核对编号，留意字母 O 与数字 0、字母 I 与数字 1。', desk_tip_2: '换用回执上的另一个编号：办件编号、窗口系统或部门系统的流水号都可以。',
    desk_tip_3: '刚刚受理的办件，过几分钟再查。', desk_tip_4: '仍查不到，该办件可能在尚未接入的系统里，请向承办部门询问。',
    desk_failed: '暂时查不到', desk_failed_try: '与数据中枢的连接不通，请稍后再试。',
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
    ours: 'Gathered', stated: 'Stated', quarantined: 'Quarantined', left_open: 'Left list', fresh: 'fresh', not_fresh: 'stale', read: 'read',
    seconds: '{n} s', minutes: '{n} min {s} s', hours_age: '{n} h {m} min', days_age: '{n} d {h} h', ago: '{age} ago',
    entries_today: 'entered today', entries_doubt: 'doubt', entries_waiting: 'person',
    // the desk
    desk_screen: 'District screen', desk_label: 'Case number, number of any system, or receipt', desk_ask: 'Look up', desk_hint: 'Press Enter. Personal data is masked; the address can be passed on.',
    desk_case: 'Case', desk_applied: 'Applied', desk_accepted: 'Accepted', desk_promised: 'Promised by', desk_ended: 'Ended', desk_linked: 'Known to be the same case',
    desk_stands: 'Where it stands', desk_number: 'No.', desk_as_of: 'as of {time}', desk_stale: 'stale, as of {time}', desk_not_there: 'not in that system yet', desk_maybe_there: 'nobody knows yet whether it is there',
    desk_timeline: 'What happened', desk_since: 'since {time}', desk_words: 'The system says', desk_why: 'Why', desk_colon: ': ', desk_field: 'Field', desk_share: 'Address of this page:', desk_others: 'Other cases carry this number',
    desk_quarantined: 'What {from} says now can’t be understood', desk_quarantined_means: 'Shown here is what it said when it was last read right. It may have changed since: look in that system.',
    desk_does_enter: 'Entry into {to}', desk_does_update: 'Update of {to}',
    desk_entry_wanted: 'wanted', desk_entry_looked_up: 'looked up', desk_entry_intended: 'intended', desk_entry_submitting: 'submitting', desk_entry_submitted: 'submitted',
    desk_entry_verified: 'verified', desk_entry_refused: 'refused', desk_entry_conflict: 'conflict', desk_entry_waiting: 'waiting for a person', desk_entry_cancelled: 'cancelled', desk_entry_unknown: 'outcome unknown',
    desk_means_wanted: 'It will be entered by itself: nothing to do.', desk_means_looked_up: 'The system does not have it yet; it will be entered now: nothing to do.', desk_means_intended: 'About to be submitted: nothing to do.', desk_means_submitting: 'Being submitted: please do not enter it by hand.',
    desk_means_refused: '{to} did not take it, for the reason below. Correct it and accept it again.', desk_means_conflict: '{to} has it already, with other contents: a person has to compare them.', desk_means_waiting: 'It cannot go on by itself: a person has to act.',
    desk_means_cancelled: 'It will not be made any more.', desk_means_unknown: 'It was submitted and no answer came: nobody knows yet whether {to} has it. Until that is found out, please do not enter it again.',
    desk_status_submitted: 'Submitted', desk_status_received: 'Received', desk_status_correction: 'Correction', desk_status_accepted: 'Accepted', desk_status_in_progress: 'In progress', desk_status_suspended: 'Suspended',
    desk_status_done: 'Done', desk_status_rejected: 'Rejected', desk_status_returned: 'Returned', desk_status_withdrawn: 'Withdrawn', desk_status_void: 'Void',
    desk_result_granted: 'granted', desk_result_refused: 'refused', desk_result_forwarded: 'forwarded', desk_result_other: 'other',
    desk_unknown: 'Nothing carries the number {no}', desk_try: 'Please try:', desk_tip_1: 'Check the number: O and 0, I and 1 look alike.', desk_tip_2: 'Take another number from the receipt: that of the case, of the window system or of the department.',
    desk_tip_3: 'If it was accepted just now, try again in a few minutes.', desk_tip_4: 'It may be in a system that is not connected yet: ask the department.',
    desk_failed: 'It cannot be looked up now', desk_failed_try: 'The hub cannot be reached: try again soon.',
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
