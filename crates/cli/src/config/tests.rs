use std::fs;
use std::path::PathBuf;

use ordervault_api::settings::{Lifetimes, Mode, Rates};
use ordervault_persistence::engine::{DEFAULT_READERS, Engine};
use ordervault_persistence::writer::Rate;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Environment {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn load(pairs: &[(&str, &str)]) -> Result<Config, String> {
    Config::load(&environment(pairs), &Flags::default()).map_err(|error| error.to_string())
}

fn file(text: &str) -> (TempDir, Flags) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.toml");
    fs::write(&path, text).unwrap();
    (folder, Flags { config: Some(path), ..Flags::default() })
}

#[test]
fn nothing_set_is_a_usable_development_configuration() {
    let config = load(&[]).unwrap();
    assert_eq!(config.mode, Mode::Development);
    assert_eq!(config.database.url.expose(), "sqlite://./data/ordervault.db");
    assert_eq!(config.auth.secret_file, PathBuf::from("./data/secret.key"));
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert!(config.server.drain_pause.is_zero(), "nobody waits for a proxy that is not there");
    assert!(config.metrics_listen.unwrap().ip().is_loopback());
    assert!(config.docs_enabled && config.database.migrate_on_start && config.auth.may_create_secret_file);
    assert!(SETTINGS.iter().all(|setting| *config.source(setting.key) == Source::Default));
    assert_eq!(config.database.readers, DEFAULT_READERS);
    let (auth, logins) = (&config.auth, Lifetimes::default());
    let times = [auth.customer_idle, auth.customer_session, auth.staff_idle, auth.staff_session];
    let defaults = [logins.customer, logins.staff].map(|login| [login.idle_millis, login.absolute_millis]);
    assert_eq!(times.map(|time| i64::try_from(time.as_millis()).unwrap()), *defaults.as_flattened());
}

#[test]
fn production_changes_the_defaults_that_depend_on_it() {
    let config = load(&[("ORDERVAULT_MODE", "production")]).unwrap();
    assert!(!config.docs_enabled && !config.database.migrate_on_start);
    assert!(config.auth.may_create_secret_file, "SQLite has one server, which may make its own");
}

#[test]
fn later_layers_win_and_each_value_keeps_its_source() {
    let (_folder, mut flags) = file(
        "data_dir = \"/one\"\n[server]\nlisten = \"127.0.0.1:1\"\nreplicas = 1\n[docs]\nenabled = false",
    );
    let variables = [
        ("ORDERVAULT_DATA_DIR", "/two"),
        ("ORDERVAULT_SERVER__LISTEN", "127.0.0.1:2"),
        ("ORDERVAULT_LOG__LEVEL", ""),
    ];
    flags.listen = Some("127.0.0.1:3".into());
    let config = Config::load(&environment(&variables), &flags).unwrap();
    assert_eq!(config.data_dir, PathBuf::from("/two"));
    assert_eq!(config.database.url.expose(), "sqlite:///two/ordervault.db", "made from the winner");
    assert_eq!(config.server.listen.port(), 3);
    assert!(!config.docs_enabled);
    assert_eq!(*config.source("server.listen"), Source::Flag("--listen"));
    assert_eq!(*config.source("data_dir"), Source::Environment("ORDERVAULT_DATA_DIR".into()));
    assert_eq!(*config.source("docs.enabled"), Source::File(flags.config.clone().unwrap()));
    assert_eq!(*config.source("log.level"), Source::Default, "an empty variable is not set");
}

