use super::*;

#[test]
fn no_namespace_of_the_feeds_is_a_prefix_of_another() {
    for one in NAMESPACES {
        for other in NAMESPACES {
            assert!(one == other || !other.starts_with(one), "{one:?} and {other:?}");
        }
    }
}
