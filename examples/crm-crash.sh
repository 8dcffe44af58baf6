#!/bin/sh
# The CRM crash: from the first report to the closed problem.
#
# Several users report that the CRM crashes. The analyst sees that the reports
# are alike, opens a problem and links them. The cause is a bug in the last
# update; a change deploys the vendor's patch; the problem closes and the
# incidents are resolved.
#
# Usage: sh crm-crash.sh [DIR]     (DIR must be new or empty)
# `gitsm demo` plays this script.
set -eu

desk=${1:-gitsm-demo}
. "$(dirname -- "$0")/story.sh"

tell 'A service desk, and what the CRM is made of.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile service-desk --name 'Example service desk'
cd "$desk"
make ci new db-01 --class database --criticality high --owner erin
make ci new crm --class application --service crm --criticality high --release 7.2.0 --owner erin --depends-on db-01

tell 'Monday morning: three people call.'
make incident new 'CRM crashes when I save a customer' --service crm --ci crm --impact high --urgency medium --requester ben --channel phone
first=$id
make incident new 'CRM closes by itself' --service crm --ci crm --requester carla --channel phone -m 'Since this morning. It says "unexpected error in module save".'
second=$id
make incident new 'Error in module save, then the CRM is gone' --service crm --ci crm --urgency high --requester dimitri --channel email
third=$id

tell 'Alice, an analyst, takes the first one and looks whether it has been seen before.'
as 'Alice Analyst' alice@example.com
play incident take "$first"
play search crm
play list --service crm

tell 'Three reports within an hour, one service: this is a problem. She opens one and links them.'
make problem new 'CRM crashes on save since update 7.2.0' --service crm --ci crm --impact high --urgency high --from "$first" --from "$second" --from "$third"
problem=$id
play problem workaround "$problem" -m 'Save in the web client until the fix is in.'
play incident hold "$first" "$second" "$third" --reason awaiting_problem -m "Known since this morning; the cause is being looked for in $problem."

tell 'Erin, who owns the CRM, finds the cause.'
as 'Erin Engineer' erin@example.com
play assign "$problem" me
play problem investigate "$problem"
play problem cause "$problem" -m 'Update 7.2.0 writes an empty customer number; the save module does not accept it. The vendor confirms the bug and has a patch, 7.2.1.'
play problem known-error "$problem"

tell 'A change deploys the patch: assessed, scheduled, approved by somebody else.'
make change new 'Deploy CRM patch 7.2.1' --service crm --ci crm --impact high --fixes "$problem" --plan 'Install 7.2.1 on both nodes, one after the other.' --test-plan 'Save a customer on each node.' --backout-plan 'Reinstall 7.2.0; the data format is the same.'
change=$id
play change submit "$change"
play change assess "$change" --risk low --reason 'Tried on the test system; two minutes of downtime.'
play change schedule "$change" --start 'in 1 hour' --end 'in 2 hours'
as 'Carol Change' carol@example.com
play change approve "$change" -m 'Go ahead.'
as 'Erin Engineer' erin@example.com
play problem fix "$problem"
play change implement "$change"
play edit crm --set version=7.2.1
play change complete "$change" -m 'Both nodes run 7.2.1; saving works.'
play change review "$change" -m 'It took two minutes, as planned. From now on an empty customer number is among our tests.'
play change close "$change"

tell 'The cause is gone: with the problem, the incidents that wait for it are resolved, in one commit.'
play problem resolve "$problem" -m 'Patch 7.2.1 is in since today; saving works again.'
play problem close "$problem"
as 'Alice Analyst' alice@example.com
play incident close "$first" "$second" "$third"

tell 'What remains is a history that anyone can read.'
play show "$problem"
play log "$first"
play report summary
