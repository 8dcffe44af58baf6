#!/bin/sh
# Access to an application: the manager approves, licence and compliance are
# checked, and access is given. A second request is refused.
#
# Usage: sh software-access.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-gitsm-access}
. "$(dirname -- "$0")/story.sh"

tell 'A service desk that knows who reports to whom.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile service-desk --name 'Example service desk'
cd "$desk"
cat > .gitsm/people.yaml <<'END'
- {id: dana, name: Dana Desk, emails: [dana@example.com], roles: [agent]}
- {id: ulf, name: Ulf User, emails: [ulf@example.com], manager: mia}
- {id: mia, name: Mia Manager, emails: [mia@example.com]}
END
cat > .gitsm/approvals.yaml <<'END'
definitions:
  manager:
    description: The manager of whoever needs the access agrees
    steps:
    - name: manager
      approvers: {from: [requester_manager]}
END
play commit
play catalog add software-access

tell 'Ulf asks for administration, which is given for a time only.'
as 'Ulf User' ulf@example.com
refused request new --offering software-access --set person=me --set software=CRM --set rights=admin --set reason='Month end'
make request new --offering software-access --set person=me --set software=CRM --set rights=admin --set reason='Month end' --set until=2099-12-31
request=$id
play request plan "$request"

tell 'Nobody approves their own request, and nothing is worked on before.'
refused request approve "$request"
refused task done "$request" licence -m CRM-18
as 'Mia Manager' mia@example.com
play approval list --mine
play request approve "$request" -m 'For the month end.'

tell 'Licence and compliance side by side, then the access itself.'
as 'Dana Desk' dana@example.com
play task list
play task done "$request" licence -m 'CRM-18'
play task check "$request" compliance 1
refused task done "$request" compliance
play task done "$request" compliance --check 2
play task done "$request" grant
play task done "$request" confirm -m 'Ulf was there.'
play show "$request"
as 'Ulf User' ulf@example.com
play csat "$request" 4

tell 'Another request, which his manager does not agree to.'
make request new --offering software-access --set person=me --set software=VPN --set reason='To watch films'
second=$id
as 'Mia Manager' mia@example.com
play request reject "$second" -m 'Not for this.'
play show "$second"
play check
