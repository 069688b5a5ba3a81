//! People who sign in, and their roles in projects. Passwords come as argon2id texts made elsewhere; a hash is read by
//! [`Users::password_hash`] alone and is no part of [`User`].

use maig_core::id::{ProjectId, UserId};
use maig_core::login::email_fault;
use serde_json::{Value, json};
use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::audit::Entry;
use crate::change::{Change, expect_version};
use crate::clock::new_id;
use crate::error::{Result, StoreError};
use crate::page::{MAX_LIST, whole};
use crate::row::{Read, flag};
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub has_password: bool,
    /// May make projects and see all of them.
    pub instance_admin: bool,
    pub disabled: bool,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What a person may do in a project; each may what the next one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Viewer,
    Editor,
    Admin,
    Owner,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    pub user_id: UserId,
    pub project_id: ProjectId,
    pub role: Role,
    pub created_at: i64,
}

/// A person as a project lists them.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub user: User,
    pub role: Role,
    /// Signs in with a code besides the password.
    pub second_factor: bool,
    /// The last use of a session that is still there.
    pub last_seen_at: Option<i64>,
}

#[derive(Clone)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    /// argon2id in PHC text form; `None`: cannot sign in yet.
    pub password_hash: Option<String>,
    pub instance_admin: bool,
}

/// What to change; `None` leaves a thing as it is.
#[derive(Clone, Default)]
pub struct UserUpdate {
    pub email: Option<String>,
    pub name: Option<String>,
    pub password_hash: Option<String>,
    pub instance_admin: Option<bool>,
    pub disabled: Option<bool>,
}

pub struct Users<'a>(&'a Store);
pub struct UserChanges<'a>(&'a mut Change);

impl Store {
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }
}

impl Change {
    pub fn users(&mut self) -> UserChanges<'_> {
        UserChanges(self)
    }
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Admin, Self::Owner];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == word)
    }
}

impl Users<'_> {
    pub async fn get(&self, id: &UserId) -> Result<Option<User>> {
        find(self.0.reader(), id).await
    }

    /// In whatever case the address is written.
    pub async fn by_email(&self, email: &str) -> Result<Option<User>> {
        find_by_email(self.0.reader(), email).await
    }

    /// For sign-in; nothing else reads it.
    pub async fn password_hash(&self, id: &UserId) -> Result<Option<String>> {
        let row = sqlx::query("SELECT password_hash FROM users WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.0.reader())
            .await?;
        row.map_or(Ok(None), |row| row.text_or_null("password_hash"))
    }

    /// All, by address.
    pub async fn list(&self) -> Result<Vec<User>> {
        let rows = sqlx::query("SELECT * FROM users ORDER BY email LIMIT $1")
            .bind(MAX_LIST)
            .fetch_all(self.0.reader())
            .await?;
        whole(rows.iter().map(read).collect::<Result<_>>()?, "users")
    }

    /// Whether anyone can sign in at all; until then `maig serve` prints its one-time link.
    pub async fn any(&self) -> Result<bool> {
        Ok(sqlx::query("SELECT id FROM users LIMIT 1").fetch_optional(self.0.reader()).await?.is_some())
    }

    /// Where a person belongs.
    pub async fn memberships(&self, user: &UserId) -> Result<Vec<Membership>> {
        let rows = sqlx::query("SELECT * FROM memberships WHERE user_id = $1 ORDER BY project_id LIMIT $2")
            .bind(user.as_str())
            .bind(MAX_LIST)
            .fetch_all(self.0.reader())
            .await?;
        whole(rows.iter().map(read_membership).collect::<Result<_>>()?, "memberships")
    }

    /// Who belongs to a project.
    pub async fn members(&self, project: &ProjectId) -> Result<Vec<Member>> {
        let rows = sqlx::query(
            "SELECT u.*, m.role, (SELECT f.confirmed_at FROM second_factors f WHERE f.user_id = u.id) AS factor_at, \
             (SELECT MAX(s.last_used_at) FROM sessions s WHERE s.user_id = u.id) AS seen_at \
             FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.project_id = $1 ORDER BY u.email LIMIT $2",
        )
        .bind(project.as_str())
        .bind(MAX_LIST)
        .fetch_all(self.0.reader())
        .await?;
        let members = rows.iter().map(|row| {
            Ok(Member {
                user: read(row)?,
                role: row.word("role", Role::parse)?,
                second_factor: row.int_or_null("factor_at")?.is_some(),
                last_seen_at: row.int_or_null("seen_at")?,
            })
        });
        whole(members.collect::<Result<_>>()?, "members")
    }

    pub async fn role(&self, user: &UserId, project: &ProjectId) -> Result<Option<Role>> {
        find_role(self.0.reader(), user, project).await
    }
}