#[test]
fn unknown_names_are_errors_that_tell_the_nearest_one() {
    let error = load(&[("ORDERVAULT_SERVER__LISTN", "x")]).unwrap_err();
    assert_eq!(
        error,
        "unknown setting ORDERVAULT_SERVER__LISTN (in ORDERVAULT_SERVER__LISTN); did you mean ORDERVAULT_SERVER__LISTEN?"
    );
    for (text, nearest) in [("[databse]\nurl = \"\"", "database.url"), ("datadir = \"x\"", "data_dir")] {
        let (_folder, flags) = file(text);
        let error = Config::load(&Environment::new(), &flags).unwrap_err().to_string();
        assert!(error.ends_with(&format!("did you mean {nearest}?")), "{error}");
    }
    assert!(
        load(&[("ORDERVAULT_SERVICE__LISTEN", "x")]).is_err(),
        "a misspelt section is no foreign variable"
    );
    assert!(load(&[("ORDERVAULT_MODE_FILE", "x")]).is_err(), "only secrets have files");
}

#[test]
fn foreign_variables_with_our_prefix_are_left_alone() {
    let foreign = [
        "ORDERVAULT_SERVICE_HOST",
        "ORDERVAULT_PORT_8080_TCP",
        "ORDERVAULT_TEST_POSTGRES",
        "ORDERVAULT_BLESS",
        "PATH",
    ];
    for name in foreign {
        load(&[(name, "x")]).unwrap();
    }
}

