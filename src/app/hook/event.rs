//! git's hooks, and what gitsm needs to know about each.

use std::fmt;
use std::str::FromStr;

/// A hook of git's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    PreCommit,
    PrepareCommitMsg,
    CommitMsg,
    PostCommit,
    PostMerge,
    PostCheckout,
    PostRewrite,
    PrePush,
    PreReceive,
    Update,
    PostReceive,
    ReferenceTransaction,
}

/// The text names no hook that gitsm knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no hook that gitsm knows; it knows {list}", list = Event::ALL.map(Event::name).join(", "))]
pub struct UnknownEvent(String);

impl Event {
    /// Every hook, in the order in which git comes to them.
    pub const ALL: [Self; 12] = [
        Self::PreCommit,
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostMerge,
        Self::PostCheckout,
        Self::PostRewrite,
        Self::PrePush,
        Self::PreReceive,
        Self::Update,
        Self::PostReceive,
        Self::ReferenceTransaction,
    ];

    /// git's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostMerge => "post-merge",
            Self::PostCheckout => "post-checkout",
            Self::PostRewrite => "post-rewrite",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
            Self::PostReceive => "post-receive",
            Self::ReferenceTransaction => "reference-transaction",
        }
    }

    /// What is installed where nobody says which.
    pub const fn usual(bare: bool) -> [Self; 2] {
        if bare { [Self::PreReceive, Self::PostReceive] } else { [Self::CommitMsg, Self::PrePush] }
    }

    /// Whether it asks the gate, and can stop a push.
    pub const fn is_gate(self) -> bool {
        matches!(self, Self::PrePush | Self::PreReceive | Self::Update)
    }

    /// Whether it tells of what has happened, which nothing can stop any more.
    pub const fn is_after(self) -> bool {
        matches!(
            self,
            Self::PostCommit
                | Self::PostMerge
                | Self::PostCheckout
                | Self::PostRewrite
                | Self::PostReceive
        )
    }

    /// Whether git gives it lines on standard input.
    pub const fn reads_input(self) -> bool {
        matches!(
            self,
            Self::PostRewrite
                | Self::PrePush
                | Self::PreReceive
                | Self::PostReceive
                | Self::ReferenceTransaction
        )
    }

    /// Whether git hands it to a manager of hooks in people's own clones, rather
    /// than to a server.
    pub const fn is_of_clients(self) -> bool {
        !matches!(self, Self::PreReceive | Self::Update | Self::PostReceive)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Event {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|event| event.name() == text);
        found.ok_or_else(|| UnknownEvent(text.chars().take(64).collect()))
    }
}
