package io.k3j.componenthelpers;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Who issues service account tokens, and for whom they are without an audience of their own: kube-apiserver's
/// `service-account-issuer` and `api-audiences`, and K3s' values of them
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>). A value; any thread.
///
/// @param issuers the first one issues, tokens of all are taken
/// @param audiences names of the API server
public record ServiceAccountIssuers(List<String> issuers, List<String> audiences) {
    private static final String FLAG = "--kube-apiserver-arg=service-account-issuer=";
    private static final Duration SHORTEST = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofSeconds(1L << 32);

    /// Copies both.
    public ServiceAccountIssuers {
        issuers = List.copyOf(issuers);
        audiences = List.copyOf(audiences);
    }

    /// What arguments say; each of them takes the place of K3s' values.
    ///
    /// @param clusterDomain names K3s' issuer
    /// @param issuers values of `service-account-issuer`; empty: not given
    /// @param audiences values of `api-audiences`, lists with commas; empty: not given
    /// @throws IllegalArgumentException for an issuer that is empty, given twice, or neither a name nor a URL
    public static ServiceAccountIssuers of(String clusterDomain, List<String> issuers, List<String> audiences) {
        String own = "https://kubernetes.default.svc." + clusterDomain;
        List<String> named = audiences.stream().flatMap(list -> Stream.of(list.split(","))).map(String::strip)
                .filter(audience -> !audience.isEmpty()).toList();
        List<String> all = issuers.isEmpty() ? List.of(own) : checked(issuers);
        return new ServiceAccountIssuers(all, named.isEmpty() ? List.of(own, "k3s") : named);
    }

    private static List<String> checked(List<String> issuers) {
        List<String> all = new ArrayList<>();
        for (String issuer : issuers) {
            if (issuer.isEmpty() || all.contains(issuer)) {
                throw new IllegalArgumentException(FLAG + issuer + " is empty or given twice; give each issuer once,"
                        + " as a URL such as https://tokens.example.com");
            }
            if (issuer.contains(":") && !url(issuer)) {
                throw new IllegalArgumentException(FLAG + issuer + ": service-account-issuer \"" + issuer
                        + "\" contained a ':' but was not a valid URL; use one such as https://tokens.example.com");
            }
            all.add(issuer);
        }
        return all;
    }

    /// The URL of the keys that `service-account-jwks-uri` names.
    ///
    /// @throws IllegalArgumentException for one that is not of HTTPS
    public static String keySet(String url) {
        if (!url.startsWith("https://")) {
            throw new IllegalArgumentException("--kube-apiserver-arg=service-account-jwks-uri=" + url
                    + ": service-account-jwks-uri requires https scheme; use a URL such as"
                    + " https://tokens.example.com/openid/v1/jwks");
        }
        return url;
    }

    /// How long tokens may be asked for, by `service-account-max-token-expiration`.
    ///
    /// @throws IllegalArgumentException for what is too short or too long
    public static Duration longest(Duration given) {
        if (given.compareTo(SHORTEST) < 0 || given.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("--kube-apiserver-arg=service-account-max-token-expiration: the"
                    + " service-account-max-token-expiration must be between 1 hour and 2^32 seconds; try 24h");
        }
        return given;
    }

    private static boolean url(String text) {
        try {
            return new URI(text).getScheme() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /// The one that issues.
    public String first() {
        return issuers.getFirst();
    }

    /// Whether others may verify tokens by what the issuer publishes: OpenID Connect wants a URL of HTTPS without query
    /// and fragment.
    public boolean discoverable() {
        try {
            URI issuer = new URI(first());
            return "https".equals(issuer.getScheme()) && issuer.getHost() != null && issuer.getQuery() == null
                    && issuer.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /// All issuers, to look one up.
    public Set<String> accepted() {
        return Set.copyOf(issuers);
    }
}
