# What `queqiao check` says about adapter files.
adapter-error = mistake
adapter-warning = warning
adapter-mend = what to do

adapter-none = there are no adapters in { $root }: no .toml file in selectors, bots or schedules
adapter-none-mend = go to the folder that holds selectors, bots and schedules, or name it with --root DIR
adapter-file = the file cannot be read: { $why }
adapter-file-mend = let the account that runs queqiao read the file
adapter-file-encoding = the file is not UTF-8, so its Chinese cannot be read
adapter-file-encoding-mend = open it in an editor and save it with the encoding UTF-8
adapter-file-large = the file is larger than 1 MB: no adapter is
adapter-file-large-mend = this file was probably put here by mistake; move it away

adapter-toml = this is not TOML: { $why }
adapter-toml-unquoted = a text must stand in quotes
adapter-toml-unquoted-mend = put the text in quotes: "…"
adapter-toml-open = this text has no closing quote
adapter-toml-open-mend = end the text with the quote that it begins with
adapter-toml-twice = this name stands here for the second time
adapter-toml-twice-mend = keep one of the two and remove the other
adapter-toml-escape = after a backslash, this character means nothing
adapter-toml-escape-mend = write \\ for one backslash, or put the text in single quotes: '…'
adapter-toml-equals = between a name and its value there must be =
adapter-toml-equals-mend = write: name = "value"; a name that is not made of letters a-z, digits, - and _ stands in quotes
adapter-toml-value = the value is missing
adapter-toml-value-mend = write a value after =, a text in quotes: "…"
adapter-toml-header = this heading is not closed
adapter-toml-header-mend = write [name] for a heading, [[name]] for one of several
adapter-toml-wide = `{ $letter }` is a full-width sign
adapter-toml-wide-mend = switch the keyboard to half-width and write { $instead }
adapter-toml-comma = a comma is missing here, or one is too many
adapter-toml-comma-mend = put one comma between two values, and none at the end of a table in braces
adapter-toml-close = this bracket or brace is never closed
adapter-toml-close-mend = put the closing ] or {"}"} after the last value

adapter-empty = `{ $key }` is empty
adapter-empty-mend = write something between the quotes, or remove the line
adapter-empty-list = this list is empty
adapter-empty-list-mend = write at least one text into the list, or remove the line
adapter-missing = `{ $key }` is missing here
adapter-missing-mend = add a line: { $line }
adapter-missing-table-mend = add a part: [{ $key }]
adapter-number-range = `{ $key }` must be a whole number from { $least } to { $most }
adapter-type = expected { $expected ->
    [text] a text
    [texts] a text or a list of texts
    [number] a whole number
    [boolean] true or false
    [table] a table
    [tables] a list of tables
   *[other] something else
  }, found { $found ->
    [text] a text
    [number] a number
    [fraction] a number with a fraction
    [boolean] true or false
    [time] a date or time
    [list] a list
    [table] a table
   *[other] something else
  }
adapter-add-quotes = put it in quotes: "{ $written }"
adapter-drop-quotes = write the number without quotes
adapter-unknown-key = unknown key `{ $key }`
adapter-did-you-mean = did you mean `{ $meant }`?
adapter-known-are = known here: { $known }
adapter-nothing-known = nothing of this kind is defined; add it, or remove this
adapter-write = write: { $meant }
adapter-word = unknown word `{ $word }`

adapter-base = this is not the address of a system
adapter-base-mend = write the whole address, like http://10.0.0.8:8080/
adapter-base-secret = an address must not carry a user or a password
adapter-base-secret-mend = remove what stands before the @; the account belongs in the vault
adapter-base-slash = a base address ends with /
adapter-charset = `{ $charset }` is no known encoding
adapter-header = `{ $header }` cannot be the name of a header
adapter-header-mend = use letters, digits and - only, like Authorization
adapter-lend-secret = `{ $header }` would carry a secret that stands in this file
adapter-lend-secret-mend = take it from the browser's storage, like "Bearer {"{"}storage.token{"}"}"

adapter-name = the name `{ $name }` cannot be used in expressions
adapter-name-mend = use letters a-z, digits and _ only, beginning with a letter, like case_no
adapter-page-size = `offset` counts rows, but this page does not say how many a full page has
adapter-page-size-mend = add a line: page_size = 20 (or how many rows a full page shows)
adapter-total = a total belongs to a page with `table` or `rows`
adapter-total-mend = add `table` or `rows` to this page, or remove `total`
adapter-json-table = `table` is for HTML; a JSON answer has `rows`
adapter-json-table-mend = write: rows = "json=$.…[*]"
adapter-mixed-json = this points into JSON, but the page's other locators point into HTML
adapter-mixed-html = this points into HTML, but the page's other locators point into JSON
adapter-mixed-mend = one page is either HTML or JSON; make two pages of it, or use one kind throughout
adapter-column-table = `column=` needs a table, and this page names none
adapter-column-table-mend = add to the page: table = "…", or point at the thing with label= or CSS
adapter-heading-list = `heading=` needs records to stand before, and this page is no list
adapter-heading-list-mend = point at the heading itself with label= or CSS

