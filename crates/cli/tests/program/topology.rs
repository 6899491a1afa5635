//! What `docker-compose.yml` puts together, as plain processes: PostgreSQL, a migration, two replicas with its environment,
//! and a proxy before them.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use ordervault_tests::balancer::Balancer;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::postgres::empty_database;
use serde_json::{Value, json};

use crate::installation::{Installation, Running, assert_ends, assert_fails, framed};

const COMPOSE: &str = include_str!("../../../../docker-compose.yml");
const DOCKERFILE: &str = include_str!("../../../../Dockerfile");
/// The line that begins what all replicas have in common.
const REPLICA: &str = "x-replica: &replica";
const CLIENTS: usize = 50;
const OWNER_PASSWORD: &str = "vier Pferde 14 cm";

type Environment = BTreeMap<String, String>;

/// The variables of the program in the part of `docker-compose.yml` that begins with this line.
fn compose(part: &str) -> Environment {
    let lines = COMPOSE.lines().skip_while(|line| *line != part).take_while(|line| !line.is_empty());
    let variables = lines.filter_map(|line| line.trim().split_once(": "));
    let variables = variables.filter(|(name, _)| name.starts_with("ORDERVAULT_"));
    variables.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()
}

/// The variables that every container has from its image.
fn image() -> Environment {
    let words = DOCKERFILE.split_whitespace().filter(|word| word.starts_with("ORDERVAULT_"));
    words.filter_map(|word| word.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
}

/// The environment of a container, with its folders somewhere below `root`.
fn container(part: &str, root: &Path) -> Environment {
    let mut environment = image();
    environment.extend(compose(part));
    for value in environment.values_mut().filter(|value| value.starts_with('/')) {
        *value = format!("{}{value}", root.display());
    }
    environment
}

fn pairs(environment: &Environment) -> Vec<(&str, &str)> {
    environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The secrets, as the head of `docker-compose.yml` makes them.
fn write_secrets(root: &Path, database_url: &str) {
    let folder = root.join("run/secrets");
    fs::create_dir_all(&folder).unwrap();
    let key = "b3JkZXJ2YXVsdCB0ZXN0IHNlY3JldCBvZiAzMiBieXQ=\n";
    for (name, content) in [("database_url", format!("{database_url}\n")), ("ordervault_key", key.to_owned())]
    {
        fs::write(folder.join(name), content).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o400)).unwrap();
    }
}

#[test]
fn the_environment_of_the_containers_is_what_the_program_knows() {
    let shop = Installation::on_sqlite();
    write_secrets(shop.path(), "postgres://shop@127.0.0.1/shop");
    for part in [REPLICA, "  sqlite:"] {
        let environment = container(part, shop.path());
        assert_eq!(environment.get("ORDERVAULT_MODE").map(String::as_str), Some("production"), "{part}");
        assert_ends(&shop.run_with(&["config", "check"], &pairs(&environment)), 0, "");
        // What has another name tomorrow is found out in the same way.
        for name in environment.keys() {
            let mut renamed = environment.clone();
            let value = renamed.remove(name).unwrap();
            renamed.insert(format!("{name}X"), value);
            assert_fails(&shop.run_with(&["config", "check"], &pairs(&renamed)), 78, "");
        }
    }
}

/// Two replicas on one database, and the way to them.
struct Topology {
    shop: Installation,
    environment: Environment,
    replicas: Vec<(Running, SocketAddr)>,
    proxy: Balancer,
}

impl Topology {
    async fn start() -> Self {
        let shop = Installation::on_sqlite();
        write_secrets(shop.path(), &empty_database().await);
        let mut environment = container(REPLICA, shop.path());
        // One customer orders more here in a second than a person does in a minute.
        environment.insert("ORDERVAULT_THROTTLES__PLACE_ACCOUNT".into(), "1000/1m".into());
        // Ended by a second signal, and not while a test is still looking.
        environment.insert("ORDERVAULT_SERVER__DRAIN_PAUSE".into(), "10m".into());
        assert_ends(&shop.run_with(&["migrate"], &pairs(&environment)), 0, "is up to date\n");
        let replicas: Vec<_> = (0..2)
            .map(|_| {
                let (replica, address) = shop.serve_with(&[], &pairs(&environment));
                (replica, address.parse().unwrap())
            })
            .collect();
        let proxy = Balancer::before(replicas.iter().map(|replica| replica.1).collect()).await;
        Self { shop, environment, replicas, proxy }
    }

    /// Sends a request through the proxy; it has to be answered with this status.
    async fn good(&self, request: &Request, status: u16) -> Value {
        let answer = request.send(self.proxy.address).await;
        assert_eq!(answer.status, status, "{}: {}", request.line(), answer.text());
        answer.json()
    }

