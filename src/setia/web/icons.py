"""The icons pages may use, by their Lucide names. `setia.web.vendor` puts exactly these into one sprite."""

_NAMES = """
archive archive-restore arrow-down arrow-down-up arrow-left arrow-right arrow-up at-sign badge-check ban bell
bookmark briefcase building-2 cake calendar calendar-clock calendar-days chart-column chart-line check
chevron-down chevron-left chevron-right chevron-up chevrons-up-down circle circle-alert circle-check circle-help
circle-x clipboard-list clock coins columns-3 copy copy-check corner-down-left credit-card database door-open
download ellipsis ellipsis-vertical external-link eye eye-off file file-check file-spreadsheet file-text file-x
flask-conical folder funnel gift git-merge globe grip-vertical handshake heart-handshake history hourglass house inbox
info key-round keyboard languages layers layout-grid link list list-checks list-filter loader-circle lock log-in
log-out mail mail-check mail-x map-pin megaphone menu message-circle minus monitor moon package package-plus
panel-left paperclip pause pencil percent phone play plug plus power printer receipt refresh-cw rotate-ccw save
scale scissors scroll-text search send server settings shield shield-check shopping-bag shopping-cart
sliders-horizontal smartphone sparkles square star sticky-note store sun table-2 tag target timer trash-2
trending-down trending-up triangle-alert trophy truck undo-2 upload user user-check user-cog user-minus user-plus
user-x users wallet wrench x zap
"""
ICONS = tuple(_NAMES.split())
