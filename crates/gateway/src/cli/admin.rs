//! `maig admin`: logins of the dashboard and tokens of the admin API, from the machine itself.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use maig_core::key::KeyKind;
use maig_core::login::password_fault;
use maig_store::{NewAdminToken, NewUser, Role, UserUpdate};
use serde_json::json;

use super::context::Context;
use super::print::Look;
use crate::{mint, password, when};

#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// Make a dashboard login, or set the password of one.
    Create(CreateArgs),
    /// Make a maig_admin_ token for a program; it is shown once.
    Token(TokenArgs),
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig admin create --email ann@example.com\n  printf '%s' \"$PASSWORD\" | maig admin create --email ann@example.com\n  maig admin create --email bob@example.com --project shop --role editor"
)]
pub(super) struct CreateArgs {
    /// Who signs in.
    #[arg(long)]
    email: String,
    /// Only this project, by name or id [default: the whole gateway].
    #[arg(long)]
    project: Option<String>,
    /// What the person may do in the project.
    #[arg(long, value_enum, requires = "project")]
    role: Option<RoleArg>,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig admin token --name ci --json | jq -r .token\n  maig admin token --name reports --project shop --role viewer"
)]
pub(super) struct TokenArgs {
    /// The program that will use it.
    #[arg(long)]
    name: String,
    /// Only this project, by name or id [default: the whole gateway].
    #[arg(long)]
    project: Option<String>,
    /// What it may do.
    #[arg(long, value_enum, default_value = "owner")]
    role: RoleArg,
    /// When it ends: 2027-01-31, or with a time [default: never].
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArg {
    Viewer,
    Editor,
    Admin,
    Owner,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Editor => Self::Editor,
            RoleArg::Admin => Self::Admin,
            RoleArg::Owner => Self::Owner,
        }
    }
}

pub(super) async fn run(context: &Context, command: AdminCommand) -> anyhow::Result<ExitCode> {
    match command {
        AdminCommand::Create(args) => create(context, args).await?,
        AdminCommand::Token(args) => token(context, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(context: &Context, args: CreateArgs) -> anyhow::Result<()> {
    let printer = context.printer;
    let store = context.store().await?;
    let project = match &args.project {
        Some(_) => Some(context.project(&store, args.project.as_deref()).await?),
        None => None,
    };
    let password = printer.secret(&format!("Password for {}: ", args.email))?;
    if printer.person_types() && printer.secret("Again: ")?.expose() != password.expose() {
        bail!("the two passwords differ; nothing was changed");
    }
    if let Some(why) = password_fault(password.expose()) {
        bail!("the password cannot be taken: {why}");
    }
    let hash = password::hash(&password).await?;
    let mut change = store.change(&context.actor()).await?;
    let (user, verb) = match change.users().by_email(&args.email).await? {
        Some(user) => {
            let update = UserUpdate {
                password_hash: Some(hash),
                // Never taken away here: a second project must not cost a person the whole gateway.
                instance_admin: project.is_none().then_some(true),
                ..UserUpdate::default()
            };
            (change.users().update(&user.id, None, update).await?.unwrap_or(user), "Set the password of")
        }
        None => {
            let new = NewUser {
                email: args.email.clone(),
                name: String::new(),
                password_hash: Some(hash),
                instance_admin: project.is_none(),
            };
            (change.users().create(new).await?, "Created the login")
        }
    };
    if let Some(project) = &project {
        let role = args.role.map_or(Role::Owner, Role::from);
        change.users().set_role(&user.id, &project.id, Some(role)).await?;
    }
    change.commit().await?;
    printer.line(format!("{verb} {}. Sign in at {}.", user.email, context.settings.shown_url()));
    Ok(())
}

async fn token(context: &Context, args: TokenArgs) -> anyhow::Result<()> {
    let printer = context.printer;
    let store = context.store().await?;
    let project = match &args.project {
        Some(_) => Some(context.project(&store, args.project.as_deref()).await?),
        None => None,
    };
    let expires_at = args
        .expires
        .map(|text| {
            when::parse(&text).ok_or_else(|| anyhow!("--expires {text:?} is no moment; write 2027-01-31"))
        })
        .transpose()?;
    let minted = mint::mint(KeyKind::Admin)?;
    let new = NewAdminToken {
        name: args.name,
        digest: minted.digest.clone(),
        hint: minted.hint.clone(),
        role: args.role.into(),
        project_id: project.map(|project| project.id),
        expires_at,
    };
    let mut change = store.change(&context.actor()).await?;
    let token = change.admin_tokens().create(new).await?;
    change.commit().await?;
    if args.json {
        printer.json(&json!({ "id": token.id, "token": minted.secret.expose(), "name": token.name }));
    } else {
        printer.note(format!("The token {}, shown this once:", token.name));
        printer.line(printer.paint(Look::Bold, minted.secret.expose()));
    }
    Ok(())
}
