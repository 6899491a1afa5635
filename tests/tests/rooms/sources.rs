//! A crate's modules as its files tell them: what each defines, imports and names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// A path from the crate's root, such as `["v1", "orders"]`.
pub(crate) type ModulePath = Vec<String>;

/// One module: a file of its own, or a block within its parent's file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The file it stands in, relative to the crate's source folder.
    pub(crate) file: PathBuf,
    /// Items that it defines.
    items: BTreeSet<String>,
    /// Names that it imports, and the absolute paths behind them.
    imports: BTreeMap<String, ModulePath>,
    /// Modules of which it imports everything.
    globs: Vec<ModulePath>,
    /// Every path within the crate that its code names, as absolute paths; heads that are imported names are resolved later.
    named: BTreeSet<ModulePath>,
}

/// All modules of one crate by path; the root's is empty.
pub(crate) struct Sources {
    pub(crate) modules: BTreeMap<ModulePath, Module>,
    /// The comment at the head of the root file, line by line.
    pub(crate) root_comment: Vec<String>,
}

impl Sources {
    /// Reads the crate whose root file this is.
    pub(crate) fn read(root: &Path) -> Self {
        let folder = root.parent().expect("a folder").to_owned();
        let name = PathBuf::from(root.file_name().expect("a file"));
        Self::load(&name, &|file| fs::read_to_string(folder.join(file)).ok())
    }

    /// The crate whose root is the first of these files, named from its source folder.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let texts: BTreeMap<PathBuf, String> =
            files.iter().map(|(name, text)| (PathBuf::from(name), (*text).to_owned())).collect();
        Self::load(Path::new(files[0].0), &|file| texts.get(file).cloned())
    }

    fn load(root: &Path, text_of: &dyn Fn(&Path) -> Option<String>) -> Self {
        let text = text_of(root).expect("a root file");
        let comment =
            text.lines().map_while(|line| line.strip_prefix("//!")).map(|line| line.trim().to_owned());
        let mut sources = Self { modules: BTreeMap::new(), root_comment: comment.collect() };
        sources.load_file(root, Path::new(""), vec![], text_of);
        sources
    }

    /// Reads a file, and the files of the modules that it declares, which lie in `folder`.
    fn load_file(
        &mut self,
        file: &Path,
        folder: &Path,
        path: ModulePath,
        text_of: &dyn Fn(&Path) -> Option<String>,
    ) {
        let text = text_of(file).unwrap_or_else(|| panic!("{} cannot be read", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.load_items(file, folder, path, &parsed.items, text_of);
    }

    fn load_items(
        &mut self,
        file: &Path,
        folder: &Path,
        path: ModulePath,
        items: &[Item],
        text_of: &dyn Fn(&Path) -> Option<String>,
    ) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            if attributes(item).iter().any(is_test_only) {
                continue;
            }
            match item {
                Item::Mod(inner) => {
                    let name = inner.ident.to_string();
                    let below = [path.clone(), vec![name.clone()]].concat();
                    let inside = folder.join(&name);
                    if let Some((_, items)) = &inner.content {
                        self.load_items(file, &inside, below, items, text_of);
                        continue;
                    }
                    let flat = folder.join(format!("{name}.rs"));
                    let nested = inside.join("mod.rs");
                    let own = if text_of(&flat).is_some() { flat } else { nested };
                    self.load_file(&own, &inside, below, text_of);
                }
                Item::Use(import) => module.import(&path, &mut vec![], &import.tree),
                other => {
                    module.items.extend(name_of(other));
                    Names { module: &mut module, here: &path }.visit_item(other);
                }
            }
        }
        self.modules.insert(path, module);
    }

    /// The files that each file needs something from, with one name that shows it.
    pub(crate) fn arrows(&self) -> BTreeMap<(PathBuf, PathBuf), String> {
        let mut arrows = BTreeMap::new();
        for (path, module) in &self.modules {
            let imported = module.imports.values().cloned();
            let named = module.named.iter().filter_map(|named| self.absolute(path, named));
            let all_of =
                module.globs.iter().filter_map(|glob| Some((glob.clone(), &self.modules.get(glob)?.file)));
            for (target, file) in all_of.filter(|(_, file)| **file != module.file) {
                arrows
                    .entry((module.file.clone(), file.clone()))
                    .or_insert_with(|| format!("{}::*", target.join("::")));
            }
            for target in imported.chain(named) {
                if let Some(file) = self.file_of(&target, 0).filter(|file| **file != module.file) {
                    arrows.entry((module.file.clone(), file.clone())).or_insert_with(|| target.join("::"));
                }
            }
        }
        arrows
    }

    /// What a path in a module's code stands for, if its head is a child of the module or imported.
    fn absolute(&self, module: &ModulePath, named: &[String]) -> Option<ModulePath> {
        if named[0] == "crate" {
            return Some(named[1..].to_vec());
        }
        let child = [module.clone(), vec![named[0].clone()]].concat();
        if self.modules.contains_key(&child) {
            return Some([module.clone(), named.to_vec()].concat());
        }
        let imported = self.modules[module].imports.get(&named[0])?;
        Some([imported.clone(), named[1..].to_vec()].concat())
    }

    /// The file that defines what an absolute path names, through re-exports. None for a module as such, and for what this
    /// crate does not define.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&PathBuf> {
        const MAX_REEXPORTS: usize = 16;
        if depth > MAX_REEXPORTS {
            return None;
        }
        let mut module_path = vec![];
        for (position, name) in path.iter().enumerate() {
            let below = [module_path.clone(), vec![name.clone()]].concat();
            if self.modules.contains_key(&below) {
                module_path = below;
                continue;
            }
            let module = self.modules.get(&module_path)?;
            if module.items.contains(name) {
                return Some(&module.file);
            }
            if let Some(target) = module.imports.get(name) {
                return self.file_of(&[target.clone(), path[position + 1..].to_vec()].concat(), depth + 1);
            }
            return module.globs.iter().find_map(|glob| {
                self.file_of(&[glob.clone(), path[position..].to_vec()].concat(), depth + 1)
            });
        }
        None
    }
}

