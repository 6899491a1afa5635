//! Clients that other people's generators make of the contract: all are generated, those for which there is a compiler are
//! compiled, and the examples run against a demo shop.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::demo::Demo;
use crate::node::Node;
use crate::shell::{self, Outcome};
use crate::{apt, tools};

/// What it makes runs by itself, without packages.
const HEY_API: [&str; 2] = ["@hey-api/openapi-ts@0.99.0", "typescript@5.9.3"];
/// Carries the program, which needs Java.
const OPENAPI_GENERATOR: &str = "openapi-generator-cli==7.26.0";
const OPENAPI_GENERATOR_JAR: &str = "openapi_generator_cli/openapi-generator.jar";

/// Of what the Java client imports, all that is not in the generator itself.
const JAKARTA_ANNOTATIONS: &str = "/usr/share/java/jakarta-annotation-api.jar";
const DEBIAN_JAVA: &str = "default-jdk-headless libjakarta-annotation-api-java";

/// Makes everything anew below `target/clients`.
pub(crate) fn check() -> Outcome {
    let folder = shell::root().join("target/clients");
    shell::empty(&folder)?;
    let demo = Demo::start(&folder.join("demo"), &[])?;
    let node = Node::ready()?;
    typescript(&node, &folder.join("typescript"), &demo.url)?;
    hey_api(&node, &folder.join("hey-api"))?;
    python(&folder.join("python"), &demo.url)?;
    java_and_kotlin(&folder)
}

/// `examples/typescript`, as a reader of its page runs it.
fn typescript(node: &Node, folder: &Path, url: &str) -> Outcome {
    shell::copy(&shell::root().join("examples/typescript"), folder)?;
    node.install_locked(folder)?;
    let modules = folder.join("node_modules");
    let mut generate = node.script(modules.join("openapi-typescript/bin/cli.js"));
    shell::run(generate.arg(contract()).args(["--output", "src/generated.ts"]).current_dir(folder))?;
    shell::run(node.script(modules.join("typescript/bin/tsc")).current_dir(folder))?;
    for program in ["src/customer.ts", "src/staff.ts"] {
        shell::run(node.script(program).env("API_URL", url).current_dir(folder))?;
    }
    Ok(())
}

fn hey_api(node: &Node, folder: &Path) -> Outcome {
    let modules = node.packages(&HEY_API)?.join("node_modules");
    let mut generate = node.script(modules.join("@hey-api/openapi-ts/bin/run.js"));
    shell::run(generate.arg("-i").arg(contract()).arg("-o").arg(folder))?;
    let mut compile = node.script(modules.join("typescript/bin/tsc"));
    compile.args(["--strict", "--noUncheckedIndexedAccess", "--noEmit"]);
    compile.args(["--target", "es2022", "--lib", "es2022,dom,dom.iterable"]);
    compile.args(["--module", "esnext", "--moduleResolution", "bundler"]);
    shell::run(compile.arg(folder.join("index.ts")))
}

/// `examples/python`, as a reader of its page runs it.
fn python(folder: &Path, url: &str) -> Outcome {
    shell::copy(&shell::root().join("examples/python"), folder)?;
    let packages = folder.join("packages");
    tools::pip(&packages, &["--requirement", &folder.join("requirements.txt").to_string_lossy()])?;
    let run = |arguments: &[&str]| {
        let mut python = Command::new("python3");
        python.args(arguments).current_dir(folder).env("PYTHONPATH", &packages).env("API_URL", url);
        shell::run(&mut python)
    };
    // What is read by nobody is not formatted.
    std::fs::write(folder.join("generator.yaml"), "post_hooks: []\n")
        .map_err(|error| format!("cannot write generator.yaml: {error}"))?;
    let contract = contract();
    let path = contract.to_string_lossy();
    let generated = ["--meta", "none", "--output-path", "ordervault_client", "--config", "generator.yaml"];
    run(&[&["-m", "openapi_python_client", "generate", "--path", &path], &generated[..]].concat())?;
    run(&["-m", "mypy", "--exclude", "^packages/", "."])?;
    run(&["customer.py"])?;
    run(&["staff.py"])
}

/// The client for Java is compiled. For that for Kotlin there is no compiler in a package that would be ready to use.
fn java_and_kotlin(folder: &Path) -> Outcome {
    let has_compiler = shell::output(Command::new("javac").arg("-version")).is_some();
    if !(has_compiler && Path::new(JAKARTA_ANNOTATIONS).exists()) {
        println!("no javac, or no {JAKARTA_ANNOTATIONS}: installing them");
        apt::install(DEBIAN_JAVA).map_err(|reason| format!("no Java to compile with; {reason}"))?;
    }
    let installed =
        tools::installed(OPENAPI_GENERATOR, |folder| tools::pip(folder, &["--no-deps", OPENAPI_GENERATOR]))?;
    let jar = installed.join(OPENAPI_GENERATOR_JAR);
    let generate = |language: &str, options: &[&str]| {
        let mut java = Command::new("java");
        java.args(["-Dlog.level=error", "-jar"])
            .arg(&jar)
            .args(["generate", "-g", language, "-i"])
            .arg(contract());
        shell::run(java.arg("-o").arg(folder.join(language)).args(options))
    };
    generate("kotlin", &[])?;
    // Without what only Maven's registry has.
    let properties = "openApiNullable=false,useJakartaEe=true,annotationLibrary=none";
    generate("java", &["--library", "native", "--additional-properties", properties])?;
    let classpath = std::env::join_paths([jar.as_os_str(), JAKARTA_ANNOTATIONS.as_ref()])
        .map_err(|error| format!("{}: {error}", jar.display()))?;
    let java = folder.join("java");
    let sources = shell::files(&java.join("src/main/java")).map_err(|error| format!("no Java: {error}"))?;
    let mut compile = Command::new("javac");
    compile.args(["-proc:none", "-nowarn", "-d"]).arg(java.join("classes")).arg("-cp").arg(classpath);
    shell::run(compile.args(sources))
}

fn contract() -> PathBuf {
    shell::root().join("openapi/openapi.json")
}
