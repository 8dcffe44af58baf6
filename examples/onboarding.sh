#!/bin/sh
# Employee onboarding: one request, from the form to the last day's work.
#
# A manager asks for everything that a new employee needs. The account, the
# laptop and the access to applications each have their own approver; tasks open
# as soon as what they need is over; the last one fulfils the request.
#
# Usage: sh onboarding.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-gitsm-onboarding}
. "$(dirname -- "$0")/story.sh"

tell 'A service desk, and who is who.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile service-desk --name 'Example service desk'
cd "$desk"
cat > .gitsm/people.yaml <<'END'
- {id: dana, name: Dana Desk, emails: [dana@example.com], roles: [agent], teams: [desk]}
- {id: mia, name: Mia Manager, emails: [mia@example.com]}
- {id: hugo, name: Hugo HR, emails: [hugo@example.com], teams: [hr]}
- {id: bea, name: Bea Budget, emails: [bea@example.com], roles: [budget_owner]}
- {id: olga, name: Olga Owner, emails: [olga@example.com], roles: [application_owner]}
- {id: walt, name: Walt Workplace, emails: [walt@example.com], teams: [workplace]}
END
cat > .gitsm/teams.yaml <<'END'
- {id: desk, name: Service desk}
- {id: hr, name: Human resources}
- {id: workplace, name: Workplace services}
END

tell 'Who approves what: the account, the laptop and access each have an approver.'
cat > .gitsm/approvals.yaml <<'END'
definitions:
  hr:
    description: Human resources confirm the employment
    steps:
    - approvers: {teams: [hr]}
  budget:
    description: Whoever has the budget agrees to the hardware
    steps:
    - approvers: {roles: [budget_owner]}
  manager:
    description: The owner of the application agrees to the access
    steps:
    - approvers: {roles: [application_owner]}
END
play commit
play catalog add onboarding
play catalog show onboarding

tell 'Mia asks. What is missing is named.'
as 'Mia Manager' mia@example.com
refused request new --offering onboarding --set employee='Nina New'
make request new --offering onboarding --set employee='Nina New' --set starts=2026-12-01 --set software=CRM
request=$id
play request plan "$request"

tell 'Human resources first: nothing begins before the account.'
as 'Hugo HR' hugo@example.com
play task list --to-approve
play task approve "$request" account -m 'Contract signed.'
as 'Dana Desk' dana@example.com
play task start "$request" account
refused task done "$request" account
play task done "$request" account --check all

tell 'The laptop and the access to the CRM, each by its own approver.'
refused task approve "$request" laptop.order
as 'Bea Budget' bea@example.com
play approval list --mine
play task approve "$request" laptop.order
as 'Olga Owner' olga@example.com
play task approve "$request" crm.licence
as 'Walt Workplace' walt@example.com
play task list
play task done "$request" laptop.order -m 'Order 4711'
play task assign "$request" install hand-over --to me
play task done "$request" install --check all
play task done "$request" hand-over -m 'Asset A-1042'
as 'Dana Desk' dana@example.com
refused request fulfil "$request"
play task done "$request" crm.licence -m 'CRM-17'
play task done "$request" crm.compliance --check all
play task done "$request" crm.grant
play task done "$request" crm.confirm

tell 'The first day. The last task fulfils the request.'
play task done "$request" welcome
play show "$request"
as 'Mia Manager' mia@example.com
play csat "$request" 5 -m 'Everything was there on the first day.'
as 'Dana Desk' dana@example.com
play request close "$request"
play report csat
play check
play log "$request"
