//! What fields of widgets hold, and where something is entered into them.

use queqiao::extract::{mark_entry, read};

use super::{at, html};

fn held(label: &str, text: &str) -> Option<String> {
    read(&at(&format!("label={label}")), &html(text)).unwrap()
}

#[test]
fn several_choices_are_read_from_their_tags() {
    let select = r#"<div class="el-form-item"><label class="el-form-item__label">经营范围</label><div class="el-form-item__content"><div class="el-select">
        <div class="el-select__tags"><span><span class="el-tag"><span class="el-select__tags-text">食品</span><i class="el-tag__close"></i></span><span class="el-tag"><span class="el-select__tags-text">烟草</span></span></span></div>
        <div class="el-input"><input readonly class="el-input__inner" value=""><span class="el-input__suffix"><i class="el-icon-arrow-up"></i></span></div></div></div></div>"#;
    assert_eq!(held("经营范围", select).as_deref(), Some("食品、烟草"));
}

#[test]
fn boxes_of_layui_are_read_and_entered_though_they_are_hidden() {
    let radio = "<div class=layui-form-item><label class=layui-form-label>性别</label><div class=layui-input-block>
        <input data-queqiao=1 data-queqiao-hidden type=radio name=s title=男><div class='layui-unselect layui-form-radio'><i class=layui-icon></i><div>男</div></div>
        <input data-queqiao=2 data-queqiao-hidden type=radio name=s title=女 checked><div class='layui-unselect layui-form-radio'><i class=layui-icon></i><div>女</div></div></div></div>";
    assert_eq!(held("性别", radio).as_deref(), Some("女"));
    assert_eq!(mark_entry(&at("label=性别"), &html(radio)).unwrap(), 1);
}

#[test]
fn two_questions_of_one_name_are_never_entered_into_the_first() {
    let two = "<p><label>同意</label><input data-queqiao=1 type=checkbox></p><p><label>同意</label><input data-queqiao=2 type=checkbox></p>";
    assert!(mark_entry(&at("label=同意"), &html(two)).is_err());
}