#[test]
fn wrong_values_are_errors_that_name_setting_source_and_form() {
    let cases = [
        ("MODE", "prod", "development or production"),
        ("DATABASE__URL", "mysql://root:hush@db", "begins with sqlite:// or postgres://"),
        ("DATABASE__READERS", "0", "from 4 to 64"),
        ("DATABASE__MIGRATE_ON_START", "yes", "true or false"),
        ("SERVER__LISTEN", "shop.example", "such as localhost:8080"),
        ("SERVER__LISTEN", "localhost:http", "such as localhost:8080"),
        ("SERVER__LISTEN", "65536", "such as localhost:8080"),
        ("SERVER__LISTEN", "localhost9000", "such as localhost:8080"),
        ("SERVER__PUBLIC_URL", "shop.example", "https://shop.example"),
        ("SERVER__TRUSTED_PROXIES", "10.0.0.1, proxy", "such as 10.0.0.0/8"),
        ("SERVER__CORS_ORIGINS", "shop.example", "such as https://shop.example, or *"),
        ("SERVER__CORS_ORIGINS", "null", "or *"),
        ("SERVER__CORS_ORIGINS", "https://shop.example/page", "or *"),
        ("SERVER__CORS_ORIGINS", "https://me:secret@shop.example", "or *"),
        ("SERVER__CORS_ORIGINS", "ftp://shop.example", "or *"),
        ("SERVER__DRAIN_PAUSE", "11m", "from 0s to 600s"),
        ("THROTTLES__LOOKUP_NUMBER", "5", "such as 5/10m"),
        ("THROTTLES__LOGIN_ACCOUNT", "0/10m", "such as 5/10m"),
        ("THROTTLES__PLACE_ACCOUNT", "5/2d", "at most in 1d"),
        ("METRICS__LISTEN", "no", "or off"),
        ("AUTH__STAFF_IDLE", "2s", "from 60s to"),
        ("BACKUP__SCHEDULE", "0s", "from 60s to 604800s, or off"),
        ("BACKUP__SCHEDULE", "nightly", "or off"),
        ("BACKUP__KEEP_DAILY", "-1", "from 0 to 1000"),
        ("DEFAULTS__LANGUAGE", "xx", "one of en, "),
        ("MAIL__URL", "imap://shop:hush@mail.example.com", "smtps://USER:PASSWORD@HOST"),
        ("LOG__FORMAT", "xml", "auto, pretty or json"),
    ];
    for (name, text, expected) in cases {
        let name = format!("ORDERVAULT_{name}");
        let error = load(&[(&name, text)]).unwrap_err();
        assert!(error.contains(expected) && error.contains(&name) && !error.contains('\n'), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
}

#[test]
fn a_way_for_mail_takes_a_sender_and_a_page() {
    let url = ("ORDERVAULT_MAIL__URL", "smtps://shop:hush@mail.example.com");
    let from = ("ORDERVAULT_MAIL__FROM", "Tea House <shop@example.com>");
    let page = ("ORDERVAULT_MAIL__LINK_URL", "https://shop.example/account");
    assert!(load(&[from, page]).unwrap().mail.is_none());
    assert!(load(&[url, page]).unwrap_err().contains("mail.from"));
    assert!(load(&[url, from]).unwrap_err().contains("mail.link_url"));
    let config = load(&[url, from, page]).unwrap();
    assert!(config.mail.is_some() && !config.to_string().contains("hush"), "{config}");
    assert!(!format!("{:?}", config.mail).contains("hush"));
    let open = ("ORDERVAULT_MAIL__URL", "smtp://mail.example.com");
    let production = ("ORDERVAULT_MODE", "production");
    assert!(load(&[production, open, from, page]).unwrap_err().contains("tls=required"));
    for fine in ["smtp://mail.example.com?tls=required", "file:/var/mail/shop"] {
        load(&[production, ("ORDERVAULT_MAIL__URL", fine), from, page]).unwrap();
    }
}

#[test]
fn throttles_and_proxies_are_read() {
    let config = load(&[]).unwrap();
    assert_eq!(config.throttles, Rates::default());
    assert!(config.server.trusted_proxies.is_empty());
    let config = load(&[
        ("ORDERVAULT_THROTTLES__PLACE_ACCOUNT", "1000000/1s"),
        ("ORDERVAULT_SERVER__TRUSTED_PROXIES", "192.0.2.1, 10.0.0.0/8,fd00::/8"),
    ])
    .unwrap();
    let rate = config.throttles.place_account;
    assert_eq!((rate.limit, rate.window_millis), (1_000_000, 1_000));
    let proxies: Vec<_> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["192.0.2.1/32", "10.0.0.0/8", "fd00::/8"]);
}

#[test]
fn origins_are_read_as_browsers_write_them() {
    let origins = |text| load(&[("ORDERVAULT_SERVER__CORS_ORIGINS", text)]).unwrap().server.cors_origins;
    let read = origins("HTTPS://Shop.Example:443/, http://localhost:5173 ,https://bücher.example");
    assert_eq!(
        read.exact,
        ["https://shop.example", "http://localhost:5173", "https://xn--bcher-kva.example"]
    );
    assert!(!read.any_for_catalogue);
    assert!(origins("*").any_for_catalogue && origins("*").exact.is_empty());
    assert!(!origins("").any_for_catalogue && origins("").exact.is_empty());
}

#[test]
fn damaged_files_are_errors_with_path_and_line() {
    let (folder, flags) = file("mode = \"development\"\n[server\n");
    let error = Config::load(&Environment::new(), &flags).unwrap_err().to_string();
    assert!(error.contains("shop.toml, line 2: ") && !error.contains('\n'), "{error}");

    let (_folder, flags) = file("[database]\nreaders = 1.5");
    let error = Config::load(&Environment::new(), &flags).unwrap_err().to_string();
    assert!(error.contains("database.readers must be"), "{error}");

    let missing = Flags { config: Some(folder.path().join("none.toml")), ..Flags::default() };
    let error = Config::load(&Environment::new(), &missing).unwrap_err().to_string();
    assert!(error.contains("none.toml: No such file"), "{error}");
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    fs::write(&path, "postgres://shop:hu@sh/?1@db/shop?sslmode=disable&password=hush\n").unwrap();
    let path = path.to_str().unwrap();
    let config =
        load(&[("ORDERVAULT_DATABASE__URL_FILE", path), ("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD", "hush")])
            .unwrap();
    assert_eq!(config.database.url.engine(), Engine::Postgres);
    assert!(config.database.url.expose().ends_with("password=hush"), "without the line end");
    let shown = config.to_string();
    for text in [&shown, &format!("{config:?}")] {
        assert!(!text.contains("hush") && !text.contains("hu@sh"), "{text}");
    }
    assert!(shown.contains(&format!(
        "\"postgres://shop:***@db/shop?sslmode=disable&password=***\"  # {path}, named by ORDERVAULT_DATABASE__URL_FILE"
    )));

    let twice = load(&[("ORDERVAULT_DATABASE__URL_FILE", path), ("ORDERVAULT_DATABASE__URL", "sqlite://x")]);
    assert!(twice.unwrap_err().contains("database.url is set twice"));
    let missing = load(&[("ORDERVAULT_DATABASE__URL_FILE", "/nowhere")]).unwrap_err();
    assert!(missing.contains("/nowhere: ") && missing.contains("ORDERVAULT_DATABASE__URL_FILE"), "{missing}");
    let (_folder, flags) = file(&format!("[database]\nurl_file = \"{path}\""));
    assert_eq!(Config::load(&Environment::new(), &flags).unwrap().database.url.engine(), Engine::Postgres);
}

#[test]
fn what_is_shown_can_be_used_as_a_file_again() {
    let config =
        load(&[("ORDERVAULT_SERVER__REPLICAS", "1"), ("ORDERVAULT_LOG__LEVEL", "info,sqlx=\"warn\"")])
            .unwrap();
    let (_folder, flags) = file(&config.to_string());
    let again = Config::load(&Environment::new(), &flags).unwrap();
    for setting in SETTINGS {
        assert_eq!(config.values.get(setting.key).0, again.values.get(setting.key).0, "{}", setting.key);
    }
}

#[test]
fn production_refuses_by_name_with_a_value_that_works() {
    let postgres = ("ORDERVAULT_DATABASE__URL", "postgres://db/shop");
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[postgres], "auth.secret_file = \"/run/secrets/ordervault_key\""),
        (&[("ORDERVAULT_SERVER__REPLICAS", "2")], "server.replicas = 1"),
        (&[("ORDERVAULT_DATABASE__URL", "sqlite::memory:")], "sqlite:///var/lib/ordervault/ordervault.db"),
        (&[("ORDERVAULT_JOBS__ENABLED", "false")], "jobs.enabled = true"),
        (&[("ORDERVAULT_METRICS__LISTEN", "0.0.0.0:9464")], "metrics.public = true"),
        (&[("ORDERVAULT_SERVER__TRUSTED_PROXIES", "0.0.0.0/0")], "server.trusted_proxies = \"10.0.0.0/8\""),
        (
            &[("ORDERVAULT_SERVER__TRUSTED_PROXIES", "10.0.0.1,::/0")],
            "server.trusted_proxies = \"10.0.0.0/8\"",
        ),
        (&[("ORDERVAULT_THROTTLES__LOGIN_ACCOUNT", "501/15m")], "throttles.login_account = \"5/15m\""),
        (&[("ORDERVAULT_THROTTLES__PLACE_ACCOUNT", "1000000/1s")], "throttles.place_account = \"20/1m\""),
        (&[("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD", "hush")], "ORDERVAULT_FIRST_RUN__OWNER_PASSWORD_FILE="),
    ];
    for (settings, works) in cases {
        let production = [*settings, &[("ORDERVAULT_MODE", "production")]].concat();
        let refusal = load(&production).unwrap_err();
        assert!(refusal.contains(works) && !refusal.contains('\n') && !refusal.contains("hush"), "{refusal}");
        if !works.contains("replicas") {
            load(settings).unwrap();
        }
    }
    for fine in [
        ("ORDERVAULT_METRICS__PUBLIC", "true"),
        ("ORDERVAULT_METRICS__LISTEN", "[::1]:9464"),
        ("ORDERVAULT_SERVER__TRUSTED_PROXIES", "10.0.0.0/8,fc00::/7"),
        ("ORDERVAULT_THROTTLES__LOGIN_ACCOUNT", "500/15m"),
    ] {
        load(&[("ORDERVAULT_MODE", "production"), fine]).unwrap();
    }
    let demo = Flags { demo: true, ..Flags::default() };
    let refusal = Config::load(&environment(&[("ORDERVAULT_MODE", "production")]), &demo).unwrap_err();
    assert!(refusal.to_string().starts_with("--demo "), "{refusal}");
    Config::load(&Environment::new(), &demo).unwrap();

    let all = [
        ("ORDERVAULT_MODE", "production"),
        ("ORDERVAULT_SERVER__REPLICAS", "2"),
        ("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD", "hush"),
    ];
    assert_eq!(load(&all).unwrap_err().lines().count(), 2, "all refusals at once");
    let good = [
        postgres,
        ("ORDERVAULT_MODE", "production"),
        ("ORDERVAULT_AUTH__SECRET_FILE", "/key"),
        ("ORDERVAULT_SERVER__REPLICAS", "2"),
    ];
    assert!(!load(&good).unwrap().auth.may_create_secret_file);
}

