package io.k3j.authtokenwebhook;

import io.k3j.codec.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The API server's flags of the token webhook, with upstream's defaults. See
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>.
/// @param kubeconfig of the webhook; empty: there is none
/// @param version of TokenReviews
/// @param ttl how long an answer is known
/// @param problems what is wrong with them, in upstream's words
record TokenWebhookOptions(String kubeconfig, String version, Duration ttl, List<String> problems) {
    private static final String PREFIX = "authentication-token-webhook-";
    private static final String TTL = "cache-ttl";

    /// Parses them.
    /// @param arguments as `name=value`; those of others are passed over
    static TokenWebhookOptions of(String... arguments) {
        Map<String, String> flags = new HashMap<>();
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            if (argument.startsWith(PREFIX)) {
                flags.put(argument.substring(PREFIX.length(), eq < 0 ? argument.length() : eq),
                        eq < 0 ? "" : argument.substring(eq + 1));
            }
        }
        List<String> problems = new ArrayList<>();
        String version = flags.getOrDefault("version", "v1beta1");
        String kubeconfig = flags.getOrDefault("config-file", "");
        if (!kubeconfig.isEmpty() && !Set.of("v1", "v1beta1").contains(version)) {
            problems.add("unsupported authentication webhook version \"" + version
                    + "\", supported versions are \"v1\", \"v1beta1\"");
        }
        return new TokenWebhookOptions(kubeconfig, version, ttl(flags, problems), problems);
    }

    private static Duration ttl(Map<String, String> flags, List<String> problems) {
        String value = flags.getOrDefault(TTL, "2m");
        try {
            return Duration.ofNanos(Math.max(0, DurationText.nanos(value)));
        } catch (IllegalArgumentException e) {
            problems.add("invalid argument \"" + value + "\" for \"--" + PREFIX + TTL + "\" flag");
            return Duration.ZERO;
        }
    }
}
