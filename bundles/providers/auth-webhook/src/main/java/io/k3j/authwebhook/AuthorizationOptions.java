package io.k3j.authwebhook;

import io.k3j.codec.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The API server's flags of authorization, with upstream's defaults, but for the modes: K3s' are `Node,RBAC`. See
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>.
/// @param configurationFile empty: the flags below count
/// @param modes in order
/// @param webhook of the mode `Webhook`
/// @param policyFile of the mode `ABAC`
/// @param problems what is wrong with them, in upstream's words
record AuthorizationOptions(String configurationFile, List<String> modes, WebhookConfiguration webhook,
        String policyFile, List<String> problems) {
    /// The mode that goes by a file of policies.
    static final String ABAC = "ABAC";
    /// What there is to choose from.
    static final Set<String> MODES = Set.of(ABAC, "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook");
    private static final String POLICIES = "authorization-policy-file";
    private static final String WEBHOOK = "Webhook";
    private static final String FILE = "authorization-config";
    private static final String MODE = "authorization-mode";
    private static final String KUBECONFIG = "authorization-webhook-config-file";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /// Parses them.
    /// @param arguments as `name=value`; those of others are passed over
    static AuthorizationOptions of(String... arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            String name = eq < 0 ? argument : argument.substring(0, eq);
            if (name.startsWith("authorization-")) {
                flags.put(name, eq < 0 ? "" : argument.substring(eq + 1));
            }
        }
        List<String> problems = new ArrayList<>();
        String file = flags.getOrDefault(FILE, "");
        List<String> modes = Arrays.stream(flags.getOrDefault(MODE, "Node,RBAC").split(",")).filter(m -> !m.isEmpty())
                .toList();
        WebhookConfiguration webhook = new WebhookConfiguration(TIMEOUT,
                flags.getOrDefault("authorization-webhook-version", "v1beta1"), false,
                duration(flags, "authorization-webhook-cache-authorized-ttl", Duration.ofMinutes(5), problems),
                duration(flags, "authorization-webhook-cache-unauthorized-ttl", Duration.ofSeconds(30), problems),
                flags.getOrDefault(KUBECONFIG, ""), List.of());
        AuthorizationOptions options = new AuthorizationOptions(file, modes, webhook,
                flags.getOrDefault(POLICIES, ""), problems);
        if (file.isEmpty()) {
            options.checkModes();
        } else if (flags.keySet().stream().anyMatch(name -> !name.equals(FILE) && !name.equals(POLICIES))) {
            problems.add("--" + FILE + " can not be specified when --" + MODE
                    + " or --authorization-webhook-* flags are defined");
        }
        return options;
    }

    private static Duration duration(Map<String, String> flags, String name, Duration otherwise,
            List<String> problems) {
        String value = flags.get(name);
        try {
            return value == null ? otherwise : Duration.ofNanos(DurationText.nanos(value));
        } catch (IllegalArgumentException e) {
            problems.add("invalid argument \"" + value + "\" for \"--" + name + "\" flag");
            return otherwise;
        }
    }

    private void checkModes() {
        if (modes.isEmpty()) {
            problems.add("at least one authorization-mode must be passed");
        }
        modes.forEach(this::checkMode);
        if (!webhook.kubeconfig().isEmpty() && !modes.contains(WEBHOOK)) {
            problems.add("cannot specify --" + KUBECONFIG + " without mode Webhook");
        }
        if (!policyFile.isEmpty() && !modes.contains(ABAC)) {
            problems.add("cannot specify --" + POLICIES + " without mode ABAC");
        }
        if (new TreeSet<>(modes).size() != modes.size()) {
            problems.add(MODE + modes.stream().map(m -> "\"" + m + "\"").collect(Collectors.joining(" ", " [", "]"))
                    + " has mode specified more than once");
        }
        if (!Set.of("v1", "v1beta1").contains(webhook.version())) {
            problems.add("unsupported webhook authorizer version \"" + webhook.version()
                    + "\", supported versions are \"v1\", \"v1beta1\"");
        }
    }

    private void checkMode(String mode) {
        if (mode.equals(ABAC) && policyFile.isEmpty()) {
            problems.add("authorization-mode ABAC's authorization policy file not passed");
        }
        if (!MODES.contains(mode)) {
            problems.add("authorization-mode \"" + mode + "\" is not a valid mode");
        }
        if (mode.equals(WEBHOOK) && webhook.kubeconfig().isEmpty()) {
            problems.add("authorization-mode Webhook's authorization config file not passed");
        }
    }

    /// What the flags configure.
    List<AuthorizerConfiguration> authorizers() {
        return modes.stream().map(mode -> mode.equals(WEBHOOK)
                ? new AuthorizerConfiguration(mode, "default", Optional.of(webhook))
                : new AuthorizerConfiguration(mode, name(mode), Optional.empty())).toList();
    }

    /// What an authorizer that is no webhook is called.
    static String name(String mode) {
        return mode.toLowerCase(Locale.ROOT);
    }
}
