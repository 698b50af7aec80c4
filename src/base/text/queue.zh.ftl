# 计划为什么运行或没有运行。
timetable-day-off = { $date } 不上班，这个计划只在工作日运行
timetable-outside-hours = 不在这个计划的运行时段内
timetable-rests = 这个计划停到 { $until }：{ $because }
timetable-maintenance = 系统 { $system } 停用到 { $until }：{ $because }
timetable-quiet = 到 { $until } 为止不打扰系统 { $system }（它的静默时段）
timetable-follows = 不按钟点：这些机器人采到新内容之后运行：{ $bots }
timetable-not-due = 没有到点：之前一次是 { $before }，之后一次是 { $after }
timetable-not-due-yet = 没有到点：第一次是 { $after }
timetable-not-due-any-more = 没有到点：最后一次是 { $before }
timetable-never-due = 定时写法里的日期根本不存在
timetable-due = 到点时间是 { $due }，但没有任何记录：当时没有引擎在运行，或计划还不是现在这样
