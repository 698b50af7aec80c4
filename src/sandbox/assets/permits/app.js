/* The practice permit system: hash routes over a JSON API, in the manner of a department's own single-page app. */
(function () {
  'use strict';

  var TITLE = '行政审批业务系统';
  var OWNER = '区行政审批服务局';
  var STATES = ['待预审', '已收件', '补正告知', '已受理', '审核中', '特别程序', '已办结', '不予受理', '已退件', '申请人撤回', '已作废'];
  var COLOURS = { '已办结': 'success', '待预审': 'warning', '已收件': 'warning', '补正告知': 'warning', '特别程序': 'warning',
    '不予受理': 'info', '已退件': 'info', '申请人撤回': 'info', '已作废': 'info' };
  var LOST = [401, 409];
  /* What was filled in is refused: the form says it at the field. */
  var INVALID = 422;

  var state = Vue.observable({ route: { name: 'login', query: {} }, notice: '', user: '' });

  function parseRoute() {
    var text = location.hash.replace(/^#\/?/, '');
    var parts = text.split('?');
    var path = parts[0].split('/');
    var query = {};
    new URLSearchParams(parts[1] || '').forEach(function (value, name) { query[name] = value; });
    if (path[0] === 'cases' && path[1]) return { name: 'case', id: path[1], query: query };
    if (path[0] === 'registered' && path[1]) return { name: 'registration', id: decodeURIComponent(path[1]), query: query };
    if (path[0] === 'register' || path[0] === 'registered') return { name: path[0], query: query };
    if (path[0] === 'cases') return { name: 'cases', query: query };
    return { name: 'login', query: query };
  }

  function follow() {
    state.route = parseRoute();
    if (state.route.name !== 'login' && !localStorage.getItem('token')) go('login');
  }

  function go(path) { location.hash = '#/' + path; }

  function call(path, options) {
    options = options || {};
    var headers = { 'Content-Type': 'application/json' };
    var token = localStorage.getItem('token');
    if (token) headers.Authorization = 'Bearer ' + token;
    return fetch(path, { method: options.method || 'GET', headers: headers, body: options.body && JSON.stringify(options.body) })
      .then(function (response) { return response.json(); })
      .then(function (answer) {
        if (answer.code === 0) return answer.data;
        if (LOST.indexOf(answer.code) >= 0) {
          localStorage.removeItem('token');
          state.notice = answer.msg;
          state.user = '';
          go('login');
        }
        if (answer.code !== INVALID) ELEMENT.Message.error(answer.msg);
        var refused = new Error(answer.msg);
        refused.answer = answer;
        throw refused;
      });
  }

  var Login = {
    template:
      '<div class="login"><h1>' + TITLE + '</h1><div class="owner">' + OWNER + '</div>' +
      '<el-card><h2>用户登录</h2>' +
      '<el-alert v-if="state.notice" :title="state.notice" type="warning" show-icon :closable="false"></el-alert>' +
      '<el-form ref="form" :model="form" :rules="rules" label-width="80px" @submit.native.prevent="submit">' +
      '<el-form-item label="用户名" prop="username"><el-input v-model="form.username" name="username" placeholder="请输入用户名" prefix-icon="el-icon-user"></el-input></el-form-item>' +
      '<el-form-item label="密码" prop="password"><el-input v-model="form.password" name="password" type="password" show-password placeholder="请输入密码" prefix-icon="el-icon-lock"></el-input></el-form-item>' +
      '<el-form-item><el-button type="primary" native-type="submit" :loading="busy">登 录</el-button></el-form-item>' +
      '</el-form></el-card><div class="foot">建议使用 Chrome 或 360 浏览器极速模式，电子政务外网内访问</div></div>',
    data: function () {
      var must = function (message) { return [{ required: true, message: message, trigger: 'blur' }]; };
      return {
        state: state, busy: false, form: { username: '', password: '' },
        rules: { username: must('请输入用户名'), password: must('请输入密码') }
      };
    },
    methods: {
      submit: function () {
        var page = this;
        page.$refs.form.validate(function (valid) {
          if (!valid) return;
          page.busy = true;
          call('api/login', { method: 'POST', body: page.form }).then(function (data) {
            localStorage.setItem('token', data.token);
            state.notice = '';
            go('cases?page=1');
          }).catch(function () { page.form.password = ''; }).then(function () { page.busy = false; });
        });
      }
    }
  };

  var Cases = {
    template:
      '<div><el-breadcrumb class="crumbs" separator="/"><el-breadcrumb-item>业务办理</el-breadcrumb-item><el-breadcrumb-item>办件查询</el-breadcrumb-item></el-breadcrumb>' +
      '<el-card shadow="never" class="search"><el-form inline size="small" @submit.native.prevent="search">' +
      '<el-form-item label="关键字"><el-input v-model="keyword" placeholder="办件编号/申请人/事项" clearable></el-input></el-form-item>' +
      '<el-form-item label="办件状态"><el-select v-model="status" placeholder="全部" clearable><el-option v-for="word in states" :key="word" :label="word" :value="word"></el-option></el-select></el-form-item>' +
      '<el-form-item><el-button type="primary" icon="el-icon-search" native-type="submit">查询</el-button><el-button icon="el-icon-refresh" @click="reset">重置</el-button></el-form-item>' +
      '</el-form></el-card>' +
      '<el-card shadow="never"><el-table :data="rows" v-loading="busy" border stripe size="small">' +
      '<el-table-column prop="caseNo" label="办件编号" width="165" fixed></el-table-column>' +
      '<el-table-column prop="taskName" label="事项名称" min-width="230" show-overflow-tooltip></el-table-column>' +
      '<el-table-column prop="applicantName" label="申请人" min-width="190" show-overflow-tooltip></el-table-column>' +
      '<el-table-column label="办件状态" width="110"><template slot-scope="line"><el-tag size="mini" :type="colour(line.row.status)">{{ line.row.status }}</el-tag></template></el-table-column>' +
      '<el-table-column prop="orgName" label="受理部门" width="190" show-overflow-tooltip></el-table-column>' +
      '<el-table-column prop="townName" label="所属镇街" width="100"></el-table-column>' +
      '<el-table-column prop="channel" label="申请渠道" width="90"></el-table-column>' +
      '<el-table-column prop="acceptTime" label="受理时间" width="155"></el-table-column>' +
      '<el-table-column prop="promiseTime" label="承诺办结时间" width="155"></el-table-column>' +
      '<el-table-column prop="updateTime" label="更新时间" width="155"></el-table-column>' +
      '<el-table-column label="操作" width="80" fixed="right" align="center"><template slot-scope="line"><el-link type="primary" :underline="false" :href="\'#/cases/\' + line.row.id">查看</el-link></template></el-table-column>' +
      '</el-table><el-pagination class="pager" background layout="total, sizes, prev, pager, next, jumper" :total="total" :page-size="size" :page-sizes="[20, 50, 100, 200]" :current-page="page" @current-change="turn" @size-change="resize"></el-pagination></el-card></div>',
    data: function () {
      return { rows: [], total: 0, page: 1, size: 50, keyword: '', status: '', busy: false, states: STATES };
    },
    computed: { query: function () { return state.route.query; } },
    watch: { query: { immediate: true, handler: 'load' } },
    methods: {
      colour: function (word) { return COLOURS[word] || ''; },
      load: function () {
        if (state.route.name !== 'cases') return;
        var list = this;
        list.page = Number(list.query.page) || 1;
        list.size = Number(list.query.size) || 50;
        list.status = list.query.status || '';
        list.keyword = list.query.keyword || '';
        list.busy = true;
        var search = new URLSearchParams({ page: list.page, size: list.size, status: list.status, keyword: list.keyword });
        call('api/cases?' + search).then(function (data) {
          list.rows = data.rows;
          list.total = data.total;
        }).catch(function () {}).then(function () { list.busy = false; });
      },
      open: function (page, size) {
        var query = { page: page };
        if (size !== 50) query.size = size;
        if (this.status) query.status = this.status;
        if (this.keyword) query.keyword = this.keyword;
        go('cases?' + new URLSearchParams(query));
      },
      turn: function (page) { if (page !== this.page) this.open(page, this.size); },
      resize: function (size) { this.open(1, size); },
      search: function () { this.open(1, this.size); },
      reset: function () { this.status = ''; this.keyword = ''; this.open(1, 50); }
    }
  };

  var FIELDS = [
    ['基本信息', [['办件编号', 'caseNo'], ['办件状态', 'status'], ['事项名称', 'taskName'], ['事项编码', 'taskCode'], ['受理部门', 'orgName'],
      ['部门信用代码', 'orgCode'], ['办件类型', 'projectType'], ['申请渠道', 'channel'], ['所属镇街', 'townName'], ['所属村居', 'villageName']]],
    ['申请人信息', [['申请人', 'applicantName'], ['申请人类型', 'applicantType'], ['证件类型', 'idType'], ['证件号码', 'idNumber'], ['联系电话', 'phone']]],
    ['办理信息', [['受理地点', 'site'], ['受理窗口', 'window'], ['经办人', 'operator'], ['申请时间', 'applyTime'], ['受理时间', 'acceptTime'],
      ['法定时限', 'legal'], ['承诺时限', 'promise'], ['承诺办结时间', 'promiseTime'], ['办结时间', 'finishTime'], ['办理结果', 'result'], ['更新时间', 'updateTime']]]
  ];

  var Detail = {
    template:
      '<div class="detail"><el-breadcrumb class="crumbs" separator="/"><el-breadcrumb-item>业务办理</el-breadcrumb-item><el-breadcrumb-item><a href="#/cases?page=1">办件查询</a></el-breadcrumb-item><el-breadcrumb-item>办件详情</el-breadcrumb-item></el-breadcrumb>' +
      '<el-card shadow="never" v-if="item"><el-descriptions v-for="group in groups" :key="group[0]" :title="group[0]" :column="3" border size="small">' +
      '<el-descriptions-item v-for="field in group[1]" :key="field[1]" :label="field[0]">' +
      '<el-tag v-if="field[1] === \'status\'" size="mini" :type="colour(item.status)">{{ item.status }}</el-tag><template v-else>{{ item[field[1]] }}</template></el-descriptions-item></el-descriptions>' +
      '<div class="el-descriptions__title" style="margin-bottom: 20px">办理过程</div>' +
      '<el-timeline><el-timeline-item v-for="(step, index) in item.steps" :key="index" :timestamp="step.time" placement="top" :type="index === item.steps.length - 1 ? \'primary\' : \'\'">{{ step.name }}（{{ step.operator }}）</el-timeline-item></el-timeline>' +
      '</el-card></div>',
    data: function () { return { item: null, groups: FIELDS }; },
    computed: { id: function () { return state.route.id; } },
    watch: { id: { immediate: true, handler: 'load' } },
    methods: {
      colour: function (word) { return COLOURS[word] || ''; },
      load: function () {
        if (!this.id) return;
        var page = this;
        page.item = null;
        call('api/cases/' + encodeURIComponent(page.id)).then(function (item) {
          item.legal = item.legalLimit + '个' + item.legalLimitUnit;
          item.promise = item.promiseLimit + '个' + item.promiseLimitUnit;
          page.item = item;
        }).catch(function () {});
      }
    }
  };

  var Shell = {
    components: Object.assign({ Cases: Cases, Detail: Detail }, window.Registration(call, go, state)),
    template:
      '<el-container class="shell" direction="vertical"><el-header><div class="brand">' + TITLE + '<small>' + OWNER + '</small></div>' +
      '<div class="user"><i class="el-icon-user"></i> <span>当前用户：{{ state.user }}</span><el-button type="text" @click="leave">退出</el-button></div></el-header>' +
      '<el-container style="min-height: 0"><el-aside width="200px"><el-menu default-active="cases" :default-openeds="[\'work\']">' +
      '<el-submenu index="work"><template slot="title"><i class="el-icon-document"></i><span>业务办理</span></template>' +
      '<el-menu-item index="cases" @click="list">办件查询</el-menu-item><el-menu-item index="todo">待办事项</el-menu-item><el-menu-item index="urge">督办提醒</el-menu-item></el-submenu>' +
      '<el-menu-item index="items"><i class="el-icon-tickets"></i><span>事项管理</span></el-menu-item>' +
      '<el-menu-item index="figures"><i class="el-icon-data-line"></i><span>统计报表</span></el-menu-item>' +
      '<el-menu-item index="system"><i class="el-icon-setting"></i><span>系统管理</span></el-menu-item></el-menu></el-aside>' +
      '<el-main><detail v-if="state.route.name === \'case\'"></detail><register v-else-if="state.route.name === \'register\'"></register><registered v-else-if="state.route.name === \'registered\'"></registered><registration v-else-if="state.route.name === \'registration\'"></registration><cases v-else></cases></el-main></el-container></el-container>',
    data: function () { return { state: state }; },
    created: function () {
      call('api/user').then(function (user) { state.user = user.username; }).catch(function () {});
    },
    methods: {
      list: function () { go('cases?page=1'); },
      leave: function () {
        call('api/logout', { method: 'POST' }).catch(function () {}).then(function () {
          localStorage.removeItem('token');
          go('login');
        });
      }
    }
  };

  window.addEventListener('hashchange', follow);
  if (!location.hash) go(localStorage.getItem('token') ? 'cases?page=1' : 'login');
  follow();
  new Vue({
    el: '#app',
    components: { Login: Login, Shell: Shell },
    data: { state: state },
    template: '<login v-if="state.route.name === \'login\'"></login><shell v-else></shell>'
  });
})();
