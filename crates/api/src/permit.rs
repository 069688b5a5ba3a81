//! Who may do what to a project: the one table. The gateway asks it before every call, and the dashboard offers and tells
//! people by it; neither may have another.

use crate::Role;

/// What is done to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See configuration, logs and usage.
    Read,
    /// Save, delete and bring back routes; Force Fallback.
    ChangeRoutes,
    /// Make a key of ten minutes for trying things out.
    Try,
    /// Provider keys and project keys.
    ChangeKeys,
    /// The project's name, limits, retention, suspension.
    ChangeProject,
    /// Who changed what.
    ReadAudit,
    /// People below owner.
    ChangeMembers,
    /// Owners, admin tokens, and the project's end.
    Own,
}

impl Action {
    /// From least to most.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::ChangeRoutes,
        Self::Try,
        Self::ChangeKeys,
        Self::ChangeProject,
        Self::ReadAudit,
        Self::ChangeMembers,
        Self::Own,
    ];

    /// The least role that may.
    pub const fn needs(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::ChangeRoutes | Self::Try => Role::Editor,
            Self::ChangeKeys | Self::ChangeProject | Self::ReadAudit | Self::ChangeMembers => Role::Admin,
            Self::Own => Role::Owner,
        }
    }
}

impl Role {
    /// Each role may what the one below it may, and more.
    pub fn may(self, action: Action) -> bool {
        self >= action.needs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_table_says() {
        let may = |role: Role| Action::ALL.into_iter().filter(|action| role.may(*action)).count();
        assert_eq!(Role::ALL.map(may), [1, 3, 7, 8]);
    }
}
