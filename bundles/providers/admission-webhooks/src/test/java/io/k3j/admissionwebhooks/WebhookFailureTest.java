package io.k3j.admissionwebhooks;

import static io.k3j.testkitobjects.HookServer.allowed;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitobjects.HookServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Webhooks that hang, lie, cannot be reached or are somebody else; and how they are reached.
class WebhookFailureTest {
    private Stage stage;

    @BeforeEach
    void open() throws Exception {
        stage = new Stage();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private String refused(String path) throws Exception {
        stage.validating("v", stage.webhook("v.x.io", path).with("timeoutSeconds", 30));
        String answer = stage.create();
        assertThat(answer).startsWith("500 ").contains("\"reason\":\"InternalError\"",
                "Internal error occurred: failed calling webhook \\\"v.x.io\\\": ");
        return answer;
    }

    @Test
    void oneThatHangsCostsItsTimeOut() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        stage.hooks.at("/v", r -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return allowed();
        });
        Struct hanging = stage.webhook("v.x.io", "/v").with("timeoutSeconds", 1);
        stage.validating("v", hanging);
        assertThat(stage.create()).contains("failed to call webhook: Post \\\"https://localhost:" + stage.hooks.port()
                + "/v?timeout=1s\\\": context deadline exceeded");
        stage.validating("v", hanging.with("failurePolicy", "Ignore"));
        assertThat(stage.create()).isEqualTo("200");
        end.countDown();
        assertThat(stage.parts.metrics.text()).contains("apiserver_admission_webhook_fail_open_count{name=\"v.x.io\","
                + "type=\"validating\"} 1", rejections(503),
                "apiserver_admission_webhook_request_total{code=\"503\","
                        + "name=\"v.x.io\",operation=\"CREATE\",rejected=\"false\",type=\"validating\"} 1\n");
    }

    private static String rejections(int code) {
        return "apiserver_admission_webhook_rejection_count{error_type=\"calling_webhook_error\",name=\"v.x.io\","
                + "operation=\"CREATE\",rejection_code=\"" + code + "\",type=\"validating\"} 1\n";
    }

    @Test
    void oneWithoutAServerFails() throws Exception {
        stage.hooks.close();
        assertThat(refused("/v")).contains("failed to call webhook: Post");
    }

    @Test
    void anAnswerIsBounded() throws Exception {
        byte[] large = new byte[10 << 20];
        stage.hooks.raw("/v", (exchange, r) -> {
            exchange.sendResponseHeaders(200, large.length);
            exchange.getResponseBody().write(large);
            exchange.close();
        });
        assertThat(refused("/v"))
                .contains("the answer is longer than " + AdmissionWebhooks.Parts.MOST_ANSWER_BYTES + " bytes");
        assertThat(stage.hooks.asked).as("it is not asked again").hasSize(1);
    }

    @Test
    void anAnswerToAnotherQuestionIsNone() throws Exception {
        stage.hooks.raw("/v", (exchange, r) -> HookServer.send(exchange,
                Json.bytes(HookServer.review(allowed().with("uid", "x")))));
        assertThat(refused("/v")).contains("received invalid webhook response: expected response.uid=");
    }

    @Test
    void textIsNoAnswer() throws Exception {
        stage.hooks.raw("/v",
                (exchange, r) -> HookServer.send(exchange, "no json".getBytes(StandardCharsets.UTF_8)));
        assertThat(refused("/v")).contains("failed to call webhook: ");
        stage.hooks.raw("/v", (exchange, r) -> HookServer.send(exchange, Json.bytes(Struct.of("apiVersion",
                "admission.k8s.io/v1", "kind", "AdmissionReview"))));
        assertThat(refused("/v")).contains("webhook response was absent");
    }

    @Test
    void redirectsAndErrorsAreFailures() throws Exception {
        stage.hooks.raw("/v", (exchange, r) -> {
            exchange.getResponseHeaders().add("Location", "https://localhost:" + stage.hooks.port() + "/other");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        }).at("/other", r -> allowed());
        assertThat(refused("/v")).contains("the server responded with the status code 302");
        assertThat(stage.hooks.paths()).containsExactly("/v");
        stage.hooks.raw("/v", (exchange, r) -> {
            exchange.sendResponseHeaders(500, 4);
            exchange.getResponseBody().write("ouch".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        assertThat(refused("/v")).contains("an error on the server (\\\"ouch\\\") has prevented");
        assertThat(stage.parts.metrics.text()).contains(rejections(302), rejections(500));
    }

    private static void wishing(HttpExchange exchange, String retryAfter) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
        exchange.sendResponseHeaders(503, -1);
        exchange.close();
    }

    @Test
    void oneThatWishesToBeAskedLaterIsAskedAgainWithinItsTimeOut() throws Exception {
        AtomicInteger times = new AtomicInteger();
        stage.hooks.raw("/v", (exchange, r) -> {
            if (times.incrementAndGet() == 1) {
                wishing(exchange, "0");
            } else {
                HookServer.send(exchange, Json.bytes(HookServer.review(allowed().with("uid", r.text("uid")))));
            }
        });
        Struct webhook = stage.webhook("v.x.io", "/v");
        stage.validating("v", webhook);
        assertThat(stage.create()).isEqualTo("200");
        assertThat(times).hasValue(2);
        stage.hooks.raw("/v", (exchange, r) -> wishing(exchange, "soon"));
        assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.EMPTY)))
                .contains("failed to call webhook: the server is currently unable to handle the request");
        stage.hooks.raw("/v", (exchange, r) -> wishing(exchange, "3600"));
        stage.validating("v", webhook.with("timeoutSeconds", 1));
        assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.EMPTY)))
                .contains("/v?timeout=1s\\\": context deadline exceeded");
    }

    @Test
    void aServerWithoutTheRightCertificateIsNotAsked() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        Struct webhook = stage.webhook("v.x.io", "/v");
        try (HookServer stranger = new HookServer()) {
            stage.validating("v", webhook.withAt(stranger.caBundle(), "clientConfig", "caBundle"));
            assertThat(stage.create()).startsWith("500");
        }
        stage.validating("v", webhook.withAt("bm8gcGVt", "clientConfig", "caBundle"));
        assertThat(stage.create()).startsWith("500");
        stage.validating("v", webhook.with("clientConfig", webhook.struct("clientConfig").without("caBundle")));
        assertThat(stage.create()).startsWith("500");
        stage.validating("v", webhook.withAt("https://127.0.0.2:" + stage.hooks.port() + "/v", "clientConfig", "url"));
        assertThat(stage.create()).startsWith("500");
        stage.service("10.42.0.7");
        stage.validating("v", stage.byService(webhook, "/v").withAt("other", "clientConfig", "service", "name"));
        assertThat(stage.create()).startsWith("500").contains("service \\\"other\\\" not found");
        assertThat(stage.hooks.asked).isEmpty();
    }

    @Test
    void aServiceIsAskedAtItsReadyEndpointUnderItsName() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.service("10.42.0.7");
        stage.validating("v", stage.byService(stage.webhook("v.x.io", ""), "/v"));
        assertThat(stage.create()).isEqualTo("200");
        assertThat(stage.dialled).containsExactly("n1 10.42.0.7:8443");
    }

    @Test
    void aServiceCannotLeadToThisMachine() throws Exception {
        stage.service("127.0.0.1");
        stage.validating("v", stage.byService(stage.webhook("v.x.io", ""), "/v"));
        assertThat(stage.create()).contains("Post \\\"https://hooks.default.svc:443/v?timeout=30s\\\": "
                + "no endpoints available for service \\\"hooks\\\"");
        stage.api.seed(Stage.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "hooks", "namespace", "default"), "spec",
                Struct.of("type", "ExternalName", "externalName", "127.0.0.1"))));
        assertThat(stage.create()).contains("no endpoints available");
        assertThat(stage.dialled).isEmpty();
    }

    @Test
    void oneConnectionTakesManyCalls() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v", stage.webhook("v.x.io", "/v"));
        stage.create();
        for (int i = 0; i < 5; i++) {
            assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c",
                    Stage.configMap(Struct.of("i", Integer.toString(i))))).isEqualTo("200");
        }
        assertThat(stage.hooks.asked).hasSize(6);
        assertThat(stage.hooks.clients).hasSize(1);
    }

    @Test
    void aConnectionThatWasClosedMeanwhileIsReplaced() throws Exception {
        stage.hooks.raw("/v", (exchange, r) -> {
            byte[] body = Json.bytes(HookServer.review(allowed().with("uid", r.text("uid"))));
            HookServer.send(exchange, body);
        });
        stage.validating("v", stage.webhook("v.x.io", "/v"));
        assertThat(stage.create()).isEqualTo("200");
        stage.wires.forEach(Stage.Wire::close);
        assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.EMPTY)))
                .isEqualTo("200");
        assertThat(stage.hooks.clients).hasSize(2);
    }

    @Test
    void whatCannotBeAskedAsItIsStoredFails() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        Struct webhook = stage.webhook("v.x.io", "/v");
        stage.cel = null;
        stage.validating("v", webhook.with("matchConditions", Seq.of(Struct.of("name", "a", "expression", "true"))));
        assertThat(stage.create()).as("while there is no CEL").startsWith("503").contains("io.k3j.cel");
        stage.validating("v", webhook.with("admissionReviewVersions", Seq.of("v1beta1")));
        assertThat(stage.create()).startsWith("500").contains("does not accept known AdmissionReview versions (v1)");
        assertThat(stage.hooks.asked).isEmpty();
    }
}
