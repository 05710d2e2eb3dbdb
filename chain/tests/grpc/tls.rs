//! Endpoints behind TLS.
use crate::node::{Node, connect};
use busbar_chain::{Chain, ChainError};
use std::process::Command;
use tonic::transport::{Identity, ServerTlsConfig};

/// Set in the process that trusts the certificate: the endpoint.
const ENDPOINT: &str = "BUSBAR_TEST_ENDPOINT";

/// A certificate for 127.0.0.1 that no authority has signed.
fn node() -> Node {
    let identity = Identity::from_pem(include_str!("data/loopback.crt"), include_str!("data/loopback.key"));
    let tls = ServerTlsConfig::new().identity(identity);
    Node::start_at("127.0.0.1:0".parse().unwrap(), Some(tls))
}

/// Not a test of its own: the process that [`a_trusted_certificate_is_enough`] starts.
#[test]
fn client() {
    if let Ok(url) = std::env::var(ENDPOINT) {
        let (chain, account) = connect(&[&url]).unwrap();
        assert_eq!(chain.now().unwrap().height, 100);
        assert_eq!(chain.sequence(&account), Ok(0));
    }
}

#[test]
fn a_trusted_certificate_is_enough() {
    let node = node();
    let client = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::client", "--nocapture"])
        .env(ENDPOINT, &node.url)
        .env(
            "SSL_CERT_FILE",
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grpc/data/loopback.crt"),
        )
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    assert!(client.status.success(), "{client:?}");
    assert!(node.state().questions >= 4);
}

#[test]
fn a_certificate_of_nobody_and_a_port_without_tls_are_refused_with_the_reason() {
    let (tls, plain) = (node(), Node::start());
    for (url, words) in [
        (tls.url.clone(), "certificate"),
        (plain.url.replace("http:", "https:"), "InvalidContentType"),
    ] {
        let error = connect(&[&url]).err().unwrap();
        let ChainError::Unreachable { reason } = &error else {
            unreachable!("{error}");
        };
        assert!(reason.contains(&url) && reason.contains(words), "{reason}");
    }
    assert_eq!(tls.state().questions, 0);
}
