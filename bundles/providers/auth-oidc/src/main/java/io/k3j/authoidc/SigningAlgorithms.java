package io.k3j.authoidc;

import java.util.List;

/// With what tokens may be signed: by the private half of a key whose other half is published. `none` and those of
/// shared secrets are never among them, so that nobody signs with a published key.
final class SigningAlgorithms {
    /// All, sorted. See <https://www.rfc-editor.org/rfc/rfc7518#section-3.1>.
    static final List<String> ALL = List.of("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384",
            "RS512");
    /// That of `oidc-signing-algs` where the flag is not given.
    static final List<String> DEFAULT = List.of("RS256");

    private SigningAlgorithms() {
    }
}
