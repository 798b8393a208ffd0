package io.k3j.authwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.cel.CelService;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.webhookclient.CallQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One webhook that hangs, whose failures are left to the next authorizer.
class WebhookAuthorizerTest {
    private static final Caller JANE = Caller.of("jane", List.of());
    @TempDir
    private Path directory;
    private final AuthorizationMetrics metrics = new AuthorizationMetrics();

    private WebhookAuthorizer webhook(ReviewServer server, CallQueue.Bounds bounds) throws IOException {
        ConditionCompiler compiler = new ConditionCompiler(new CelService());
        byte[] file = """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthorizationConfiguration
                authorizers:
                - type: Webhook
                  name: hook
                  webhook:
                    timeout: 30s
                    failurePolicy: NoOpinion
                    subjectAccessReviewVersion: v1
                    connectionInfo: {type: KubeConfigFile, kubeConfigFile: %s}
                """.formatted(server.kubeconfig(directory)).getBytes(StandardCharsets.UTF_8);
        HealthScope health = Health.none().scope("authorization");
        return WebhookAuthorizer.of(AuthorizationConfiguration.parse(file, compiler).getFirst(), compiler,
                new WebhookAuthorizer.Parts(metrics, new AuthorizationHealth(health), Map.of(), System::nanoTime,
                        bounds));
    }

    private static Attributes delete(String pod) {
        return new Attributes("delete", "", "v1", "pods", "", "default", pod, "");
    }

    @Test
    void aFloodIsRefusedAndIsNoFailureThatLeadsPastTheWebhook() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        try (ReviewServer server = new ReviewServer()) {
            server.answers(_ -> {
                begun.countDown();
                answered.await();
            });
            WebhookAuthorizer webhook = webhook(server, new CallQueue.Bounds(1, 2, 1));
            Thread first = Thread.ofVirtual().start(() -> webhook.decide(JANE, delete("a")));
            begun.await();
            assertThatThrownBy(() -> webhook.decide(JANE, delete("b"))).isInstanceOfSatisfying(ApiFault.class,
                    no -> assertThat(no.code()).isEqualTo(429));
            assertThat(metrics.text()).doesNotContain("fail_open_total{");
            answered.countDown();
            first.join();
            webhook.close(Duration.ofSeconds(30));
        }
    }
}
