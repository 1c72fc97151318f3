//! Statements that define: tables, columns, databases and users.

use super::{Parsed, Parser};
use crate::model::Text;
use crate::shell::sql::lexer::TokenKind;
use crate::shell::sql::statement::{Alteration, Statement, SyntaxError, UserChange};
use crate::world::disk::Column;

impl Parser<'_> {
    pub(super) fn create(&mut self) -> Parsed<Statement> {
        self.at += 1;
        if self.accept("database") || self.accept("schema") {
            let if_not_exists = self.accept("if not exists");
            let name = self.name()?;
            if self.is_word("character")
                || self.is_word("default")
                || self.is_word("collate")
                || self.is_word("charset")
            {
                self.skip_rest();
            }
            return Ok(Statement::CreateDatabase { name, if_not_exists });
        }
        if self.accept("user") {
            let is_lenient = self.accept("if not exists");
            return self.user("CREATE", is_lenient);
        }
        for word in ["index", "view", "unique", "trigger", "procedure", "function"] {
            if self.is_word(word) {
                return Err(SyntaxError::Unsupported("CREATE of anything but a database, a table or a user"));
            }
        }
        self.accept("temporary");
        self.expect("table")?;
        let if_not_exists = self.accept("if not exists");
        let table = self.table_name()?;
        self.expect_symbol("(")?;
        let mut columns: Vec<Column> = Vec::new();
        loop {
            self.table_part(&mut columns)?;
            if !self.accept_symbol(",") {
                break;
            }
        }
        self.expect_symbol(")")?;
        // The engine, the character set and so on change nothing here.
        self.skip_rest();
        Ok(Statement::CreateTable { table, if_not_exists, columns })
    }

    fn table_part(&mut self, columns: &mut Vec<Column>) -> Parsed<()> {
        if self.accept("constraint") && !self.is_word("primary") && !self.is_word("unique") {
            self.name()?;
        }
        if self.accept("primary key") {
            self.expect_symbol("(")?;
            loop {
                let name = self.name()?;
                for column in columns.iter_mut().filter(|column| column.name.eq_ignore_ascii_case(&name)) {
                    column.is_primary = true;
                    column.is_nullable = false;
                }
                if !self.accept_symbol(",") {
                    break;
                }
            }
            return self.expect_symbol(")");
        }
        let is_key = ["key", "index", "unique", "foreign", "fulltext", "check"].iter().any(|word| self.is_word(word));
        if is_key {
            return self.skip_part();
        }
        columns.push(self.column()?);
        Ok(())
    }

    /// Skips to the comma or the parenthesis that ends a part.
    fn skip_part(&mut self) -> Parsed<()> {
        let mut depth = 0;
        while let Some(token) = self.peek() {
            match token.text.as_str() {
                "(" if token.kind == TokenKind::Symbol => depth += 1,
                ")" if token.kind == TokenKind::Symbol && depth == 0 => return Ok(()),
                ")" if token.kind == TokenKind::Symbol => depth -= 1,
                "," if token.kind == TokenKind::Symbol && depth == 0 => return Ok(()),
                _ => {}
            }
            self.at += 1;
        }
        Err(self.error())
    }

    fn column(&mut self) -> Parsed<Column> {
        let name = self.name()?;
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else { return Err(self.error()) };
        let mut kind = token.text.to_ascii_lowercase();
        self.at += 1;
        let mut size = String::new();
        if self.accept_symbol("(") {
            while let Some(token) = self.peek().filter(|token| token.text != ")") {
                size.push_str(&if token.kind == TokenKind::Text {
                    format!("'{}'", token.text)
                } else {
                    token.text.clone()
                });
                self.at += 1;
            }
            self.expect_symbol(")")?;
        }
        if matches!(kind.as_str(), "integer" | "int4") {
            kind = "int".to_string();
        }
        if matches!(kind.as_str(), "bool" | "boolean") {
            (kind, size) = ("tinyint".to_string(), "1".to_string());
        }
        if kind == "serial" {
            kind = "bigint".to_string();
        }
        let default_size = match kind.as_str() {
            "int" => "11",
            "bigint" => "20",
            "smallint" => "6",
            "tinyint" => "4",
            "mediumint" => "9",
            "char" => "1",
            "decimal" => "10,0",
            _ => "",
        };
        if size.is_empty() {
            size = default_size.to_string();
        }
        let mut shown = if size.is_empty() { kind } else { format!("{kind}({size})") };
        if self.accept("unsigned") {
            shown.push_str(" unsigned");
        }
        let mut column = Column {
            name: name.into(),
            kind: shown.into(),
            is_nullable: true,
            is_primary: false,
            is_auto_increment: false,
            default: None,
        };
        self.column_options(&mut column)?;
        Ok(column)
    }

    fn column_options(&mut self, column: &mut Column) -> Parsed<()> {
        loop {
            if self.accept("not null") {
                column.is_nullable = false;
            } else if self.accept("primary key") {
                column.is_primary = true;
                column.is_nullable = false;
            } else if self.accept("auto_increment") {
                column.is_auto_increment = true;
            } else if self.accept("default") {
                let is_negative = self.accept_symbol("-");
                let Some(token) = self.peek().cloned() else { return Err(self.error()) };
                self.at += 1;
                if self.accept_symbol("(") {
                    self.expect_symbol(")")?;
                }
                let is_null = token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case("null");
                let text = if is_negative { format!("-{}", token.text) } else { token.text };
                let text = if token.kind == TokenKind::Word { text.to_ascii_lowercase() } else { text };
                column.default = if is_null { None } else { Some(Text::from(text)) };
            } else if self.accept("on update") {
                self.at += 1;
                if self.accept_symbol("(") {
                    self.expect_symbol(")")?;
                }
            } else if self.accept("comment") {
                self.text()?;
            } else if !(self.accept("null") || self.accept("unique key") || self.accept("unique") || self.accept("key"))
            {
                return Ok(());
            }
        }
    }

    pub(super) fn drop(&mut self) -> Parsed<Statement> {
        self.at += 1;
        if self.accept("database") || self.accept("schema") {
            let if_exists = self.accept("if exists");
            return Ok(Statement::DropDatabase { name: self.name()?, if_exists });
        }
        if self.accept("user") {
            let is_lenient = self.accept("if exists");
            return self.user("DROP", is_lenient);
        }
        self.expect("table")?;
        let if_exists = self.accept("if exists");
        let mut tables = vec![self.table_name()?];
        while self.accept_symbol(",") {
            tables.push(self.table_name()?);
        }
        Ok(Statement::DropTable { tables, if_exists })
    }

    /// A user's name, from where, and the password.
    fn user(&mut self, verb: &'static str, is_lenient: bool) -> Parsed<Statement> {
        let name = self.text().or_else(|_| self.name())?;
        // The lexer takes `@` for the begin of a variable.
        let mark = self.peek().filter(|token| token.kind == TokenKind::Variable).map(|token| token.text.clone());
        self.at += usize::from(mark.is_some());
        let host = match mark.as_deref().map(|mark| mark.trim_start_matches('@')) {
            None => "%".to_string(),
            Some("") => self.text().or_else(|_| self.name())?,
            Some(host) => host.to_string(),
        };
        let password = if self.accept("identified by") { self.text()? } else { String::new() };
        Ok(Statement::User(UserChange { verb, name, host, password, is_lenient }))
    }

    pub(super) fn alter(&mut self) -> Parsed<Statement> {
        self.at += 1;
        if self.accept("user") {
            let is_lenient = self.accept("if exists");
            return self.user("ALTER", is_lenient);
        }
        self.expect("table")?;
        let table = self.table_name()?;
        let mut changes = Vec::new();
        loop {
            if self.accept("add") {
                if ["primary", "constraint", "index", "key", "unique", "foreign"].iter().any(|word| self.is_word(word))
                {
                    return Err(SyntaxError::Unsupported("ALTER TABLE … ADD of anything but a column"));
                }
                self.accept("column");
                changes.push(Alteration::Add(self.column()?));
                // New columns stand at the end here.
                if self.accept("after") {
                    self.name()?;
                } else {
                    self.accept("first");
                }
            } else if self.accept("drop") {
                self.accept("column");
                changes.push(Alteration::Drop(self.name()?));
            } else if self.accept("modify") {
                self.accept("column");
                let column = self.column()?;
                changes.push(Alteration::Change(column.name.to_string(), column));
            } else if self.accept("change") {
                self.accept("column");
                let name = self.name()?;
                changes.push(Alteration::Change(name, self.column()?));
            } else if self.accept("rename column") {
                let from = self.name()?;
                self.expect("to")?;
                changes.push(Alteration::RenameColumn(from, self.name()?));
            } else if self.accept("rename") {
                self.accept("to");
                changes.push(Alteration::Rename(self.name()?));
            } else {
                return Err(self.error());
            }
            if !self.accept_symbol(",") {
                return Ok(Statement::Alter { table, changes });
            }
        }
    }
}
