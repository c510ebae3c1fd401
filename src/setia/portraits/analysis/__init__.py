"""The only place that calls `setia_insight`: columns in, portraits and pictures out, nothing read or written here.

`study.study` is the way in: it takes the firm's orders and customers (`shop`), fits the models (`fitting`), describes
every customer (`describing`) and counts the pictures (`counting`). `study.study_customer` does the same for one
customer from models that were fitted before.
"""