impl UserChanges<'_> {
    /// As [`Users::any`], seeing this change's own rows: two first users cannot both be made.
    pub async fn any(&mut self) -> Result<bool> {
        Ok(sqlx::query("SELECT id FROM users LIMIT 1").fetch_optional(self.0.conn()).await?.is_some())
    }

    /// As [`Users::by_email`], seeing this change's own rows.
    pub async fn by_email(&mut self, email: &str) -> Result<Option<User>> {
        find_by_email(self.0.conn(), email).await
    }

    pub async fn create(&mut self, new: NewUser) -> Result<User> {
        let now = self.0.now();
        let user = User {
            id: UserId::from(new_id()),
            email: checked_email(&new.email)?,
            name: new.name,
            has_password: new.password_hash.is_some(),
            instance_admin: new.instance_admin,
            disabled: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.write(&user).await?;
        self.set_password(&user.id, new.password_hash).await?;
        self.log("user.create", None, Some(&user)).await?;
        Ok(user)
    }

    /// `Ok(None)`: no such user. A new password and disabling end the user's sessions.
    pub async fn update(
        &mut self,
        id: &UserId,
        expected: Option<i64>,
        update: UserUpdate,
    ) -> Result<Option<User>> {
        let Some(before) = find(self.0.conn(), id).await? else { return Ok(None) };
        expect_version(before.version, expected)?;
        let email = update.email.as_deref().map(checked_email).transpose()?;
        let new_password = update.password_hash.is_some();
        let after = User {
            email: email.unwrap_or_else(|| before.email.clone()),
            name: update.name.unwrap_or_else(|| before.name.clone()),
            has_password: before.has_password || new_password,
            instance_admin: update.instance_admin.unwrap_or(before.instance_admin),
            disabled: update.disabled.unwrap_or(before.disabled),
            ..before.clone()
        };
        if after == before && !new_password {
            return Ok(Some(before));
        }
        let after = User { version: before.version + 1, updated_at: self.0.now(), ..after };
        self.write(&after).await?;
        self.set_password(id, update.password_hash).await?;
        if new_password || after.disabled {
            sqlx::query("DELETE FROM sessions WHERE user_id = $1")
                .bind(id.as_str())
                .execute(self.0.conn())
                .await?;
        }
        let action = if new_password { "user.password" } else { "user.update" };
        self.log(action, Some(&before), Some(&after)).await?;
        Ok(Some(after))
    }

    /// `Ok(false)`: no such user.
    pub async fn delete(&mut self, id: &UserId) -> Result<bool> {
        let Some(before) = find(self.0.conn(), id).await? else { return Ok(false) };
        sqlx::query("DELETE FROM users WHERE id = $1").bind(id.as_str()).execute(self.0.conn()).await?;
        self.log("user.delete", Some(&before), None).await?;
        Ok(true)
    }

    /// Gives, changes or (`None`) takes away a person's role in a project. `Ok(false)`: no such user or project.
    /// `Invalid` if it would leave the project without the owner that it has.
    pub async fn set_role(&mut self, user: &UserId, project: &ProjectId, role: Option<Role>) -> Result<bool> {
        let Some(of) = find(self.0.conn(), user).await? else { return Ok(false) };
        let known = sqlx::query("SELECT id FROM projects WHERE id = $1")
            .bind(project.as_str())
            .fetch_optional(self.0.conn())
            .await?;
        if known.is_none() {
            return Ok(false);
        }
        let before = find_role(self.0.conn(), user, project).await?;
        if before == role {
            return Ok(true);
        }
        if before == Some(Role::Owner) {
            self.refuse_last_owner(project, user).await?;
        }
        match role {
            Some(role) => {
                sqlx::query(
                    "INSERT INTO memberships (user_id, project_id, role, created_at) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (user_id, project_id) DO UPDATE SET role = excluded.role",
                )
                .bind(user.as_str())
                .bind(project.as_str())
                .bind(role.as_str())
                .bind(self.0.now())
                .execute(self.0.conn())
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM memberships WHERE user_id = $1 AND project_id = $2")
                    .bind(user.as_str())
                    .bind(project.as_str())
                    .execute(self.0.conn())
                    .await?;
            }
        }
        let shown = |role: Role| json!({ "role": role.as_str() });
        self.0
            .audit(Entry {
                project: Some(project),
                action: "member.set_role",
                object_kind: "user",
                object_id: user.as_str(),
                object_name: &of.email,
                before: before.map(shown),
                after: role.map(shown),
            })
            .await?;
        Ok(true)
    }

    async fn refuse_last_owner(&mut self, project: &ProjectId, user: &UserId) -> Result<()> {
        let others = sqlx::query(
            "SELECT user_id FROM memberships WHERE project_id = $1 AND role = 'owner' AND user_id <> $2 LIMIT 1",
        )
        .bind(project.as_str())
        .bind(user.as_str())
        .fetch_optional(self.0.conn())
        .await?;
        match others {
            Some(_) => Ok(()),
            None => Err(StoreError::Invalid(
                "A project's last owner stays; make someone else owner first.".into(),
            )),
        }
    }

    async fn write(&mut self, user: &User) -> Result<()> {
        let taken = sqlx::query("SELECT id FROM users WHERE email = $1 AND id <> $2")
            .bind(&user.email)
            .bind(user.id.as_str())
            .fetch_optional(self.0.conn())
            .await?;
        if taken.is_some() {
            return Err(StoreError::Duplicate { what: "user", name: user.email.clone() });
        }
        sqlx::query(
            "INSERT INTO users (id, email, name, instance_admin, disabled, version, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET email = excluded.email, \
             name = excluded.name, instance_admin = excluded.instance_admin, disabled = excluded.disabled, \
             version = excluded.version, updated_at = excluded.updated_at",
        )
        .bind(user.id.as_str())
        .bind(&user.email)
        .bind(&user.name)
        .bind(flag(user.instance_admin))
        .bind(flag(user.disabled))
        .bind(user.version)
        .bind(user.created_at)
        .bind(user.updated_at)
        .execute(self.0.conn())
        .await
        .map_err(|e| StoreError::on_insert(e, "user", &user.email))?;
        Ok(())
    }

    async fn set_password(&mut self, id: &UserId, hash: Option<String>) -> Result<()> {
        let Some(hash) = hash else { return Ok(()) };
        sqlx::query("UPDATE users SET password_hash = $1 WHERE id = $2")
            .bind(hash)
            .bind(id.as_str())
            .execute(self.0.conn())
            .await?;
        Ok(())
    }

    async fn log(&mut self, action: &'static str, before: Option<&User>, after: Option<&User>) -> Result<()> {
        let Some(of) = after.or(before) else { return Ok(()) };
        self.0
            .audit(Entry {
                project: None,
                action,
                object_kind: "user",
                object_id: of.id.as_str(),
                object_name: &of.email,
                before: before.map(shown),
                after: after.map(shown),
            })
            .await
    }
}

