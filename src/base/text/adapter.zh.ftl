# What `queqiao check` says about adapter files.
adapter-error = 错误
adapter-warning = 提醒
adapter-mend = 改法

adapter-none = { $root } 里没有适配文件：selectors、bots、schedules 里都没有 .toml 文件
adapter-none-mend = 到放着 selectors、bots、schedules 的文件夹里再运行，或用 --root 目录 指明它在哪里
adapter-file = 文件读不了：{ $why }
adapter-file-mend = 让运行 queqiao 的账号有权读取这个文件
adapter-file-encoding = 文件不是 UTF-8 编码，里面的中文读不出来
adapter-file-encoding-mend = 用编辑器打开，另存为 UTF-8 编码
adapter-file-large = 文件超过 1 MB，适配文件不会这么大
adapter-file-large-mend = 这个文件多半是放错了地方，请移走

adapter-toml = 不符合 TOML 写法：{ $why }
adapter-toml-unquoted = 文字要放在引号里
adapter-toml-unquoted-mend = 给文字加上半角引号："…"
adapter-toml-open = 这段文字缺少后引号
adapter-toml-open-mend = 前面用的是哪种引号，结尾就补上哪种
adapter-toml-twice = 这个名字重复出现了
adapter-toml-twice-mend = 两处只留一处
adapter-toml-escape = 反斜杠后面不能跟这个字符
adapter-toml-escape-mend = 一个反斜杠要写成 \\，或者把文字放在单引号里：'…'
adapter-toml-equals = 名字和值之间要有 =
adapter-toml-equals-mend = 写成：名字 = "值"；名字里若有字母 a-z、数字、- 和 _ 以外的字，名字也要加引号
adapter-toml-value = 缺少值
adapter-toml-value-mend = 在 = 后面写上值，文字要加引号："…"
adapter-toml-header = 这个标题没有写完整
adapter-toml-header-mend = 标题写成 [名字]，多个中的一个写成 [[名字]]
adapter-toml-wide = 这里用了全角符号 { $letter }
adapter-toml-wide-mend = 换成半角符号 { $instead }
adapter-toml-comma = 这里少了或多了一个逗号
adapter-toml-comma-mend = 两个值之间写一个半角逗号；花括号里最后一个值后面不写
adapter-toml-close = 这个括号没有配对
adapter-toml-close-mend = 在最后一个值后面补上 ] 或 {"}"}

adapter-empty = “{ $key }”是空的
adapter-empty-mend = 在引号里写上内容，或删掉这一行
adapter-empty-list = 这个列表是空的
adapter-empty-list-mend = 至少写一段文字，或删掉这一行
adapter-missing = 这里缺少“{ $key }”
adapter-missing-mend = 加一行：{ $line }
adapter-missing-table-mend = 加一段：[{ $key }]
adapter-number-range = “{ $key }”要填 { $least } 到 { $most } 的整数
adapter-type = 这里要填{ $expected ->
    [text] 一段文字
    [texts] 一段文字或一列文字
    [number] 整数
    [boolean] true 或 false
    [table] 一个表
    [tables] 一列表
   *[other] 别的内容
  }，现在填的是{ $found ->
    [text] 文字
    [number] 数字
    [fraction] 小数
    [boolean] 真假值
    [time] 日期或时间
    [list] 列表
    [table] 表
   *[other] 别的内容
  }
adapter-add-quotes = 加上引号："{ $written }"
adapter-drop-quotes = 数字不要加引号
adapter-unknown-key = 不认识的键“{ $key }”
adapter-did-you-mean = 是不是想写“{ $meant }”？
adapter-known-are = 这里可以写：{ $known }
adapter-nothing-known = 还没有定义任何这类名字；请先定义，或去掉这一处
adapter-write = 写成：{ $meant }
adapter-word = 不认识的词“{ $word }”

adapter-base = 这不是一个系统的网址
adapter-base-mend = 写完整的网址，例如 http://10.0.0.8:8080/
adapter-base-secret = 网址里不能带用户名或密码
adapter-base-secret-mend = 去掉 @ 前面的内容；账号要放在保险箱里
adapter-base-slash = 网址要以 / 结尾
adapter-charset = 没有“{ $charset }”这种编码
adapter-header = “{ $header }”不能用作请求头的名字
adapter-header-mend = 只用英文字母、数字和 -，例如 Authorization
adapter-lend-secret = “{ $header }”会把机密写在文件里
adapter-lend-secret-mend = 改为从浏览器存储里取，例如 "Bearer {"{"}storage.token{"}"}"

