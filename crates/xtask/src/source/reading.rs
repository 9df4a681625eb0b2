//! One file's items, imports and paths, collected from its syntax tree.

use std::{collections::BTreeMap, path::Path};

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, Expr, ExprLit, ImplItem, Item, ItemMod, ItemUse, Lit, Macro, Meta, UseTree, Visibility,
    visit::{self, Visit},
};

use super::module::{Import, Module, ModulePath, Used};

/// What one file holds.
pub struct Reading {
    /// The file's module and the `mod` blocks inside it.
    pub modules: BTreeMap<ModulePath, Module>,
    /// Modules that have a file of their own.
    pub files: Vec<Child>,
}

/// A module in a file of its own.
pub struct Child {
    /// The module's path.
    pub module: ModulePath,
    /// The file that a `#[path]` attribute names, relative to the parent's folder.
    pub file: Option<String>,
}

/// Reads the items of `file`, whose module is `path`.
pub fn read(file: &Path, path: ModulePath, items: &[Item]) -> Reading {
    let module = Module {
        file: file.to_path_buf(),
        ..Module::default()
    };
    let mut reader = Reader {
        at: path.clone(),
        reading: Reading {
            modules: BTreeMap::from([(path, module)]),
            files: Vec::new(),
        },
    };
    for item in items {
        reader.define(item);
    }
    for item in items {
        reader.visit_item(item);
    }
    reader.reading
}

struct Reader {
    at: ModulePath,
    reading: Reading,
}

impl Reader {
    fn module(&mut self) -> &mut Module {
        self.reading.modules.entry(self.at.clone()).or_default()
    }

    fn define(&mut self, item: &Item) {
        if let Some(name) = name(item).filter(|_| !is_test(attributes(item))) {
            self.module().items.insert(name.to_string());
        }
    }

    fn leaf(&mut self, tree: &UseTree, prefix: &[String], is_reexport: bool) {
        let import = |name: &Ident| Import {
            used: Used {
                segments: [prefix, &[name.to_string()]].concat(),
                line: line(name),
            },
            is_reexport,
        };
        match tree {
            UseTree::Path(path) => {
                let prefix = [prefix, &[path.ident.to_string()]].concat();
                self.leaf(&path.tree, &prefix, is_reexport);
            }
            UseTree::Name(name) if name.ident == "self" => {
                let mut import = import(&name.ident);
                import.used.segments.pop();
                let known = import.used.segments.last().cloned().unwrap_or_default();
                self.module().imports.insert(known, import);
            }
            UseTree::Name(name) => {
                let import = import(&name.ident);
                self.module().imports.insert(name.ident.to_string(), import);
            }
            UseTree::Rename(rename) => {
                // `use Trait as _` has no name; the path itself keeps two of them apart.
                let import = import(&rename.ident);
                let known = if rename.rename == "_" {
                    format!("_{}", import.used.segments.join("::"))
                } else {
                    rename.rename.to_string()
                };
                self.module().imports.insert(known, import);
            }
            UseTree::Glob(glob) => {
                let used = Used {
                    segments: prefix.to_vec(),
                    line: glob.star_token.span.start().line,
                };
                self.module().globs.push(Import { used, is_reexport });
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.leaf(tree, prefix, is_reexport);
                }
            }
        }
    }

    fn use_path(&mut self, segments: Vec<String>, line: usize) {
        let Some(first) = segments.first() else {
            return;
        };
        let first = first.clone();
        let module = self.module();
        module.mentioned.insert(first);
        if segments.len() > 1 {
            module.paths.push(Used { segments, line });
        }
    }

    /// A macro's input has no syntax of its own: names that `::` joins are a path.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut at = 0;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.use_path(std::mem::take(&mut path), at);
                    }
                    path.push(ident.to_string());
                    at = line(&ident);
                    colons = 0;
                }
                TokenTree::Punct(colon) if colon.as_char() == ':' && colons < 2 => colons += 1,
                TokenTree::Group(group) => {
                    self.use_path(std::mem::take(&mut path), at);
                    colons = 0;
                    self.tokens(group.stream());
                }
                _ => {
                    self.use_path(std::mem::take(&mut path), at);
                    colons = 0;
                }
            }
        }
        self.use_path(path, at);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => item.attrs.as_slice(),
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        if !is_test(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let file = self.module().file.clone();
        self.at.push(item.ident.to_string());
        match &item.content {
            None => self.reading.files.push(Child {
                module: self.at.clone(),
                file: named_file(&item.attrs),
            }),
            Some((_, items)) => {
                self.module().file = file;
                for item in items {
                    self.define(item);
                }
                for item in items {
                    self.visit_item(item);
                }
            }
        }
        self.at.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_reexport = !matches!(item.vis, Visibility::Inherited);
        if item.leading_colon.is_none() {
            self.leaf(&item.tree, &[], is_reexport);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string());
            self.use_path(segments.collect(), line(&first.ident));
        }
        visit::visit_path(self, path);
    }

    /// `pub(in path)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }
}

fn line(name: &Ident) -> usize {
    name.span().start().line
}

/// True for `#[cfg(test)]` and `#[cfg(all(test, ..))]`.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition == "test" || condition.starts_with("all(test,")
        }
        _ => false,
    })
}

fn named_file(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
