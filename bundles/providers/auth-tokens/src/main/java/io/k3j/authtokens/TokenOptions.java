package io.k3j.authtokens;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.componenthelpers.ServiceAccountIssuers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What kube-apiserver's arguments say of service account tokens, with upstream's defaults
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>).
///
/// @param keySet the URL at which others find the keys
/// @param mostSeconds how long a token may be asked for; 0: as long as a request may
/// @param extended whether tokens of pods that a kubelet asks for live a year, for clients that do not read them again
/// @param verifying the files of keys that tokens may be signed with, by `service-account-key-file`; none for K3s' own
/// @param signing the file of the key that signs, by `service-account-signing-key-file`; empty for K3s' own
record TokenOptions(ServiceAccountIssuers issuers, String keySet, long mostSeconds, boolean extended,
        List<Path> verifying, Optional<Path> signing) {
    private static final String MOST = "service-account-max-token-expiration";

    /// @param address of this server, as a URL
    /// @param arguments those of `--kube-apiserver-arg`; others are passed over
    /// @throws IllegalArgumentException for a wrong value; the message says what to type
    static TokenOptions of(String clusterDomain, String address, String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", arguments);
        ServiceAccountIssuers issuers = ServiceAccountIssuers.of(clusterDomain, given.values("service-account-issuer"),
                given.values("api-audiences"));
        String keySet = given.value("service-account-jwks-uri").filter(url -> !url.isEmpty())
                .map(ServiceAccountIssuers::keySet).orElse(address + "/openid/v1/jwks");
        boolean bounded = given.value(MOST).filter(v -> !v.equals("0") && !v.equals("0s")).isPresent();
        long most = bounded ? ServiceAccountIssuers.longest(given.duration(MOST, Duration.ZERO, "24h")).toSeconds() : 0;
        return new TokenOptions(issuers, keySet, most, given.truth("service-account-extend-token-expiration", true),
                given.values("service-account-key-file").stream().filter(file -> !file.isEmpty()).map(Path::of)
                        .toList(),
                given.value("service-account-signing-key-file").filter(file -> !file.isEmpty()).map(Path::of));
    }
}