adapter-name = 名字“{ $name }”不能用在表达式里
adapter-name-mend = 只用英文字母、数字和 _，以字母开头，例如 case_no
adapter-page-size = “offset”按行计数，但这一页没有说明满页有多少行
adapter-page-size-mend = 加一行，例如：page_size = 20（满页有几行就填几）
adapter-total = 只有写了“table”或“rows”的页面才能有总数
adapter-total-mend = 给这一页加上“table”或“rows”，或去掉“total”
adapter-json-table = “table”用于网页，JSON 数据要用“rows”
adapter-json-table-mend = 写成：rows = "json=$.…[*]"
adapter-mixed-json = 这一处指向 JSON 数据，而本页其他定位指向网页
adapter-mixed-html = 这一处指向网页，而本页其他定位指向 JSON 数据
adapter-mixed-mend = 一页要么是网页，要么是 JSON 数据；请拆成两页，或统一成一种
adapter-column-table = “column=”要有表格才能用，而本页没有指明表格
adapter-column-table-mend = 给这一页加上 table = "…"，或改用 label= 或 CSS 定位
adapter-heading-list = “heading=”要有记录才能用，而本页不是列表
adapter-heading-list-mend = 直接用 label= 或 CSS 指向这个标题

adapter-locator-empty = 没有写明要找什么
adapter-locator-forms = 定位的写法：column=表头、label=标签、text=按钮文字、heading=分组标题的选择器、css=选择器、json=$.路径
adapter-locator-quote = 这个引号没有配对
adapter-locator-quote-mend = 在文字后面补一个 '
adapter-locator-css = “{ $css }”不是 CSS 选择器（{ $why }）
adapter-locator-css-mend = 检查括号和引号是否成对；CSS 选择器的样子：#grid、.total、td a、input[name=q]
adapter-locator-json = 这不是 JSONPath（{ $why }）
adapter-locator-json-mend = JSONPath 以 $ 开头，例如 json=$.data.rows[*]
adapter-locator-pattern = 这个模式读不懂（{ $why }）
adapter-locator-pattern-mend = 改正两个斜杠之间的模式，例如 /(\d+)/；( [ . * + ? 这些符号前面加反斜杠才表示它本身
adapter-locator-kind = 不认识的定位方式“{ $kind }=”
adapter-column-words = 表头到第一个空格为止，而后面的“{ $word }”不是 HTML 元素
adapter-bare-word = “{ $word }”不是 HTML 元素，这样什么也找不到
adapter-bare-word-mend = 表格的一列写 column={ $word }，标签写 label={ $word }，按钮写 text={ $word }

adapter-expression = 这个表达式读不懂：{ $why }
adapter-expression-mend = 表达式的样子：list.no，或 list.date | date('%Y-%m-%d')；固定的文字要再加一层引号："'文字'"
adapter-template-close = 这个右花括号没有对应的左花括号
adapter-template-close-mend = 要写花括号本身，就连写两个
adapter-template-open = 这个花括号没有配对
adapter-template-open-mend = 在名字后面补上右花括号，例如 {"{"}page{"}"}
adapter-unknown-name = 不认识的名字“{ $name }”
adapter-no-field = 只写“{ $name }”还不够，要写明是它的哪个字段
adapter-unknown-field = “{ $row }”里没有字段“{ $field }”
adapter-no-detail = 用到了“{ $name }”，但这个机器人不打开详情页
adapter-no-detail-mend = 在 [collect] 里加上：detail = "…"（页面的名字）
adapter-unknown-filter = 不认识的处理“{ $filter }”
adapter-filter-argument = 处理“{ $filter }”后面要在括号里写明按什么处理，并加引号
adapter-unknown-list = 没有代码表 [codes.{ $list }]
adapter-date-format = “{ $format }”不是日期格式
adapter-date-format-mend = %Y 年、%m 月、%d 日、%H 时、%M 分、%S 秒，例如 '%Y-%m-%d %H:%M:%S'
adapter-date-part = “{ $format }”不是一个完整的日期
adapter-date-part-mend = 日期要有年 %Y、月 %m、日 %d，例如 '%Y-%m-%d'
adapter-time-part = “{ $format }”不是一个完整的日期和时间
adapter-time-part-mend = 时间要有年 %Y、月 %m、日 %d、时 %H、分 %M，例如 '%Y-%m-%d %H:%M'；只有日期没有时间的，改用 date

adapter-unknown-system = 没有系统“{ $system }”（缺少文件 selectors/{ $system }.toml）
adapter-account = 登录要用到机密，但没有写明用哪个账号
adapter-account-mend = 在 [login] 上方加上：account = "{ $bot }"（保险箱里的账号名）
adapter-unknown-page = 系统“{ $system }”没有页面“{ $page }”
adapter-unknown-thing = 页面“{ $page }”上没有叫“{ $name }”的东西
adapter-no-page = 还没有打开任何页面
adapter-no-page-mend = 在前面加一步：{"{"} open = "login" {"}"}
adapter-json-thing = 这指向 JSON 数据，那里没有可填写或点击的东西
adapter-json-thing-mend = 用 label=、text= 或 CSS 指向页面上的输入框或按钮
adapter-step = 一步只做一件事
adapter-step-mend = 三种里选一种：{"{"} open = "页面" {"}"}、{"{"} fill = {"{"} 输入框 = "内容" {"}"} {"}"}、{"{"} click = "按钮" {"}"}
adapter-form-step-mend = 可用的步骤：{"{"} open = "页面" {"}"}、{"{"} on = "页面" {"}"}、{"{"} fill = {"{"} 字段 = "文字" {"}"} {"}"}、{"{"} choose = … {"}"}、{"{"} date = … {"}"}、{"{"} upload = … {"}"}、{"{"} click = "按钮" {"}"}、{"{"} press = {"{"} 东西 = "Enter" {"}"} {"}"}、{"{"} wait = "东西" {"}"}、{"{"} read = {"{"} 名称 = "东西" {"}"} {"}"}、{"{"} dialog = {"{"} confirm = "文字" {"}"} {"}"}、{"{"} ask = … {"}"}、{"{"} compare = true {"}"}、{"{"} submit = "按钮" {"}"}
adapter-submit = 表单的最后一步必须是提交（submit），其他步骤不能提交
adapter-submit-mend = 以 {"{"} submit = "按钮" {"}"} 结尾；不提交表单的按钮用 click
adapter-http-step = 直接走 HTTP 做不了这一步：“{ $step }”
adapter-http-step-mend = 去掉 [enter.form] 里的 via = "http"，改由浏览器填写
adapter-dialog = 没有写明怎样回答这个对话框
adapter-form-press = 没有写明在哪个东西里按哪个键
adapter-no-find = 没有写明怎样在目标系统里查重：每当看不到提交结果时，就只能由人去查
adapter-no-find-mend = 加上 [enter.find]，写明用哪个列表页按标识查询
adapter-no-proof = 没有写明页面怎样表示已经收下
adapter-no-proof-mend = 在 [enter.form] 里加上：proof = {"{"} receipt = "label=受理编号" {"}"}，或 done = "text=…"
adapter-no-link = “{ $name }”只能用在回写（update）的机器人里：这里还没有另一条记录
adapter-no-link-mend = 改用 case.…，或在 [enter] 里写 does = "update"
adapter-both = 一个机器人要么采集，要么录入：有 [enter] 的文件里不能有 [{ $key }]
adapter-both-mend = 分成两个文件：一个机器人采集，另一个录入
adapter-find-page = 页面“{ $page }”看不出有没有这条记录：它既没有按标识查询，也没有写明一共多少条
adapter-find-page-mend = 在它的地址里写上 {"{"}mark{"}"}，例如 path = "list?keyword={"{"}mark{"}"}"，或在 [page.{ $page }] 里加上：total = "…"
adapter-find-row = 这样写，列表里的每一行都会被当成这条记录
adapter-no-receipt = 页面“{ $page }”要用目标系统给的编号，但没有写明从哪里读这个编号
adapter-no-receipt-mend = 在 [enter.find] 里加上：receipt = "list.…"，或在 [enter.form] 里加上：proof = {"{"} receipt = "label=受理编号" {"}"}
adapter-secret = 机密不能写在文件里：“{ $name }”
adapter-secret-mend = 写成 {"{"}secret.password{"}"}，密码放进保险箱；这个密码已经写进过文件，请到系统里改掉
adapter-no-list = 页面“{ $page }”不是列表
adapter-no-list-mend = 在 [page.{ $page }] 里加上：table = "…"（网页），或 rows = "json=$.…[*]"（JSON 数据）
adapter-detail-path = 页面“{ $detail }”的地址要用“{ $name }”，而这个机器人的列表里没有它
adapter-detail-path-mend = 在 [page.{ $list }.at] 里加上“{ $name }”，或改用那一页已有的字段
adapter-detail-paged = 页面“{ $detail }”的地址里有“{ $name }”，它不是一个办件的详情页
adapter-detail-paged-mend = 换成地址里只用 list.… 的页面，例如 path = "{"{"}list.detail{"}"}"
adapter-row-range = “{ $written }”没有写明多少行
adapter-row-range-mend = 至少一行写 "1.."，1 到 5000 行写 "1..5000"
adapter-unseen = 列表“{ $page }”既不显示办件状态，也不显示更新时间：详情以后有变化也看不出来
adapter-unseen-mend = 在列表上加一个这样的字段，或者写 changed = "always"（每次都打开每一件的详情），或者写 reread = "5 %"（每件在 20 次运行之内重读一遍）
adapter-percent = “{ $written }”不是百分比
adapter-unknown-case-field = 办件没有字段“{ $field }”
adapter-unconverted = “{ $field }”直接用了页面上的原文；不加 | { $filters } 多半认不出来
adapter-unused-list = 没有字段用到代码表“{ $list }”
adapter-unused-list-mend = 用 | code('{ $list }') 来用它，或把它删掉
adapter-code = “{ $word }”不是“{ $field }”的统一用词
adapter-region = “{ $code }”不是区划代码
adapter-region-mend = 镇街 9 位数字，村居 12 位数字，并加引号："371312104"

adapter-saved-outside = “{ $file }”不在适配文件夹里
adapter-saved-outside-mend = 把页面复制进来，从该文件夹写起，例如 tests/pages/water/list.html
adapter-saved-missing = 没有文件“{ $file }”
adapter-saved-missing-mend = 把页面保存到那里，或改正文件名；路径从放着 selectors 和 bots 的文件夹写起
adapter-test-total = 页面“{ $page }”没有写明总数在哪里
adapter-test-total-mend = 在 [page.{ $page }] 里加上 total = "…"，或去掉这一行
adapter-test-nothing = 这个测试没有写明应当读到什么
adapter-test-nothing-mend = 加上应当读到的内容：rows = 20、total = 100 或 first = {"{"} … {"}"}

adapter-unknown-bot = 没有机器人“{ $bot }”（缺少文件 bots/{ $bot }.toml）
adapter-bot-twice = “{ $bot }”在这里写了两次
adapter-bot-twice-mend = 去掉一个
adapter-cron = 这个定时写法读不懂：{ $why }
adapter-cron-fields = 定时写法有五段，带秒的有六段；这里有 { $count } 段
adapter-cron-field = “{ $written }”不能作为{ $part ->
    [second] 秒
    [minute] 分
    [hour] 时
    [day] 日
    [month] 月
   *[weekday] 星期
  }（{ $range }）
adapter-cron-mend = 依次是 分 时 日 月 星期，例如 "*/5 8-18 * * 1-5"；前面还可以加上秒
adapter-cron-both = 日和星期都作了限定，各种软件对此理解不一
adapter-cron-both-mend = 其中一个写成 *，或分成两个 [[schedule]]
adapter-cron-form = 这里不能用 L、W 和 #
adapter-cron-form-mend = 直接写日期的数字，例如 "0 9 28 * *"
adapter-zone = 没有时区“{ $zone }”
adapter-duration = “{ $written }”不是 24 小时以内的时长
adapter-duration-mend = 数字后面加 s（秒）、m（分）或 h（时）："30s"、"5m"、"2h"
adapter-schedule-when-mend = 加一行：cron = "…"（什么时候运行），或 after = ["…"]（跟在哪些机器人之后运行）
adapter-schedule-name = “{ $name }”不能作计划的名字
adapter-schedule-name-mend = 不要用 # 和 /；没有名字的计划依次叫作 文件名#1、文件名#2……
adapter-schedule-twice = 已经有一个计划叫“{ $name }”（{ $other }）
adapter-schedule-twice-mend = 给其中一个改名
adapter-after-circle = 这些机器人互相跟着运行，绕成了一圈：{ $circle }
adapter-after-circle-mend = 从其中一个的 after 里去掉一项，给那个计划写上 cron
adapter-retry-most = 最长的间隔比第一次的间隔还短
adapter-retry-most-mend = 把较长的写在 most 里：retry = {"{"} times = 3, first = "5s", most = "2m" {"}"}
adapter-hours = “{ $written }”不是一天里的时段
adapter-hours-mend = 写两个时间，中间用短横线，例如 "08:30-12:00"；跨零点写 "22:00-06:00"
adapter-hours-empty = “{ $written }”的开始和结束是同一分钟
adapter-hours-empty-mend = 全天写 "00:00-24:00"，否则删掉这一行
adapter-moment = “{ $written }”不是日期加时间
adapter-moment-mend = 写成 "2026-12-01 22:00" 的样子
adapter-window-end = 结束早于开始
adapter-window-end-mend = 把较晚的时间写在 until 里
adapter-spoken-after = { $bots } 采到新内容之后。

adapter-stray = 这个文件不会被读取：文件名不是以 .toml 结尾
adapter-stray-mend = 改名为以 .toml 结尾（Windows 可能隐藏了结尾的 .txt），或移到别处
adapter-test-word = 这里不能用“is { $word }”
adapter-test-word-mend = 用 == 比较，或用 default 给空字段一个值
adapter-column-maybe = “{ $word }”会被当作单元格里的 HTML 元素，而不是表头的一部分
adapter-table-mend = 另起一段，用 [名字] 作标题，或写在花括号里：{"{"} … {"}"}
adapter-known-or-text = 这里可以写：{ $known }；如果是固定的文字，写成 "'{ $text }'"
adapter-list-only = 这里不能用“{ $name }”：用到它的时候只读了列表
adapter-list-only-mend = 改用列表里的字段：list.…

adapter-press = “{ $key }”要和 press 一起用，而这个页面没有 press
adapter-press-mend = 加上：press = "text=…"（点哪里才到这个页面），或删掉这一项
adapter-paging = “{ $key }”是第二种翻页方式，而一个列表只用一种
adapter-paging-mend = 只留一种：地址里的 {"{"}page{"}"} 或 {"{"}offset{"}"}、next、more、scroll、cursor
adapter-paging-name = 写了“{ $key }”，但 path 和 post 里都没有用到它（{ $names }）
adapter-paging-name-mend = 在 path 或 post 里写上 { $names }，例如 path = "list.do?q={ $names }"
adapter-paging-key = 地址里用了“{ $name }”，但这个页面没有“{ $key }”
adapter-paging-key-mend = 给这个页面加上“{ $key }”，或从地址里去掉它
adapter-day = “{ $written }”不是日期
adapter-reserved = 名为“{ $name }”的页面不能写在这里：表达式里这个名字另有含义
adapter-reserved-mend = 给这个页面换个名字
adapter-steps = 只有按步骤登录才写 steps
adapter-steps-mend = 删掉 steps 或 by
adapter-ask = ask 要写明：哪个输入框填哪张图的答案
adapter-ask-kind = as 写明要人提供什么：captcha（图中的答案）、code（手机收到的验证码）或 decision（须由人决定）
adapter-pressed = 页面“{ $page }”要在列表的行上点开，但列表不是用浏览器读的
adapter-pressed-mend = 在列表页面上写：via = "browser"，或给要点开的页面写上 path
adapter-with = 页面“{ $page }”在“{ $with }”上，而这个机器人不读“{ $with }”
adapter-with-mend = 写明要读它：detail = "{ $with }"，或 also = ["{ $with }"]
