/* Registration in the practice permit system: the form, the query of what was registered, and its view. */
window.Registration = function (call, go, state) {
  'use strict';

  function empty() {
    return { note: '', applicant: '', applicant_type: '自然人', id_type: '', id_number: '', phone: '', town: '', village: '', item: '',
      applied: '', channel: '窗口', deficient: false, remark: '' };
  }

  var CRUMBS = function (here) {
    return '<el-breadcrumb class="crumbs" separator="/"><el-breadcrumb-item>登记录入</el-breadcrumb-item>' +
      '<el-breadcrumb-item><a href="#/registered">登记查询</a></el-breadcrumb-item><el-breadcrumb-item>' + here + '</el-breadcrumb-item></el-breadcrumb>';
  };

  var item = function (label, name, inner) {
    return '<el-form-item label="' + label + '" prop="' + name + '" :error="wrong.' + name + '">' + inner + '</el-form-item>';
  };
  var select = function (name, list, more) {
    return '<el-select v-model="form.' + name + '" placeholder="请选择" ' + (more || '') + '><el-option v-for="one in ' + list + '" :key="one" :label="one" :value="one"></el-option></el-select>';
  };

  var Form = {
    template:
      '<div>' + CRUMBS('{{ receipt ? "登记修改" : "新增登记" }}') + '<el-card shadow="never">' +
      '<template v-if="saved"><div class="saved"><i class="el-icon-success"></i> 登记成功</div>' +
      '<el-descriptions :column="1" border size="small"><el-descriptions-item label="受理编号">{{ saved.receipt }}</el-descriptions-item>' +
      '<el-descriptions-item label="来源编号">{{ saved.note }}</el-descriptions-item><el-descriptions-item label="申请人">{{ saved.applicant }}</el-descriptions-item></el-descriptions>' +
      '<div class="after"><el-button type="primary" @click="again">继续登记</el-button><el-button @click="look">查看登记</el-button></div></template>' +
      '<el-form v-else ref="form" :model="form" label-width="100px" size="small" class="registration" @submit.native.prevent="submit">' +
      '<el-alert v-if="whole" :title="whole" type="error" show-icon :closable="false" style="margin-bottom: 16px"></el-alert>' +
      item('来源编号', 'note', '<el-input v-model="form.note" maxlength="40"></el-input>') +
      item('申请人', 'applicant', '<el-autocomplete v-model="form.applicant" :fetch-suggestions="suggest" :trigger-on-focus="false" maxlength="50" placeholder="请输入申请人"></el-autocomplete>') +
      item('申请人类型', 'applicant_type', '<el-radio-group v-model="form.applicant_type"><el-radio label="自然人"></el-radio><el-radio label="法人"></el-radio></el-radio-group>') +
      item('证件类型', 'id_type', select('id_type', 'options.idTypes')) +
      item('证件号码', 'id_number', '<el-input v-model="form.id_number" maxlength="18"></el-input>') +
      item('联系电话', 'phone', '<el-input v-model="form.phone"></el-input>') +
      item('所属镇街', 'town', select('town', 'options.towns', '@change="moved"')) +
      item('村居', 'village', select('village', 'villages', 'filterable :disabled="!form.town" :loading="coming" no-data-text="无数据"')) +
      item('事项名称', 'item', select('item', 'options.items', 'filterable')) +
      item('申请日期', 'applied', '<el-date-picker v-model="form.applied" type="date" value-format="yyyy-MM-dd" format="yyyy-MM-dd" placeholder="选择日期" :editable="false"></el-date-picker>') +
      item('申请渠道', 'channel', select('channel', 'options.channels')) +
      item('容缺受理', 'deficient', '<el-checkbox v-model="form.deficient">是</el-checkbox>') +
      item('备注', 'remark', '<el-input v-model="form.remark" type="textarea" :rows="3" maxlength="500" show-word-limit></el-input>') +
      item('申请材料', 'materials', '<el-upload action="api/upload" :headers="headers" :file-list="files" :on-success="kept" :on-remove="removed" multiple><el-button size="small" icon="el-icon-upload2">选择文件</el-button></el-upload>') +
      '<el-form-item><el-button type="primary" native-type="submit" :loading="busy">提交</el-button><el-button @click="again">重置</el-button></el-form-item>' +
      '</el-form></el-card></div>',
    data: function () {
      return { form: empty(), wrong: {}, whole: '', files: [], villages: [], coming: false, busy: false, saved: null,
        options: { towns: [], items: [], idTypes: [], channels: [] }, headers: { Authorization: 'Bearer ' + localStorage.getItem('token') } };
    },
    computed: { receipt: function () { return state.route.query.no || ''; } },
    watch: { receipt: { immediate: true, handler: 'load' } },
    created: function () {
      var page = this;
      call('api/register/options').then(function (options) { page.options = options; }).catch(function () {});
    },
    methods: {
      load: function () {
        if (!this.receipt) return;
        var page = this;
        call('api/registered/' + encodeURIComponent(page.receipt)).then(function (saved) {
          var form = empty();
          Object.keys(form).forEach(function (name) { form[name] = saved.fields[name]; });
          form.deficient = saved.fields.deficient === '是';
          page.form = form;
          page.files = [];
          page.ask(form.town);
        }).catch(function () {});
      },
      suggest: function (typed, show) {
        call('api/applicants?keyword=' + encodeURIComponent(typed || '')).then(function (names) {
          show(names.map(function (name) { return { value: name }; }));
        }).catch(function () { show([]); });
      },
      moved: function (town) { this.form.village = ''; this.ask(town); },
      ask: function (town) {
        var page = this;
        page.villages = [];
        if (!town) return;
        page.coming = true;
        call('api/villages?town=' + encodeURIComponent(town)).then(function (names) {
          if (page.form.town === town) page.villages = names;
        }).catch(function () {}).then(function () { page.coming = false; });
      },
      kept: function (answer, file, files) { this.files = files; },
      removed: function (file, files) { this.files = files; },
      submit: function () {
        var page = this;
        page.$confirm('确定提交登记？', '提示', { type: 'warning', confirmButtonText: '确定', cancelButtonText: '取消' }).then(page.save).catch(function () {});
      },
      save: function () {
        var page = this;
        page.busy = true;
        page.wrong = {};
        page.whole = '';
        var body = Object.assign({}, page.form, {
          materials: page.files.map(function (file) { return file.response ? file.response.data.name : file.name; })
        });
        var path = page.receipt ? 'api/registered/' + encodeURIComponent(page.receipt) : 'api/registered';
        return call(path, { method: 'POST', body: body }).then(function (saved) { page.saved = saved; }).catch(function (error) {
          var field = error.answer && error.answer.data && error.answer.data.field;
          // An error that is shown already must change to be shown again.
          if (field) page.$nextTick(function () { page.$set(page.wrong, field, error.message); });
          else page.whole = error.message;
        }).then(function () { page.busy = false; });
      },
      again: function () {
        this.form = empty();
        this.files = [];
        this.villages = [];
        this.wrong = {};
        this.whole = '';
        this.saved = null;
        if (this.receipt) go('register');
      },
      look: function () { go('registered/' + encodeURIComponent(this.saved.receipt)); }
    }
  };

  var List = {
    template:
      '<div>' + CRUMBS('登记查询') + '<el-card shadow="never" class="search"><el-form inline size="small" @submit.native.prevent="search">' +
      '<el-form-item label="来源编号"><el-input v-model="keyword" clearable></el-input></el-form-item>' +
      '<el-form-item><el-button type="primary" icon="el-icon-search" native-type="submit">查询</el-button><el-button icon="el-icon-plus" @click="add">新增登记</el-button></el-form-item></el-form></el-card>' +
      '<el-card shadow="never"><el-table :data="rows" v-loading="busy" border stripe size="small">' +
      '<el-table-column prop="receipt" label="受理编号" width="165"></el-table-column>' +
      '<el-table-column prop="note" label="来源编号" width="165"></el-table-column>' +
      '<el-table-column prop="applicant" label="申请人" min-width="160"></el-table-column>' +
      '<el-table-column prop="item" label="事项" min-width="200"></el-table-column>' +
      '<el-table-column prop="time" label="登记时间" width="160"></el-table-column>' +
      '<el-table-column prop="status" label="状态" width="100"></el-table-column>' +
      '<el-table-column label="操作" width="80" align="center"><template slot-scope="line"><el-link type="primary" :underline="false" :href="\'#/registered/\' + line.row.receipt">查看</el-link></template></el-table-column>' +
      '</el-table><el-pagination class="pager" background layout="total" :total="total"></el-pagination></el-card></div>',
    data: function () { return { rows: [], total: 0, keyword: '', busy: false }; },
    computed: { query: function () { return state.route.query; } },
    watch: { query: { immediate: true, handler: 'load' } },
    methods: {
      load: function () {
        if (state.route.name !== 'registered') return;
        var list = this;
        list.keyword = list.query.keyword || '';
        list.busy = true;
        call('api/registered?keyword=' + encodeURIComponent(list.keyword)).then(function (data) {
          list.rows = data.rows;
          list.total = data.total;
        }).catch(function () {}).then(function () { list.busy = false; });
      },
      search: function () { go('registered?' + new URLSearchParams({ keyword: this.keyword })); },
      add: function () { go('register'); }
    }
  };

  var View = {
    template:
      '<div class="detail">' + CRUMBS('登记详情') + '<el-card shadow="never" v-if="saved"><el-descriptions title="登记信息" :column="1" border size="small">' +
      '<el-descriptions-item label="受理编号">{{ saved.receipt }}</el-descriptions-item><el-descriptions-item label="状态">{{ saved.status }}</el-descriptions-item>' +
      '<el-descriptions-item v-for="line in saved.lines" :key="line.name" :label="line.label">{{ line.value }}</el-descriptions-item>' +
      '<el-descriptions-item label="申请材料">{{ saved.files.join("、") }}</el-descriptions-item><el-descriptions-item label="登记时间">{{ saved.time }}</el-descriptions-item></el-descriptions>' +
      '<div class="after"><el-button size="small" @click="correct">修改</el-button></div></el-card></div>',
    data: function () { return { saved: null }; },
    computed: { id: function () { return state.route.name === 'registration' ? state.route.id : ''; } },
    watch: { id: { immediate: true, handler: 'load' } },
    methods: {
      load: function () {
        if (!this.id) return;
        var page = this;
        page.saved = null;
        call('api/registered/' + encodeURIComponent(page.id)).then(function (saved) { page.saved = saved; }).catch(function () {});
      },
      correct: function () { go('register?' + new URLSearchParams({ no: this.id })); }
    }
  };

  return { Register: Form, Registered: List, Registration: View };
};
