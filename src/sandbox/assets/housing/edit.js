/* Fills the form of the practice housing fund system: from what the page brings along, and from two further requests. */
(function ($) {
  'use strict';

  var $form = $('#editForm');
  var id = $form.data('id');

  function fill(values) {
    $.each(values, function (name, value) {
      $form.find('[name="' + name + '"]').each(function () {
        if (this.type === 'radio') this.checked = this.value === String(value);
        else $(this).val(String(value));
      });
    });
  }

  fill(JSON.parse($('#account').text()));
  $.getJSON('load.action', { id: id }, function (answer) { fill(answer.data); });
  $.getJSON('process.action', { id: id }, function (answer) {
    $.each(answer.rows, function (index, step) {
      var $row = $('<tr>').appendTo('.steps tbody');
      $.each([step.xh, step.hjmc, step.clr, step.clsj], function (at, value) { $('<td>').text(value).appendTo($row); });
    });
  });
})(jQuery);