    /// Logs the first owner in, who was told a password, and lets them choose their own.
    async fn owner(&mut self) -> String {
        self.replicas[0].0.wait_for("└");
        let told = framed(&self.replicas[0].0.said, "password");
        let log_in = |password: &str| {
            Request::post("/v1/staff/auth/login")
                .json(&json!({"email": "owner@localhost", "password": password}))
        };
        let first = text(&self.good(&log_in(&told), 200).await["access_token"]);
        let change = json!({"current_password": told, "new_password": OWNER_PASSWORD});
        self.good(&Request::post("/v1/staff/me/password").bearer(&first).json(&change), 204).await;
        text(&self.good(&log_in(OWNER_PASSWORD), 200).await["access_token"])
    }

    /// A customer's wish for so many units of the only product.
    async fn wish(&self, owner: &str) -> impl Fn(usize) -> Request + use<> {
        let store = json!({"name": "Casa", "currency": "EUR", "time_zone": "Europe/Lisbon"});
        let store = self.good(&Request::post("/v1/staff/stores").bearer(owner).json(&store), 201).await;
        let product =
            json!({"store_id": store["id"], "sku": "A", "title": "Azulejo", "price": 100, "on_hand": 10_000});
        let product = self.good(&Request::post("/v1/staff/products").bearer(owner).json(&product), 201).await;
        let account = json!({"email": "ana@shop.example", "password": "a long walk by the sea"});
        let mut register = account.clone();
        register["name"] = json!("Ana");
        self.good(&Request::post("/v1/auth/register").json(&register), 201).await;
        let token =
            text(&self.good(&Request::post("/v1/auth/login").json(&account), 200).await["access_token"]);
        let order = move |quantity| {
            json!({
                "store_id": store["id"],
                "lines": [{"product_id": product["id"], "quantity": quantity}],
                "contact": {"name": "Ana", "phone": "+351912000001"},
            })
        };
        move |quantity| {
            let request = Request::post("/v1/orders").bearer(&token).key(&format!("{quantity} units"));
            request.json(&order(quantity))
        }
    }

    /// The ids of all orders.
    async fn orders(&self, owner: &str) -> Vec<String> {
        let page = self.good(&Request::get("/v1/staff/orders?limit=100").bearer(owner), 200).await;
        page["items"].as_array().unwrap().iter().map(|order| text(&order["id"])).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_replicas_are_one_shop_and_one_of_them_is_enough() {
    let mut topology = Topology::start().await;
    let owner = topology.owner().await;
    let wish = topology.wish(&owner).await;

    let same = wish(1);
    let answers = join_all((0..CLIENTS).map(|_| same.send(topology.proxy.address))).await;
    assert_same(&answers);
    assert!(topology.proxy.served().iter().all(|served| *served >= CLIENTS / 2));
    let me = Request::get("/v1/staff/me").bearer(&owner);
    for (_, address) in &topology.replicas {
        assert_eq!(me.send(*address).await.status, 200, "a login at one is one at the other");
    }

    let wishes: Vec<_> = (2..2 + CLIENTS).map(&wish).collect();
    let sent = wishes.iter().map(|wish| async move { (wish, wish.try_send(topology.proxy.address).await) });
    let mut sent: FuturesUnordered<_> = sent.collect();
    let mut answered = vec![sent.next().await.unwrap()];
    topology.replicas[0].0.signal("KILL");
    answered.extend(sent.collect::<Vec<_>>().await);
    let mut placed = vec![text(&answers[0].json()["id"])];
    for (wish, answer) in answered {
        // Whoever was cut off, or met a row that the dead one still held, asks again, with the key they have.
        let answer = match answer {
            Ok(answer) if answer.status != 503 => {
                assert_eq!(answer.status, 201, "{}", answer.text());
                answer.json()
            }
            _ => topology.good(wish, 201).await,
        };
        placed.push(text(&answer["id"]));
    }
    let mut orders = topology.orders(&owner).await;
    placed.sort();
    orders.sort();
    assert_eq!(placed, orders);

    drop(topology.replicas.remove(0));
    let (mut survivor, address) = topology.replicas.remove(0);
    survivor.signal("TERM");
    survivor.wait_for("\"draining");
    assert_eq!(Request::get("/readyz").send(address).await.status, 503, "the proxy is told");
    // Until it has noticed, whoever still comes is served.
    let late = topology.good(&wish(2 + CLIENTS), 201).await;
    assert!(topology.orders(&owner).await.contains(&text(&late["id"])));
    survivor.signal("TERM");
    assert_eq!(survivor.end().0, Some(0));
    assert_ends(&topology.shop.run_with(&["verify"], &pairs(&topology.environment)), 0, "");
}

/// All were answered alike, and only one of them first.
fn assert_same(answers: &[Answer]) {
    for answer in answers {
        assert_eq!((answer.status, answer.text()), (201, answers[0].text()));
    }
    let first = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none());
    assert_eq!(first.count(), 1);
}