fn checked_email(email: &str) -> Result<String> {
    match email_fault(email) {
        Some(why) => Err(StoreError::BadField { field: "email", why: why.to_owned() }),
        None => Ok(email.trim().to_lowercase()),
    }
}

async fn find<'e>(on: impl Executor<'e, Database = Any>, id: &UserId) -> Result<Option<User>> {
    let row = sqlx::query("SELECT * FROM users WHERE id = $1").bind(id.as_str()).fetch_optional(on).await?;
    row.as_ref().map(read).transpose()
}

async fn find_by_email<'e>(on: impl Executor<'e, Database = Any>, email: &str) -> Result<Option<User>> {
    let row = sqlx::query("SELECT * FROM users WHERE email = $1")
        .bind(email.trim().to_lowercase())
        .fetch_optional(on)
        .await?;
    row.as_ref().map(read).transpose()
}

async fn find_role<'e>(
    on: impl Executor<'e, Database = Any>,
    user: &UserId,
    project: &ProjectId,
) -> Result<Option<Role>> {
    let row = sqlx::query("SELECT role FROM memberships WHERE user_id = $1 AND project_id = $2")
        .bind(user.as_str())
        .bind(project.as_str())
        .fetch_optional(on)
        .await?;
    row.map(|row| row.word("role", Role::parse)).transpose()
}

fn read(row: &AnyRow) -> Result<User> {
    Ok(User {
        id: UserId::from(row.text("id")?),
        email: row.text("email")?,
        name: row.text("name")?,
        has_password: row.text_or_null("password_hash")?.is_some(),
        instance_admin: row.flag("instance_admin")?,
        disabled: row.flag("disabled")?,
        version: row.int("version")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
    })
}

fn read_membership(row: &AnyRow) -> Result<Membership> {
    Ok(Membership {
        user_id: UserId::from(row.text("user_id")?),
        project_id: ProjectId::from(row.text("project_id")?),
        role: row.word("role", Role::parse)?,
        created_at: row.int("created_at")?,
    })
}

fn shown(user: &User) -> Value {
    json!({
        "email": user.email,
        "name": user.name,
        "instance_admin": user.instance_admin,
        "disabled": user.disabled,
    })
}
