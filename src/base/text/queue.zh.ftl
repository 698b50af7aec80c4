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

# 时刻为什么没有运行
why-no-calendar = 不知道这一年的工作日：{ $reason }
why-paused = { $by } 自 { $at } 起暂停了这个计划：{ $because }
why-running = 机器人 { $bot } 还在运行（计划 { $schedule }，{ $since } 的那一次）
why-waiting = 机器人 { $bot } 已有一次在排队（计划 { $schedule }，{ $since } 的那一次）
why-replaced = 为后一次让路，机器人 { $bot } 的这一次被中止
why-no-engine = 当时没有引擎在运行，{ $seen } 才补记
why-caught = 当时没有引擎在运行，由 { $by } 的那一次补上
why-late = 当时没有引擎在运行，{ $at } 补跑
why-after = 机器人 { $bot } 带来了新内容（运行 { $run }）
why-entries = 机器人 { $bot } 有到期的录入
why-run = 机器人 { $bot }：{ $reason }（第 { $tries } 次尝试，结果 { $outcome }）
why-handed-back = 引擎 { $worker } 停止时交还，等下一个引擎接手
why-no-bot = 文件里已经没有机器人 { $bot }