#[cfg(unix)]
#[test]
fn production_refuses_passwords_that_everybody_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let password = "mode = \"production\"\n[first_run]\nowner_password = \"hush\"\n";
    let (folder, flags) = file(password);
    let path = folder.path().join("shop.toml");
    for (mode, is_refused) in [(0o644, true), (0o602, true), (0o640, false), (0o600, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let outcome = Config::load(&Environment::new(), &flags);
        assert_eq!(outcome.is_err(), is_refused, "{mode:o}");
        if let Err(error) = outcome {
            let error = error.to_string();
            assert!(error.contains("chmod o-rw") && !error.contains("hush"), "{error}");
        }
    }
    let (folder, flags) = file("mode = \"production\"\n");
    fs::set_permissions(folder.path().join("shop.toml"), fs::Permissions::from_mode(0o644)).unwrap();
    Config::load(&Environment::new(), &flags).unwrap();
}

#[test]
fn variables_and_settings_are_one_to_one() {
    let names: std::collections::BTreeSet<_> = SETTINGS.iter().map(Setting::variable).collect();
    assert_eq!(names.len(), SETTINGS.len());
    assert!(names.contains("ORDERVAULT_MODE") && names.contains("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD"));
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the switch that rewrites generated files comes from the environment"
)]
fn the_committed_reference_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    if std::env::var_os("ORDERVAULT_BLESS").is_some() {
        fs::write(path, reference_page()).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, reference_page(), "docs/configuration.md is stale: run `cargo xtask bless`");
}

