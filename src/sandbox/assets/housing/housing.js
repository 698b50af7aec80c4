/* The list of the practice housing fund system: a datagrid whose rows come by POST. */
(function ($) {
  'use strict';

  // A session that ended answers with a page where rows were asked for.
  $.ajaxSetup({
    dataFilter: function (text) {
      if (text.charAt(0) === '<') window.location.replace('/index.action');
      return text;
    }
  });

  function look(value, row) { return '<a href="javascript:;" class="look" data-id="' + row.id + '">查看</a>'; }
  function state(value) { return '<span class="state">' + value + '</span>'; }
  function sum(field) {
    return function () { var footer = $('#grid').bootstrapTable('getFooterData')[0]; return footer ? footer[field] || '' : ''; };
  }

  var $grid = $('#grid');
  $grid.bootstrapTable({
    url: 'query.action',
    method: 'post',
    contentType: 'application/x-www-form-urlencoded',
    dataType: 'json',
    sidePagination: 'server',
    pagination: true,
    pageSize: Number(new URLSearchParams(location.search).get('rows')) || 50,
    pageList: [],
    paginationLoop: false,
    paginationPreText: '上一页',
    paginationNextText: '下一页',
    height: Math.max(320, $(window).height() - 78),
    showFooter: true,
    fixedColumns: true,
    fixedNumber: 1,
    fixedRightNumber: 1,
    escape: true,
    undefinedText: '',
    queryParams: function (wanted) {
      return { page: Math.floor(wanted.offset / wanted.limit) + 1, rows: wanted.limit, bjzt: $('#bjzt').val(), gjz: $('#gjz').val() };
    },
    responseHandler: function (answer) {
      var footer = { ywlsh: '', sqr: '', zjhm: '', sxmc: '', je: '', ssxz: '', slsj: '', cnbjsj: '', gxsj: '', zt: '', cz: '' };
      return { total: answer.total, rows: answer.rows, footer: $.extend(footer, answer.footer[0]) };
    },
    formatShowingRows: function (from, to, total) { return '显示 ' + from + ' 到 ' + to + '，共 ' + total + ' 条'; },
    formatRecordsPerPage: function () { return ''; },
    formatLoadingMessage: function () { return '正在加载，请稍候'; },
    formatNoMatches: function () { return '没有找到匹配的记录'; },
    columns: [
      [
        { field: 'ywlsh', title: '业务流水号', rowspan: 2, width: 165, valign: 'middle', footerFormatter: sum('ywlsh') },
        { title: '申请人', colspan: 2, align: 'center' },
        { title: '申请业务', colspan: 2, align: 'center' },
        { field: 'ssxz', title: '所属乡镇', rowspan: 2, width: 100, valign: 'middle' },
        { title: '时间', colspan: 3, align: 'center' },
        { field: 'zt', title: '业务状态', rowspan: 2, width: 100, valign: 'middle', align: 'center', escape: false, formatter: state },
        { field: 'cz', title: '操作', rowspan: 2, width: 70, valign: 'middle', align: 'center', escape: false, formatter: look }
      ],
      [
        { field: 'sqr', title: '名称', width: 220, footerFormatter: sum('sqr') },
        { field: 'zjhm', title: '证件号码', width: 170 },
        { field: 'sxmc', title: '事项', width: 260 },
        { field: 'je', title: '金额（元）', width: 110, align: 'right', footerFormatter: sum('je') },
        { field: 'slsj', title: '受理', width: 155 },
        { field: 'cnbjsj', title: '承诺办结', width: 130 },
        { field: 'gxsj', title: '更新', width: 155 }
      ]
    ]
  });

  $('#search').on('click', function () { $grid.bootstrapTable('refresh', { pageNumber: 1 }); });
  $('#clear').on('click', function () { $('#searchForm')[0].reset(); $grid.bootstrapTable('refresh', { pageNumber: 1 }); });

  layui.use('layer', function () {
    $(document).on('click', 'a.look', function () {
      layui.layer.open({ type: 2, title: '业务详情', area: ['880px', '92%'], shade: 0.3, content: 'edit.action?id=' + $(this).data('id') });
    });
  });
})(jQuery);
