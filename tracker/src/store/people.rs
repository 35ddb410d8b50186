//! People, their roles, functions and clearances.

use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QueryResult, Statement, Value,
};

use super::{
    Result, Store, decode,
    entities::{admin_event, clearance, person, person_function, person_role},
    step::Step,
    time::{instant, micros},
};
use crate::domain::{
    access::{Function, Role},
    words::Language,
};

/// A member of staff.
#[derive(Debug, Clone)]
pub struct Person {
    /// Row id.
    pub id: i64,
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// PHC string.
    pub password_hash: String,
    /// The first password was printed, and must be replaced.
    pub must_change_password: bool,
    /// Their unit.
    pub unit_id: Option<i64>,
    /// The language of their pages.
    pub language: Language,
    /// May sign in.
    pub active: bool,
    /// Since when they are here.
    pub created_at: Timestamp,
    /// Where their digests go; empty where they read them here only.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Functions beside a role.
    pub functions: Vec<Function>,
    /// Sealed channels they are cleared for.
    pub cleared: Vec<i64>,
}

impl Person {
    fn to_row(&self) -> person::Model {
        person::Model {
            id: self.id,
            login: self.login.clone(),
            name: self.name.clone(),
            password_hash: self.password_hash.clone(),
            must_change_password: self.must_change_password,
            unit_id: self.unit_id,
            language: self.language.code().into(),
            active: self.active,
            created_at: micros(self.created_at),
            email: self.email.clone(),
        }
    }
}

impl Step<'_> {
    /// Adds a person.
    ///
    /// # Errors
    /// When the database refuses, a login that is taken included.
    pub async fn add_person(&self, person: &Person) -> Result<()> {
        self.insert::<person::Entity, _>(vec![person.to_row()])
            .await?;
        self.add_rights(person).await
    }

    /// Saves a person with roles, functions and clearances.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_person(&self, person: &Person) -> Result<()> {
        let mut active = person.to_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(person.id);
        active.update(&self.tx).await?;
        let id = person.id;
        person_role::Entity::delete_many()
            .filter(person_role::Column::PersonId.eq(id))
            .exec(&self.tx)
            .await?;
        person_function::Entity::delete_many()
            .filter(person_function::Column::PersonId.eq(id))
            .exec(&self.tx)
            .await?;
        clearance::Entity::delete_many()
            .filter(clearance::Column::PersonId.eq(id))
            .exec(&self.tx)
            .await?;
        self.add_rights(person).await
    }

    async fn add_rights(&self, person: &Person) -> Result<()> {
        let person_id = person.id;
        let roles = person.roles.iter().map(|r| person_role::Model {
            person_id,
            role: r.code().into(),
        });
        let functions = person.functions.iter().map(|f| person_function::Model {
            person_id,
            function: f.code().into(),
        });
        let cleared = person.cleared.iter().map(|c| clearance::Model {
            person_id,
            channel_id: *c,
        });
        self.insert::<person_role::Entity, _>(roles.collect())
            .await?;
        self.insert::<person_function::Entity, _>(functions.collect())
            .await?;
        self.insert::<clearance::Entity, _>(cleared.collect()).await
    }

    /// Records what was configured, by whom.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_admin_event(
        &self,
        id: i64,
        actor_id: Option<i64>,
        kind: &str,
        data: serde_json::Value,
    ) -> Result<()> {
        let row = admin_event::Model {
            id,
            at: micros(self.now),
            actor_id,
            kind: kind.to_owned(),
            data: data.to_string(),
            note: None,
            hash: None,
        };
        self.insert::<admin_event::Entity, _>(vec![row]).await
    }
}

impl Store {
    /// A person by login; inactive ones too.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn person_by_login(&self, login: &str) -> Result<Option<Person>> {
        let found = person::Entity::find()
            .filter(person::Column::Login.eq(login.trim().to_lowercase()))
            .one(&self.read)
            .await?;
        Ok(with_rights(&self.read, found.into_iter().collect())
            .await?
            .pop())
    }

    /// A person by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn person(&self, id: i64) -> Result<Option<Person>> {
        let found = person::Entity::find_by_id(id).one(&self.read).await?;
        Ok(with_rights(&self.read, found.into_iter().collect())
            .await?
            .pop())
    }

    /// Everybody, by login.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn people(&self) -> Result<Vec<Person>> {
        let rows = person::Entity::find()
            .order_by_asc(person::Column::Login)
            .all(&self.read)
            .await?;
        with_rights(&self.read, rows).await
    }
}

/// People with what they may do.
pub(super) async fn with_rights(
    db: &impl ConnectionTrait,
    rows: Vec<person::Model>,
) -> Result<Vec<Person>> {
    let rights = match rows.as_slice() {
        [] => return Ok(Vec::new()),
        [one] => rights(db, Some(one.id)).await?,
        _ => rights(db, None).await?,
    };
    rows.into_iter()
        .map(|r| {
            let mut person = Person {
                id: r.id,
                language: decode("person", r.id, "language", &r.language)?,
                roles: Vec::new(),
                functions: Vec::new(),
                cleared: Vec::new(),
                login: r.login,
                name: r.name,
                password_hash: r.password_hash,
                must_change_password: r.must_change_password,
                unit_id: r.unit_id,
                active: r.active,
                created_at: instant(r.created_at),
                email: r.email,
            };
            for (_, right) in rights.iter().filter(|(id, _)| *id == r.id) {
                match right {
                    Right::Role(role) => person.roles.push(*role),
                    Right::Function(function) => person.functions.push(*function),
                    Right::Cleared(channel) => person.cleared.push(*channel),
                }
            }
            Ok(person)
        })
        .collect()
}

/// What one person, or everybody, may do, with the person's id: three tables in one question,
/// for every request of a signed-in person asks it.
async fn rights(db: &impl ConnectionTrait, of: Option<i64>) -> Result<Vec<(i64, Right)>> {
    let whose = of.map_or("", |_| "WHERE person_id = $1");
    let sql = format!(
        "SELECT person_id, role, CAST(NULL AS TEXT), CAST(NULL AS BIGINT) \
             FROM person_role {whose} UNION ALL \
             SELECT person_id, NULL, function, NULL FROM person_function {whose} UNION ALL \
             SELECT person_id, NULL, NULL, channel_id FROM clearance {whose}"
    );
    let values: Vec<Value> = of.into_iter().map(Value::from).collect();
    let backend = db.get_database_backend();
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    let right = |row: QueryResult| {
        let id: i64 = row.try_get_by_index(0)?;
        let role: Option<String> = row.try_get_by_index(1)?;
        let function: Option<String> = row.try_get_by_index(2)?;
        let right = match (role, function) {
            (Some(role), _) => Right::Role(decode("person_role", id, "role", &role)?),
            (None, Some(function)) => {
                Right::Function(decode("person_function", id, "function", &function)?)
            }
            (None, None) => Right::Cleared(row.try_get_by_index(3)?),
        };
        Ok((id, right))
    };
    rows.into_iter().map(right).collect()
}

/// One row of what a person may do.
enum Right {
    Role(Role),
    Function(Function),
    Cleared(i64),
}
