package io.k3j.authoidc;

import io.k3j.componentbase.ConfigurationFile;
import io.k3j.authoidc.JwtConfiguration.ClaimRule;
import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The API server's flags of OpenID Connect, with upstream's defaults. See
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>.
/// @param configurationFile empty: the flags below count
/// @param flags those that begin with `oidc-`, without it; the last of a name
/// @param algorithms that tokens may be signed with
/// @param requiredClaims by name
/// @param anonymousSet whether `anonymous-auth` is among the flags
/// @param problems what is wrong with them, in upstream's words
record AuthenticationOptions(String configurationFile, Map<String, String> flags, List<String> algorithms,
        Map<String, String> requiredClaims, boolean anonymousSet, List<String> problems) {
    private static final String PREFIX = "oidc-";

    /// Parses them.
    /// @param arguments as `name=value`; those of others are passed over
    static AuthenticationOptions of(String... arguments) {
        String file = "";
        boolean anonymous = false;
        Map<String, String> flags = new LinkedHashMap<>();
        List<String> algorithms = new ArrayList<>();
        Map<String, String> required = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            String name = eq < 0 ? argument : argument.substring(0, eq);
            String value = eq < 0 ? "" : argument.substring(eq + 1);
            switch (name) {
                case "authentication-config" -> file = value;
                case "anonymous-auth" -> anonymous = true;
                case "oidc-signing-algs" -> algorithms.addAll(value.isEmpty() ? List.of()
                        : Arrays.asList(value.split(",", -1)));
                case "oidc-required-claim" -> claim(value, required, problems);
                default -> {
                }
            }
            if (name.startsWith(PREFIX)) {
                flags.put(name.substring(PREFIX.length()), value);
            }
        }
        AuthenticationOptions options = new AuthenticationOptions(file, flags, algorithms, required, anonymous,
                problems);
        options.check();
        return options;
    }

    private static void claim(String pair, Map<String, String> to, List<String> problems) {
        int eq = pair.indexOf('=');
        if (eq < 0) {
            problems.add("invalid argument \"" + pair
                    + "\" for \"--oidc-required-claim\" flag: malformed pair, expect string=string");
        } else {
            to.put(pair.substring(0, eq).strip(), pair.substring(eq + 1).strip());
        }
    }

    private void check() {
        if (configurationFile.isEmpty() && !flags.isEmpty()
                && (text("issuer-url").isEmpty() || text("client-id").isEmpty())) {
            problems.add("oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set");
        }
        if (!configurationFile.isEmpty() && !flags.isEmpty()) {
            problems.add("authentication-config file and oidc-* flags are mutually exclusive");
        }
        algorithms.stream().filter(a -> !SigningAlgorithms.ALL.contains(a)).findFirst()
                .ifPresent(a -> problems.add("oidc: unsupported signing alg: \"" + a + "\""));
    }

    private String text(String flag) {
        return flags.getOrDefault(flag, "");
    }

    /// The algorithms that tokens may be signed with.
    List<String> accepted() {
        return !configurationFile.isEmpty() ? SigningAlgorithms.ALL
                : algorithms.isEmpty() ? SigningAlgorithms.DEFAULT : List.copyOf(algorithms);
    }

    /// What the flags configure; nothing without an issuer.
    /// @throws IOException when the file of authorities cannot be read
    AuthenticationConfiguration configuration() throws IOException {
        if (text("issuer-url").isEmpty()) {
            return AuthenticationConfiguration.NONE;
        }
        String file = text("ca-file");
        String authorities = file.isEmpty() ? "" : new ConfigurationFile(Path.of(file)).text();
        Issuer issuer = new Issuer(text("issuer-url"), "", authorities, List.of(text("client-id")), "", "");
        String claim = flags.getOrDefault("username-claim", "sub");
        Mapping username = new Mapping(claim, usernamePrefix(claim), "");
        Mapping groups = text("groups-claim").isEmpty() ? Mapping.NONE
                : new Mapping(text("groups-claim"), text("groups-prefix"), "");
        List<ClaimRule> rules = requiredClaims.entrySet().stream()
                .map(e -> new ClaimRule(e.getKey(), e.getValue(), "", "")).toList();
        return new AuthenticationConfiguration(List.of(new JwtConfiguration(issuer, rules, username, groups,
                Mapping.NONE, List.of(), List.of())), null);
    }

    /// Names of other claims than `email` begin with their issuer unless something else is said.
    private @Nullable String usernamePrefix(String claim) {
        String given = text("username-prefix");
        if (given.isEmpty() && !claim.equals("email")) {
            return text("issuer-url") + "#";
        }
        return given.equals("-") ? "" : given;
    }
}
