//! Who may do what: the one table. A handler names its action; nothing else in this folder looks at a role.

use maig_store::Role;

/// What is done to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
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
    /// Owners, and the project's end.
    Own,
}

impl Action {
    /// The least role that may.
    pub(super) fn needs(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::ChangeRoutes | Self::Try => Role::Editor,
            Self::ChangeKeys | Self::ChangeProject | Self::ReadAudit | Self::ChangeMembers => Role::Admin,
            Self::Own => Role::Owner,
        }
    }

    pub(super) fn allows(self, role: Role) -> bool {
        rank(role) >= rank(self.needs())
    }
}

fn rank(role: Role) -> u8 {
    match role {
        Role::Viewer => 0,
        Role::Editor => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_table_says() {
        use Action::*;
        let all = [Read, ChangeRoutes, Try, ChangeKeys, ChangeProject, ReadAudit, ChangeMembers, Own];
        let may = |role: Role| all.into_iter().filter(|action| action.allows(role)).count();
        assert_eq!([Role::Viewer, Role::Editor, Role::Admin, Role::Owner].map(may), [1, 3, 7, 8]);
    }
}
