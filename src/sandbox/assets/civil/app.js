/* The practice system of civil affairs: cards, a drawer, a cursor, in the manner of a department's own Ant Design app. */
(function () {
  'use strict';

  var h = React.createElement;
  var A = antd;
  var STATES = ['已申报', '待受理', '材料补正', '已受理', '审核确认中', '暂停办理', '已办结', '不符合条件', '退回重报', '主动撤回', '已作废'];
  var COLOURS = { '已办结': 'success', '已受理': 'processing', '审核确认中': 'processing', '已申报': 'warning', '待受理': 'warning',
    '材料补正': 'warning', '暂停办理': 'error' };

  function call(path) {
    return fetch(path, { credentials: 'same-origin' }).then(function (response) { return response.json(); }).then(function (answer) {
      if (answer.success) return answer.data;
      if (answer.errorCode === 'UNAUTHORIZED' || answer.errorCode === 'KICKED_OUT') location.reload();
      A.message.error(answer.message);
      throw new Error(answer.message);
    });
  }

  // 2026-11-23T15:17:35+08:00 → 2026-11-23 15:17
  function minute(time) { return time ? time.slice(0, 10) + ' ' + time.slice(11, 16) : ''; }

  function Tag(props) { return h(A.Tag, { color: COLOURS[props.word] || 'default', style: { marginInlineEnd: 0 } }, props.word); }

  function line(label, value) {
    return h('div', { className: 'case-line', key: label }, h('span', { className: 'label' }, label), h('span', { className: 'value' }, value));
  }

  function Card(props) {
    var item = props.item;
    return h(A.Card, { className: 'case-card', size: 'small', hoverable: true, title: item.sxmc, extra: h(Tag, { word: item.bjzt }), onClick: props.onOpen },
      line('办件编号', item.bjbh), line('申请人', item.sqr), line('所属镇街', item.ssjz),
      line('申请时间', minute(item.sqsj)), line('受理时间', minute(item.slsj)), line('更新时间', minute(item.gxsj)));
  }

  var FIELDS = [
    ['基本信息', [['办件编号', 'bjbh'], ['办件状态', 'bjzt'], ['事项名称', 'sxmc'], ['事项编码', 'sxbm'], ['办件类型', 'bjlx'], ['申请渠道', 'sqqd'],
      ['所属镇街', 'ssjz'], ['所属村居', 'sscj']]],
    ['申请人信息', [['申请人', 'sqr'], ['申请人类型', 'sqrlx'], ['证件类型', 'zjlx'], ['证件号码', 'zjhm'], ['联系电话', 'lxdh']]],
    ['办理信息', [['受理地点', 'sldd'], ['受理窗口', 'slck'], ['经办人', 'jbr'], ['申请时间', 'sqsj'], ['受理时间', 'slsj'], ['法定时限', 'fdsx'],
      ['承诺时限', 'cnsx'], ['承诺日期', 'cnrq'], ['办结时间', 'bjsj'], ['办理结果', 'bljg']]]
  ];
  var TIMES = ['sqsj', 'slsj', 'bjsj'];

  function Detail(props) {
    var state = React.useState(null), item = state[0], setItem = state[1];
    var history = React.useState(null), steps = history[0], setSteps = history[1];
    React.useEffect(function () {
      var wanted = true;
      call('api/cases/' + props.id).then(function (data) {
        if (!wanted) return null;
        setItem(data);
        return call('api/cases/' + props.id + '/process').then(function (rows) { if (wanted) setSteps(rows); });
      }).catch(function () {});
      return function () { wanted = false; };
    }, [props.id]);
    if (!item) return h(A.Skeleton, { active: true });
    var groups = FIELDS.map(function (group) {
      var items = group[1].map(function (field) {
        var value = TIMES.indexOf(field[1]) < 0 ? item[field[1]] : minute(item[field[1]]);
        return { key: field[1], label: field[0], children: field[1] === 'bjzt' ? h(Tag, { word: value }) : value };
      });
      return h(A.Descriptions, { key: group[0], title: group[0], column: 2, size: 'small', bordered: true, items: items, style: { marginBottom: 20 } });
    });
    var process = steps && steps.map(function (step) {
      return { key: step.xh, children: h('div', null, h('b', null, step.hjmc), '　' + step.clr + '　' + minute(step.clsj)) };
    });
    return h('div', null, groups, h('div', { className: 'case-process' }, h('h4', null, '办理过程'),
      process ? h(A.Timeline, { items: process }) : h(A.Spin, null)));
  }

  function Cases() {
    var list = React.useState({ rows: [], next: null, total: 0, busy: true }), data = list[0], setData = list[1];
    var filter = React.useState({ status: '', keyword: '' }), wanted = filter[0], setWanted = filter[1];
    var opened = React.useState(null), id = opened[0], setId = opened[1];
    var word = React.useState(''), keyword = word[0], setKeyword = word[1];
    function load(cursor, before) {
      setData(function (old) { return Object.assign({}, old, { busy: true }); });
      var query = new URLSearchParams({ size: 24, status: wanted.status, keyword: wanted.keyword, cursor: cursor || '' });
      call('api/cases?' + query).then(function (found) {
        setData({ rows: before.concat(found.records), next: found.next, total: found.total, busy: false });
      }).catch(function () { setData(function (old) { return Object.assign({}, old, { busy: false }); }); });
    }
    React.useEffect(function () { load('', []); }, [wanted]);
    var options = [{ value: '', label: '全部' }].concat(STATES.map(function (state) { return { value: state, label: state }; }));
    return h('div', null,
      h('div', { className: 'page-search' }, h(A.Space, { size: 'middle' },
        h('span', null, '办件状态'), h(A.Select, { value: wanted.status, options: options, style: { width: 150 },
          onChange: function (status) { setWanted({ status: status, keyword: wanted.keyword }); } }),
        h(A.Input, { value: keyword, placeholder: '办件编号/申请人/事项', style: { width: 240 }, allowClear: true,
          onChange: function (event) { setKeyword(event.target.value); } }),
        h(A.Button, { type: 'primary', autoInsertSpace: false, onClick: function () { setWanted({ status: wanted.status, keyword: keyword }); } }, '查询'))),
      h('p', { className: 'list-found' }, '共找到 ', h('b', { id: 'total-found' }, data.total), ' 件'),
      h('div', { className: 'list-cards' }, data.rows.map(function (item) {
        return h(Card, { key: item.id, item: item, onOpen: function () { setId(item.id); } });
      })),
      h('div', { className: 'list-end' }, data.next
        ? h(A.Button, { size: 'large', loading: data.busy, onClick: function () { load(data.next, data.rows); } }, '加载更多')
        : (data.busy ? h(A.Spin, null) : '没有更多了')),
      h(A.Drawer, { title: '办件详情', width: 760, open: id !== null, destroyOnClose: true, onClose: function () { setId(null); } },
        id === null ? null : h(Detail, { id: id })));
  }

  function Shell() {
    var name = React.useState(''), user = name[0], setUser = name[1];
    React.useEffect(function () { call('api/user').then(function (data) { setUser(data.username); }).catch(function () {}); }, []);
    return h(A.Layout, { className: 'page-shell' },
      h(A.Layout.Header, { className: 'page-bar' }, h('div', { className: 'page-brand' }, '民政业务综合管理系统', h('small', null, '区民政局')),
        h('div', { className: 'page-who' }, user ? h('span', null, '当前用户：' + user) : null, h('a', { href: 'logout' }, '退出'))),
      h(A.Layout, null,
        h(A.Layout.Sider, { width: 190, theme: 'light' }, h(A.Menu, { mode: 'inline', defaultSelectedKeys: ['cases'], defaultOpenKeys: ['work'], items: [
          { key: 'work', label: '业务办理', children: [{ key: 'cases', label: '办件查询' }, { key: 'todo', label: '待办事项' }] },
          { key: 'aid', label: '社会救助', children: [{ key: 'low', label: '低保对象' }, { key: 'temp', label: '临时救助' }] },
          { key: 'old', label: '养老服务' }, { key: 'pay', label: '资金发放' }, { key: 'report', label: '统计报表' }] })),
        h(A.Layout.Content, { className: 'page-main' }, h(Cases))));
  }

  ReactDOM.createRoot(document.getElementById('root')).render(h(A.ConfigProvider, { theme: { token: { colorPrimary: '#b5332c' } } }, h(Shell)));
})();
