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
