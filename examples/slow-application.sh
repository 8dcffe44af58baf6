#!/bin/sh
# The slow application: from four complaints to a permanent fix.
#
# Several users report that the order entry is slow. A help desk would close each
# report on its own. Here the analyst sees what the reports have in common,
# merges the one that is the same, hangs the others on the first, and opens a
# problem; five whys lead to the cause, a change mends it for good, and what
# waited for it is resolved with it.
#
# Usage: sh slow-application.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-slow-application}
. "$(dirname -- "$0")/story.sh"

tell 'Order entry runs on a web server and a database.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile service-desk --name 'Example service desk'
cd "$desk"
make ci new db-02 --class database --criticality high
make ci new orders --class application --service orders --criticality high --depends-on db-02

tell 'It is slow, say four people on one morning.'
make incident new 'Order entry is slow' --service orders --ci orders --impact medium --requester ben --channel phone
first=$id
make incident new 'Saving an order takes a minute' --service orders --ci orders --requester carla --channel phone
second=$id
make incident new 'The list of orders is very slow' --service orders --ci orders --requester dimitri --channel email
third=$id
make incident new 'Order entry is slow' --service orders --ci orders --requester ben --channel email
again=$id

tell 'Alice asks whether it has been seen before, and what hangs on it.'
as 'Alice Analyst' alice@example.com
play triage "$again"
tell 'Ben wrote twice: his second report is merged into the first. The others hang on it.'
play incident merge "$again" --into "$first"
play link "$second" child_of "$first"
play link "$third" child_of "$first"
play incident take "$first"

tell 'Three reports with one service: a problem. Its workaround is told to all.'
make problem new 'Order entry is slow every morning' --service orders --ci orders --impact medium --urgency high --from "$first" --from "$second" --from "$third"
problem=$id
play problem workaround "$problem" -m 'Order entry is quick again after ten; urgent orders by phone until then.'
play incident hold "$first" --reason awaiting_problem -m 'The cause is being looked for.'

tell 'Why?'
as 'Erin Engineer' erin@example.com
play assign "$problem" me
play problem investigate "$problem"
play problem why "$problem" -m 'Each save waits for the database.'
play problem why "$problem" -m 'The database reads all orders to find the last number.'
play problem why "$problem" -m 'There is no index on the number.'
play problem why "$problem" -m 'It was dropped for an import in spring and not made again.'
play problem why "$problem" -m 'Nobody checks the indexes after an import.'
play link "$problem" caused_by db-02
play problem cause "$problem" -m 'The index on the order number is missing since the import in spring.'
play problem known-error "$problem"

tell 'The permanent fix is a change of its own.'
make change new 'Make the index on the order number again' --service orders --ci db-02 --fixes "$problem" --plan 'Make the index at night, without a lock; check indexes after each import.' --test-plan 'Save an order; look at the plan of the query.' --backout-plan 'Drop the index.'
change=$id
play change submit "$change"
play change assess "$change" --risk low --reason 'Tried on a copy.'
play change schedule "$change" --start 'in 1 hour' --end 'in 2 hours'
as 'Carol Change' carol@example.com
play change approve "$change" -m 'Go ahead.'
as 'Erin Engineer' erin@example.com
play problem fix "$problem"
play change implement "$change"
play change complete "$change" -m 'Saving takes 0.1 seconds.'
play change review "$change" -m 'The list for imports has a line more.'
play change close "$change"

tell 'With the problem, all that waited for it is resolved, in one commit.'
play problem resolve "$problem" -m 'The index is back, and looked after.'
play problem close "$problem"
as 'Alice Analyst' alice@example.com
play list 'type:incident status:any' --columns id,title,status
play incident close "$first" "$second" "$third"
play log "$first"
