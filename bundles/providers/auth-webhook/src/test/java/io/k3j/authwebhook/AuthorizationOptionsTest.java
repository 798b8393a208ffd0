package io.k3j.authwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Flags, and what is wrong with them, in upstream's words.
class AuthorizationOptionsTest {
    private static final String MODE = "authorization-mode=";
    private static final String FILE = "authorization-webhook-config-file=/hook";

    private static void refused(String problem, String... flags) {
        assertThat(AuthorizationOptions.of(flags).problems()).contains(problem);
    }

    @Test
    void modesAreAskedInTheirOrder() {
        AuthorizationOptions options = AuthorizationOptions.of(MODE + "Webhook,Node,RBAC", FILE, "oidc-client-id=x");
        assertThat(options.problems()).isEmpty();
        assertThat(options.authorizers()).extracting(AuthorizerConfiguration::name).containsExactly("default", "node",
                "rbac");
        WebhookConfiguration webhook = options.authorizers().getFirst().webhook().orElseThrow();
        assertThat(webhook).isEqualTo(new WebhookConfiguration(Duration.ofSeconds(30), "v1beta1", false,
                Duration.ofMinutes(5), Duration.ofSeconds(30), "/hook", List.of()));
    }

    @Test
    void policiesMayBesideAFileOfAuthorizers() {
        assertThat(AuthorizationOptions.of(MODE + "RBAC,ABAC", "authorization-policy-file=/policies").problems())
                .isEmpty();
        assertThat(AuthorizationOptions.of("authorization-config=/a", "authorization-policy-file=/policies")
                .problems()).isEmpty();
    }

    @Test
    void wrongOnesAreNamed() {
        refused("authorization-mode \"Nobody\" is not a valid mode", MODE + "Nobody");
        refused("authorization-mode Webhook's authorization config file not passed", MODE + "Webhook");
        refused("cannot specify --authorization-webhook-config-file without mode Webhook", FILE);
        refused("authorization-mode [\"RBAC\" \"RBAC\"] has mode specified more than once", MODE + "RBAC,RBAC");
        refused("at least one authorization-mode must be passed", MODE);
        refused("authorization-mode ABAC's authorization policy file not passed", MODE + "ABAC");
        refused("cannot specify --authorization-policy-file without mode ABAC", MODE + "RBAC",
                "authorization-policy-file=/policies");
        refused("unsupported webhook authorizer version \"v2\", supported versions are \"v1\", \"v1beta1\"",
                MODE + "Webhook", FILE, "authorization-webhook-version=v2");
        refused("invalid argument \"soon\" for \"--authorization-webhook-cache-authorized-ttl\" flag",
                "authorization-webhook-cache-authorized-ttl=soon");
        refused("--authorization-config can not be specified when --authorization-mode or --authorization-webhook-*"
                + " flags are defined", "authorization-config=/a", MODE + "RBAC");
    }
}
