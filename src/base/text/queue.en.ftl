# Why a schedule runs or does not.
timetable-day-off = { $date } is a day off, and the schedule runs on working days
timetable-outside-hours = outside of the schedule's hours
timetable-rests = the schedule rests until { $until }: { $because }
timetable-maintenance = the system { $system } is shut until { $until }: { $because }
timetable-quiet = the system { $system } is left alone until { $until } (its quiet hours)
timetable-follows = not by the clock: it runs when one of these has brought something new: { $bots }
timetable-not-due = not due: before at { $before }, after at { $after }
timetable-not-due-yet = not due: for the first time at { $after }
timetable-not-due-any-more = not due: for the last time at { $before }
timetable-never-due = its cron names no day that exists
timetable-due = due at { $due }, and nothing is known of it: no engine was running, or the schedule was not this one then

# Why an instant did not become a run
why-no-calendar = the working days of that year are not known: { $reason }
why-paused = paused by { $by } since { $at }: { $because }
why-running = bot { $bot } was still running (schedule { $schedule }, due { $since })
why-waiting = bot { $bot } had a run waiting already (schedule { $schedule }, due { $since })
why-replaced = this run of { $bot } was given up for a later one
why-no-engine = no engine was running; written down at { $seen }
why-caught = no engine was running; made up for by { $by }
why-late = no engine was running; run late, at { $at }
why-after = bot { $bot } had brought something new (run { $run })
why-entries = bot { $bot } had entries that were due
why-run = bot { $bot }: { $reason } (try { $tries }, { $outcome })
why-handed-back = handed back when engine { $worker } stopped; the next one takes it up
why-no-bot = bot { $bot } stands in no file any more
