#!/bin/sh
# The hybrid organisation: a light help desk for customers beside a service desk
# for internal IT, on one desk.
#
# Customers' incidents live by a workflow of three states. Internal IT keeps the
# full one, and its changes must be closed by somebody else than who carried
# them out. Who may do what follows from roles.
#
# Usage: sh hybrid.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-gitsm-hybrid}
. "$(dirname -- "$0")/story.sh"

tell 'One desk for both: two domains, people with roles, and a workflow for customers.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile hybrid --name 'Example Ltd.'
cd "$desk"
mkdir -p .gitsm/workflows/customers
cat > .gitsm/people.yaml <<'END'
- {id: dana, name: Dana Desk, emails: [dana@example.com], roles: [admin]}
- {id: chris, name: Chris Care, emails: [chris@example.com], roles: [care], teams: [care]}
- {id: ivan, name: Ivan Infra, emails: [ivan@example.com], roles: [agent], teams: [infra]}
- {id: mona, name: Mona Manager, emails: [mona@example.com], roles: [manager], teams: [infra]}
END
cat > .gitsm/teams.yaml <<'END'
- {id: care, name: Customer care}
- {id: infra, name: Infrastructure, lead: mona}
END
cat > .gitsm/roles.yaml <<'END'
otherwise: []
roles:
  care:
    description: Helps customers, and hands over to IT
    may:
    - {do: [create, edit, note, assign, link, attach, move], types: [incident, request], domains: [customers]}
    - {do: [create, note], types: [incident], domains: [internal]}
  agent:
    description: Internal IT
    may:
    - {do: [create, edit, note, assign, link, attach, move, vote]}
  manager:
    includes: [agent]
    may:
    - {do: [import]}
  admin:
    includes: [manager]
    may:
    - {do: [settings]}
END
cat > .gitsm/workflows/customers/incident.yaml <<'END'
# What a customer sees: it is open, it waits for them, or it is done.
kind: incident
entry: [open]
states:
  open: {category: open, work: true}
  waiting: {category: hold}
  done: {category: closed}
hold_reasons: [awaiting_requester]
resolution_codes: [fixed, no_fault_found, duplicate]
on_reply: {hold_reasons: [awaiting_requester], action: resume}
transitions:
  hold:
  - {from: [open], to: waiting, needs: [hold_reason, comment]}
  resume:
  - {from: [waiting], to: open}
  close:
  - {from: [open, waiting], to: done, needs: [resolution.text]}
  reopen:
  - {from: [done], to: open, needs: [comment]}
END
mkdir -p .gitsm/workflows/internal
"$gitsm" workflow show change > /dev/null
cat > .gitsm/workflows/internal/change.yaml <<'END'
# Internal IT: small, but nobody closes their own change.
kind: change
entry: [new]
states:
  new: {category: open}
  scheduled: {category: open}
  implement: {category: open, work: true}
  review: {category: resolved}
  closed: {category: closed}
  cancelled: {category: closed}
resolution_codes: [successful, unsuccessful, cancelled]
only_in: {cis: [new], model: [new]}
transitions:
  submit:
  - {from: [new], to: scheduled, needs: [risk, planned_start, planned_end]}
  implement:
  - {from: [scheduled], to: implement, by: {teams: [infra]}, set: {assignee: me}}
  complete:
  - {from: [implement], to: review, by: {from: [assignee]}, set: {outcome: successful, resolution.code: successful}}
  close:
  - {from: [review], to: closed, by: {roles: [manager, agent]}, not_by: [assignee, resolver]}
  cancel:
  - {from: [new, scheduled], to: cancelled, needs: [comment], set: {resolution.code: cancelled}}
END
play workflow check
play commit
play workflow graph incident --domain customers

tell 'A customer writes: a light flow, and nothing else.'
as 'Chris Care' chris@example.com
make incident new 'The shop does not take my card' --domain customers --requester kim@example.org --channel email
ticket=$id
play incident hold "$ticket" --reason awaiting_requester -m 'Which card is it?'
play actions "$ticket"

tell 'It is a fault of ours. Care may report it to internal IT, and no more.'
make incident new 'Payment gateway refuses all cards' --domain internal --impact high --urgency high
fault=$id
refused incident start "$fault"
refused change new 'Restart the gateway' --domain internal

tell 'Ivan of internal IT works on it by the full workflow, and makes a change.'
as 'Ivan Infra' ivan@example.com
play incident take "$fault"
make change new 'Renew the certificate of the gateway' --domain internal --set risk=low --start 'in 1 hour' --end 'in 2 hours'
change=$id
play link "$fault" fixed_by "$change" || true
play change submit "$change"
play change implement "$change"
play change complete "$change" -m 'Cards are taken again.'
refused change close "$change"

tell 'Somebody else closes it.'
as 'Mona Manager' mona@example.com
play change close "$change"
as 'Ivan Infra' ivan@example.com
play incident resolve "$fault" -m 'The certificate had run out.'

tell 'And the customer is told.'
as 'Chris Care' chris@example.com
play incident close "$ticket" -m 'Your card works again. Sorry!'
play list status:any --columns title,domain,status,state
play check