proptest! {
    #[test]
    fn rates_are_read_as_they_are_written(limit in 1..1_000_000_u32, seconds in 1..=86_400_i64) {
        let rate = Rate { limit, window_millis: seconds * 1_000 };
        prop_assert_eq!(value::rate(&value::rate_text(rate)), Ok(rate));
    }

    #[test]
    fn no_password_survives_masking(user in "[a-z]{1,8}", password in "[A-Z0-9@:/?&=]{3,20}", host in "[a-z]{1,8}") {
        let masked = mask_url(&format!("postgres://{user}:{password}@{host}/shop"));
        prop_assert_eq!(masked, format!("postgres://{user}:***@{host}/shop"));
    }
}

#[test]
fn an_address_may_be_one_half_of_it() {
    for (text, expected) in [
        ("9000", "127.0.0.1:9000"),
        (":9000", "127.0.0.1:9000"),
        ("localhost", "127.0.0.1:8080"),
        ("localhost:9000", "127.0.0.1:9000"),
        ("0.0.0.0", "0.0.0.0:8080"),
        ("::1", "[::1]:8080"),
        ("[::]:0", "[::]:0"),
    ] {
        assert_eq!(load(&[("ORDERVAULT_SERVER__LISTEN", text)]).unwrap().server.listen.to_string(), expected);
    }
    let metrics = load(&[("ORDERVAULT_METRICS__LISTEN", "localhost")]).unwrap().metrics_listen;
    assert_eq!(metrics.unwrap().to_string(), "127.0.0.1:9464");
}