impl Module {
    fn import(&mut self, here: &ModulePath, prefix: &mut Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.import(here, prefix, &path.tree);
                prefix.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(here, prefix, tree)),
            UseTree::Glob(_) => self.globs.extend(anchored(here, prefix)),
            UseTree::Name(name) => self.import_as(here, prefix, &name.ident.to_string(), None),
            UseTree::Rename(rename) => {
                self.import_as(here, prefix, &rename.ident.to_string(), Some(rename.rename.to_string()));
            }
        }
    }

    fn import_as(&mut self, here: &ModulePath, prefix: &[String], name: &str, alias: Option<String>) {
        let path = match name {
            "self" => prefix.to_vec(),
            _ => [prefix.to_vec(), vec![name.to_owned()]].concat(),
        };
        let Some(known_as) = alias.or_else(|| path.last().cloned()) else { return };
        // A path that begins with a name of this module: whether it is a child or another crate shows later.
        let target = anchored(here, &path).unwrap_or_else(|| [here.clone(), path].concat());
        self.imports.insert(known_as, target);
    }
}

/// A path that begins with `crate`, `self` or `super`, from the root on.
fn anchored(here: &[String], path: &[String]) -> Option<ModulePath> {
    let mut base = here.to_vec();
    let mut rest = path;
    match rest.first().map(String::as_str) {
        Some("crate") => {
            base.clear();
            rest = &rest[1..];
        }
        Some("self") => rest = &rest[1..],
        Some("super") => {}
        _ => return None,
    }
    while rest.first().is_some_and(|name| name == "super") {
        base.pop();
        rest = &rest[1..];
    }
    Some([base, rest.to_vec()].concat())
}

/// Collects the paths of two or more names in an item's code, in macros as well.
struct Names<'a> {
    module: &'a mut Module,
    here: &'a ModulePath,
}

impl Names<'_> {
    fn note(&mut self, names: Vec<String>) {
        if names.len() < 2 {
            return;
        }
        let absolute = anchored(self.here, &names).map(|path| [vec!["crate".to_owned()], path].concat());
        self.module.named.insert(absolute.unwrap_or(names));
    }

    fn note_tokens(&mut self, tokens: TokenStream) {
        let mut names: Vec<String> = vec![];
        let mut colons = 0;
        for token in tokens {
            match &token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.note(std::mem::take(&mut names));
                    }
                    names.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    self.note(std::mem::take(&mut names));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.note_tokens(group.stream());
                    }
                }
            }
        }
        self.note(names);
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        self.visit_path(&invoked.path);
        self.note_tokens(invoked.tokens.clone());
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_item(&mut self, item: &'ast Item) {
        // Imports within functions are imports, too.
        if let Item::Use(import) = item {
            self.module.import(self.here, &mut vec![], &import.tree);
        }
        visit::visit_item(self, item);
    }
}

fn is_test_only(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => &[],
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(name.to_string())
}