adapter-locator-empty = nothing is pointed at
adapter-locator-forms = ways to point: column=HEADER, label=LABEL, text=BUTTON, heading=SELECTOR, css=SELECTOR, json=$.PATH
adapter-locator-quote = this quote is never closed
adapter-locator-quote-mend = put another ' after the words
adapter-locator-css = `{ $css }` is not CSS ({ $why })
adapter-locator-css-mend = check that brackets and quotes come in pairs; CSS looks like #grid, .total, td a or input[name=q]
adapter-locator-json = this is not a JSONPath ({ $why })
adapter-locator-json-mend = a JSONPath begins with $, like json=$.data.rows[*]
adapter-locator-pattern = this pattern cannot be read ({ $why })
adapter-locator-pattern-mend = mend the pattern between the slashes, like /(\d+)/; signs such as ( [ . * + ? mean themselves only after a backslash
adapter-locator-kind = unknown way to point: `{ $kind }=`
adapter-column-words = the header ends at the first space, and `{ $word }` after it is no HTML element
adapter-bare-word = `{ $word }` is no HTML element, so this points at nothing
adapter-bare-word-mend = for a table's column write column={ $word }, for a label label={ $word }, for a button text={ $word }

adapter-expression = this expression cannot be read: { $why }
adapter-expression-mend = an expression looks like list.no or list.date | date('%Y-%m-%d'); a fixed text has quotes of its own: "'text'"
adapter-template-close = this closing brace has no opening one
adapter-template-close-mend = for the brace itself, write it twice
adapter-template-open = this brace is never closed
adapter-template-open-mend = close the brace after the name, like {"{"}page{"}"}
adapter-unknown-name = unknown name `{ $name }`
adapter-no-field = `{ $name }` alone is no value; say which field of it
adapter-unknown-field = `{ $row }` has no field `{ $field }`
adapter-no-detail = `{ $name }` is used, but this bot opens no detail page
adapter-no-detail-mend = add to [collect]: detail = "…" (the name of a page)
adapter-unknown-filter = unknown filter `{ $filter }`
adapter-filter-argument = the filter `{ $filter }` needs to know by what, as a text in quotes
adapter-unknown-list = there is no code list [codes.{ $list }]
adapter-date-format = `{ $format }` is no date format
adapter-date-format-mend = %Y year, %m month, %d day, %H hour, %M minute, %S second, like '%Y-%m-%d %H:%M:%S'
adapter-date-part = `{ $format }` does not make a whole date
adapter-date-part-mend = a date needs year %Y, month %m and day %d, like '%Y-%m-%d'
adapter-time-part = `{ $format }` does not make a whole date with a time
adapter-time-part-mend = a time needs year %Y, month %m, day %d, hour %H and minute %M, like '%Y-%m-%d %H:%M'; for a day without a time use the filter date

adapter-unknown-system = there is no system `{ $system }` (no file selectors/{ $system }.toml)
adapter-account = the login uses secrets, but the bot names no account
adapter-account-mend = add above [login]: account = "{ $bot }" (the account's name in the vault)
adapter-unknown-page = the system `{ $system }` has no page `{ $page }`
adapter-unknown-thing = the page `{ $page }` has nothing called `{ $name }`
adapter-no-page = no page has been opened yet
adapter-no-page-mend = put a step before it: {"{"} open = "login" {"}"}
adapter-json-thing = this points into a JSON answer, where nothing can be filled in or pressed
adapter-json-thing-mend = point at the field or button on the page with label=, text= or CSS
adapter-step = a step does exactly one thing
adapter-step-mend = one of: {"{"} open = "PAGE" {"}"}, {"{"} fill = {"{"} FIELD = "TEXT" {"}"} {"}"}, {"{"} click = "BUTTON" {"}"}
adapter-form-step-mend = one of: {"{"} open = "PAGE" {"}"}, {"{"} on = "PAGE" {"}"}, {"{"} fill = {"{"} FIELD = "TEXT" {"}"} {"}"}, {"{"} choose = … {"}"}, {"{"} date = … {"}"}, {"{"} upload = … {"}"}, {"{"} click = "BUTTON" {"}"}, {"{"} press = {"{"} THING = "Enter" {"}"} {"}"}, {"{"} wait = "THING" {"}"}, {"{"} read = {"{"} NAME = "THING" {"}"} {"}"}, {"{"} dialog = {"{"} confirm = "WORDS" {"}"} {"}"}, {"{"} ask = … {"}"}, {"{"} compare = true {"}"}, {"{"} submit = "BUTTON" {"}"}
adapter-submit = the last step of a form submits it, and no other step does
adapter-submit-mend = end the steps with {"{"} submit = "BUTTON" {"}"}; buttons that do not send the form are pressed with click
adapter-http-step = plain HTTP can't do this step: `{ $step }`
adapter-http-step-mend = remove via = "http" from [enter.form], so that the form is worked in a browser
adapter-dialog = this does not say how the dialog is answered
adapter-form-press = this does not say which key is pressed in which thing
adapter-no-find = nothing says how the target is asked whether it has a record already: whenever the outcome of a submission is not seen, a person has to look
adapter-no-find-mend = add a part [enter.find] with a list page of the target that can be searched for the mark
adapter-no-proof = nothing says how the page shows that it has taken the form
adapter-no-proof-mend = add to [enter.form]: proof = {"{"} receipt = "label=受理编号" {"}"}, or done = "text=…"
adapter-no-link = `{ $name }` is for bots that update: there is no other record yet
adapter-no-link-mend = use case.…, or say in [enter]: does = "update"
adapter-both = a bot either reads or enters: `[{ $key }]` does not belong into one with [enter]
adapter-both-mend = make two files of it: one bot that reads, and one that enters
adapter-find-page = the page `{ $page }` can't tell that a record is not there: it is not searched for the record, and does not say how many rows there are
adapter-find-page-mend = put {"{"}mark{"}"} into its address, for example path = "list?keyword={"{"}mark{"}"}", or add to [page.{ $page }]: total = "…"
adapter-find-row = every row of the list would be taken for the record
adapter-no-receipt = the page `{ $page }` needs the number that the target gave, and nothing reads that number
adapter-no-receipt-mend = add to [enter.find]: receipt = "list.…", or to [enter.form]: proof = {"{"} receipt = "label=受理编号" {"}"}
adapter-secret = a secret must not stand in a file: `{ $name }`
adapter-secret-mend = write {"{"}secret.password{"}"} and put the password into the vault; change it, since it has been in a file
adapter-no-list = the page `{ $page }` shows no list
adapter-no-list-mend = add to [page.{ $page }]: table = "…" (for HTML), or rows = "json=$.…[*]" (for JSON)
adapter-detail-path = the page `{ $detail }` takes `{ $name }` for its address, which this bot's list does not have
adapter-detail-path-mend = add `{ $name }` to [page.{ $list }.at], or use a field of that page
adapter-detail-paged = the page `{ $detail }` takes `{ $name }` for its address, so it is no page of one case
adapter-detail-paged-mend = name a page whose path uses only list.…, like path = "{"{"}list.detail{"}"}"
adapter-row-range = `{ $written }` does not say how many rows
adapter-row-range-mend = write "1.." for at least one, "1..5000" for one to 5000
adapter-unseen = the list `{ $page }` shows neither where a case stands nor when it was touched last: what changes on a detail is never seen again
adapter-unseen-mend = add such a field of the list, or write changed = "always" (every detail in every run) or reread = "5 %" (each within 20 runs)
adapter-percent = `{ $written }` is no percentage
adapter-unknown-case-field = a case has no field `{ $field }`
adapter-unconverted = `{ $field }` takes what the page shows as it is; without the filter { $filters } it will hardly be understood
adapter-unused-list = no field uses the code list `{ $list }`
adapter-unused-list-mend = use it with | code('{ $list }'), or remove it
adapter-code = `{ $word }` is none of our words for `{ $field }`
adapter-region = `{ $code }` is no region code
adapter-region-mend = a town has 9 digits, a village 12, as a text: "371312104"

adapter-saved-outside = `{ $file }` lies outside the adapters' folder
adapter-saved-outside-mend = copy the page into the folder and name it from there, like tests/pages/water/list.html
adapter-saved-missing = there is no file `{ $file }`
adapter-saved-missing-mend = save the page there, or correct the name; it counts from the folder that holds selectors and bots
adapter-test-total = the page `{ $page }` does not say where its total stands
adapter-test-total-mend = add to [page.{ $page }]: total = "…", or remove this
adapter-test-nothing = this test expects nothing
adapter-test-nothing-mend = add what must be read: rows = 20, total = 100 or first = {"{"} … {"}"}

adapter-unknown-bot = there is no bot `{ $bot }` (no file bots/{ $bot }.toml)
adapter-bot-twice = `{ $bot }` stands in this list twice
adapter-bot-twice-mend = remove one
adapter-cron = this cron expression cannot be read: { $why }
adapter-cron-fields = a cron expression has five fields, or six with seconds; here there are { $count }
adapter-cron-field = `{ $written }` is no { $part } ({ $range })
adapter-cron-mend = minute hour day month weekday, like "*/5 8-18 * * 1-5"; seconds may stand before them
adapter-cron-both = day and weekday are both restricted, and programs disagree about what that means
adapter-cron-both-mend = leave one of the two as *, or make two schedules
adapter-cron-form = L, W and # cannot be used here
adapter-cron-form-mend = name the days by their numbers, like "0 9 28 * *"
adapter-zone = `{ $zone }` is no time zone
adapter-duration = `{ $written }` is no time span up to 24 hours
adapter-duration-mend = write a number with s, m or h: "30s", "5m", "2h"
adapter-schedule-when-mend = add a line: cron = "…" (when it runs), or after = ["…"] (the bots after which it runs)
adapter-schedule-name = `{ $name }` cannot be the name of a schedule
adapter-schedule-name-mend = leave out # and /; schedules without a name are called FILE#1, FILE#2, …
adapter-schedule-twice = there is another schedule called `{ $name }` ({ $other })
adapter-schedule-twice-mend = give one of the two another name
adapter-after-circle = these bots run after each other in a circle: { $circle }
adapter-after-circle-mend = remove one from its `after`, and give that schedule a cron
adapter-retry-most = the longest pause is shorter than the first
adapter-retry-most-mend = write the longer one as `most`: retry = {"{"} times = 3, first = "5s", most = "2m" {"}"}
adapter-hours = `{ $written }` is no span of the day
adapter-hours-mend = write two times with a hyphen between, like "08:30-12:00", or "22:00-06:00" over midnight
adapter-hours-empty = `{ $written }` begins and ends at the same minute
adapter-hours-empty-mend = for the whole day write "00:00-24:00", or remove the line
adapter-moment = `{ $written }` is no day with a time
adapter-moment-mend = write it like "2026-12-01 22:00"
adapter-window-end = this ends before it begins
adapter-window-end-mend = write the later one as `until`
adapter-spoken-after = After { $bots } has brought something new.

adapter-stray = this file is not read: its name does not end in .toml
adapter-stray-mend = rename it so that it ends in .toml (Windows may hide an ending .txt), or move it away
adapter-test-word = `is { $word }` cannot be used here
adapter-test-word-mend = compare with ==, or give an empty field a value with the filter default
adapter-column-maybe = `{ $word }` is read as an HTML element in the cell, not as part of the header
adapter-table-mend = write it as a part of its own under a heading [NAME], or in braces: {"{"} … {"}"}
adapter-known-or-text = known here: { $known }; if it is meant as a fixed text, write "'{ $text }'"
adapter-list-only = `{ $name }` is not known here: only the list has been read when this is needed
adapter-list-only-mend = use a field of the list: list.…

adapter-press = `{ $key }` belongs to something that is pressed, and this page has no `press`
adapter-press-mend = add: press = "text=…" (what is pressed to get to this page), or remove this
adapter-paging = `{ $key }` is a second way to go on, and a list goes on in one way
adapter-paging-mend = keep one of: {"{"}page{"}"} or {"{"}offset{"}"} in the address, next, more, scroll, cursor
adapter-paging-name = `{ $key }` is set, but neither `path` nor `post` says where it goes ({ $names })
adapter-paging-name-mend = write { $names } into `path` or `post`, like path = "list.do?q={ $names }"
adapter-paging-key = the address uses `{ $name }`, but this page has no `{ $key }`
adapter-paging-key-mend = add `{ $key }` to this page, or remove it from the address
adapter-day = `{ $written }` is no day
adapter-reserved = a page called `{ $name }` cannot stand here: in expressions that name means something else
adapter-reserved-mend = give the page another name
adapter-steps = only a login by steps has steps
adapter-steps-mend = remove `steps`, or `by`
adapter-ask = `ask` says which field takes the answer to which picture
adapter-ask-kind = `as` says what a person has to give: captcha (what a picture says), code (one that came by phone) or decision
adapter-pressed = the page `{ $page }` is pressed open from a row of the list, but the list is not read in the browser
adapter-pressed-mend = write on the list's page: via = "browser", or give `path` to the page that is pressed open
adapter-with = the page `{ $page }` stands on `{ $with }`, which this bot does not read
adapter-with-mend = name it: detail = "{ $with }", or also = ["{ $with }"]
