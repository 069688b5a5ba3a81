//! The set-up that README.md shows: its file is one that `maig apply` takes as it stands.

use maig_core::catalog::Catalog;
use maig_gateway::declare::read;

#[test]
fn the_readmes_file_can_be_applied() {
    let readme = include_str!("../../../../README.md");
    let (_, rest) = readme.split_once("```yaml\n").unwrap();
    let (file, _) = rest.split_once("```").unwrap();
    let (declared, found) = read(file, &|name| name.ends_with("_API_KEY").then(|| "a secret".to_owned()));
    assert!(found.faults.is_empty() && found.warnings.is_empty(), "{:?} {:?}", found.faults, found.warnings);
    let [shop] = declared.projects.as_slice() else { panic!("one project") };
    let routes: Vec<_> = shop.routes.iter().flatten().map(|route| route.value.spec.name.as_str()).collect();
    assert_eq!(routes, ["production-chat"]);
    // A reader who follows it must not meet a model that ends.
    let catalog = Catalog::built_in();
    for target in shop.routes.iter().flatten().flat_map(|route| &route.value.spec.targets) {
        let vendor = catalog.vendor_of(&target.model).unwrap();
        assert_eq!(catalog.find(vendor, &target.model).unwrap().ends, None, "{}", target.model);
    }
}
