//! What the people of an invented office write.

use std::sync::LazyLock;

use super::random::Random;

/// Words by how often they are used, the most frequent first.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());

/// Those who work on records, the busiest first.
pub(crate) const AGENTS: [&str; 40] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "karim",
    "lena", "mallory", "niaj", "olivia", "peggy", "quentin", "rupert", "sybil", "trent", "ursula",
    "victor", "wendy", "xavier", "yasmin", "zoe", "anton", "bela", "chloe", "dmitri", "elif",
    "farid", "gustav", "hana", "ines", "jonas", "kofi", "lucia", "marek", "nadia",
];

const SURNAMES: [&str; 30] = [
    "smith", "meyer", "garcia", "rossi", "novak", "silva", "jansen", "dubois", "kowalski",
    "hansen", "nguyen", "sato", "kim", "singh", "ali", "popov", "horvat", "byrne", "moreau",
    "weber", "costa", "lind", "virtanen", "nagy", "ozturk", "cohen", "okafor", "mensah", "lopez",
    "walker",
];

pub(crate) const TEAMS: [&str; 10] = [
    "service-desk",
    "apps",
    "network",
    "workplace",
    "database",
    "server",
    "telephony",
    "security",
    "erp",
    "facilities",
];

pub(crate) const SERVICES: [&str; 20] = [
    "email",
    "crm",
    "workplace",
    "vpn",
    "printing",
    "erp",
    "wifi",
    "telephony",
    "intranet",
    "payroll",
    "files",
    "backup",
    "webshop",
    "identity",
    "reporting",
    "warehouse",
    "video",
    "monitoring",
    "build",
    "archive",
];

pub(crate) const CATEGORIES: [&str; 18] = [
    "application/crm",
    "hardware/laptop",
    "network/vpn",
    "application/email",
    "access/password",
    "hardware/printer",
    "network/wifi",
    "application/erp",
    "access/permission",
    "hardware/phone",
    "server/storage",
    "application/browser",
    "server/database",
    "network/lan",
    "server/backup",
    "security/phishing",
    "security/malware",
    "facilities/power",
];

pub(crate) const TAGS: [&str; 16] = [
    "slow",
    "crash",
    "vip",
    "recurring",
    "remote",
    "after-update",
    "printer",
    "login",
    "leak",
    "hardware",
    "training",
    "timeout",
    "vendor",
    "night",
    "branch-office",
    "year-end",
];

pub(crate) const CHANNELS: [&str; 6] = ["portal", "email", "phone", "cli", "monitoring", "chat"];

const THINGS: [&str; 30] = [
    "Printer",
    "Laptop",
    "CRM",
    "Mailbox",
    "VPN",
    "Web shop",
    "Payroll",
    "Shared drive",
    "Wireless",
    "Phone",
    "Invoice export",
    "Report",
    "Database",
    "Backup",
    "Badge reader",
    "Calendar",
    "Video call",
    "Scanner",
    "Login page",
    "Warehouse terminal",
    "Order form",
    "Intranet search",
    "File server",
    "Mail gateway",
    "Token",
    "Docking station",
    "Certificate",
    "Build server",
    "Time recording",
    "Monitoring",
];

const FAULTS: [&str; 24] = [
    "does not start",
    "is slow",
    "shows an error",
    "loses the connection",
    "cannot be reached",
    "asks for the password again",
    "is full",
    "prints blank pages",
    "freezes",
    "reports a timeout",
    "does not synchronise",
    "rejects the login",
    "crashes",
    "makes noise",
    "has expired",
    "shows old data",
    "is locked",
    "sends messages twice",
    "lost a file",
    "restarts by itself",
    "cannot save",
    "has no sound",
    "denies access",
    "fails with code 500",
];

const OCCASIONS: [&str; 20] = [
    "after the update",
    "since this morning",
    "on floor 3",
    "in the branch office",
    "for one user",
    "for the whole team",
    "at month end",
    "during the backup",
    "over the VPN",
    "from home",
    "in the warehouse",
    "after the restart",
    "on the new image",
    "in the night shift",
    "with large files",
    "for new colleagues",
    "every Monday",
    "in the meeting room",
    "after the move",
    "when travelling",
];

const WISHES: [&str; 12] = [
    "Laptop for a new colleague",
    "Access to the shared drive",
    "Second monitor",
    "Mailbox for a project",
    "New phone",
    "Licence for the drawing program",
    "VPN from abroad",
    "Group for the finance team",
    "Docking station",
    "Longer archive period",
    "Account for a contractor",
    "Report for the managers",
];

const WORKS: [&str; 12] = [
    "Replace the core switch",
    "Install the CRM release",
    "Renew the certificate",
    "Move the database to new storage",
    "Open a firewall port",
    "Upgrade the mail gateway",
    "Add memory to the cluster",
    "Change the backup window",
    "Patch the web servers",
    "Retire the old file server",
    "Roll out the new image",
    "Enlarge the address pool",
];

/// The title of an incident or problem.
pub(crate) fn fault(random: &mut Random) -> String {
    let thing = random.usual(&THINGS);
    let fault = random.usual(&FAULTS);
    match random.chance(70) {
        true => format!("{thing} {fault} {}", random.usual(&OCCASIONS)),
        false => format!("{thing} {fault}"),
    }
}

/// The title of a request.
pub(crate) fn wish(random: &mut Random) -> String {
    format!("{} ({})", random.usual(&WISHES), random.usual(&SERVICES))
}

/// The title of a change.
pub(crate) fn work(random: &mut Random) -> String {
    format!("{}, {}", random.usual(&WORKS), random.usual(&OCCASIONS))
}

/// Somebody of the office: twelve hundred people, a few of whom call often.
pub(crate) fn requester(random: &mut Random) -> String {
    format!("{}.{}", random.usual(&AGENTS), random.usual(&SURNAMES))
}

/// A text of so many lines, each of one sentence.
pub(crate) fn paragraph(random: &mut Random, lines: u64) -> String {
    let mut text = String::new();
    for _ in 0..lines.max(1) {
        let length = 6 + random.below(8);
        for place in 0..length {
            let word = random.usual(&WORDS);
            if place == 0 {
                let mut letters = word.chars();
                text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                text.push_str(letters.as_str());
            } else {
                text.push(' ');
                text.push_str(word);
            }
        }
        text.push_str(".\n");
    }
    text
}
