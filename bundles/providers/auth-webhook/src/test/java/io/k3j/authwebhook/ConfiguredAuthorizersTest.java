package io.k3j.authwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Unseated;
import io.k3j.cel.CelService;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What flags and a file lead to, with a webhook over HTTPS that allows, denies, fails or hangs.
class ConfiguredAuthorizersTest {
    private static final Caller JANE = new Caller("jane", "7", List.of("developers"), Map.of("team", List.of("a")));
    private static final Attributes PODS = new Attributes("list", "", "v1", "pods", "", "default", "", "",
            FieldSelector.of("spec.nodeName", "n"), Selector.parse("app in (b,a),tier!=web,!old,new,size>3"));
    @TempDir
    private Path directory;
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final AuthorizationMetrics metrics = new AuthorizationMetrics();
    private final AuthorizerChain chain = new AuthorizerChain(metrics);
    private final CountDownLatch never = new CountDownLatch(1);
    private ReviewServer server;
    private ConfiguredAuthorizers running;

    @BeforeEach
    void serve() throws Exception {
        server = new ReviewServer();
        chain.add("RBAC", (caller, _) -> new Decision(caller.user().equals("known") ? Verdict.ALLOW
                : Verdict.NO_OPINION, "RBAC: unknown"), () -> true);
    }

    @AfterEach
    void close() {
        never.countDown();
        if (running != null) {
            running.close();
        }
        server.close();
    }

    private void begin(String... flags) {
        HealthScope scope = new HealthScope() {
            @Override
            public void report(HealthLevel level, String message) {
                reports.add(level + " " + message);
            }

            @Override
            public void close() {
                reports.add("closed");
            }
        };
        running = new ConfiguredAuthorizers(AuthorizationOptions.of(flags), new CelService(), chain,
                Health.none(), scope);
    }

    private void byFlags(String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of("authorization-mode=RBAC,Webhook",
                "authorization-webhook-config-file=" + server.kubeconfig(directory)));
        flags.addAll(List.of(more));
        begin(flags.toArray(String[]::new));
    }

    private Path file(String webhook) throws IOException {
        return file("30s", webhook);
    }

    private Path file(String timeout, String webhook) throws IOException {
        return Files.writeString(directory.resolve("authorization.yaml"), """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthorizationConfiguration
                authorizers:
                - type: Webhook
                  name: hook
                  webhook:
                    timeout: %s
                    subjectAccessReviewVersion: v1
                    matchConditionSubjectAccessReviewVersion: v1
                    connectionInfo: {type: KubeConfigFile, kubeConfigFile: %s}
                    %s
                - {type: RBAC, name: rbac}
                """.formatted(timeout, server.kubeconfig(directory), webhook));
    }

    private void byFile(String webhook) throws IOException {
        begin("authorization-config=" + file(webhook));
    }

    private Verdict asked(Caller caller) {
        return chain.decide(caller, PODS).verdict();
    }

    @Test
    void whatRbacDoesNotAllowTheWebhookMay() throws Exception {
        server.answers("v1beta1", "{\"allowed\":true}");
        byFlags();
        assertThat(asked(Caller.of("known", List.of()))).isEqualTo(Verdict.ALLOW);
        assertThat(server.asked).isEmpty();
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(server.asked.getFirst()).contains("\"apiVersion\":\"authorization.k8s.io/v1beta1\"",
                "\"group\":[\"developers\"]", "\"extra\":{\"team\":[\"a\"]}", "\"uid\":\"7\"", "\"user\":\"jane\"",
                "\"fieldSelector\":{\"requirements\":[{\"key\":\"spec.nodeName\",\"operator\":\"In\",\"values\":[\"n\"]}]}",
                "\"labelSelector\":{\"requirements\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"a\",\"b\"]},"
                        + "{\"key\":\"tier\",\"operator\":\"NotIn\",\"values\":[\"web\"]},"
                        + "{\"key\":\"old\",\"operator\":\"DoesNotExist\"},{\"key\":\"new\",\"operator\":\"Exists\"}]}");
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(server.asked).as("it is remembered").hasSize(1);
        assertThat(metrics.text()).contains("decisions_total{type=\"Webhook\",name=\"default\",decision=\"allowed\"} 2",
                "webhook_evaluations_total{name=\"default\",result=\"success\"} 1");
    }

    @Test
    void anAnswerIsDeniedAllowedOrNoOpinionWithItsReason() throws Exception {
        byFlags("authorization-webhook-version=v1", "authorization-webhook-cache-unauthorized-ttl=0s");
        server.answers("v1", "{\"allowed\":false,\"reason\":\"no budget\"}");
        assertThat(chain.decide(JANE, PODS)).isEqualTo(new Decision(Verdict.NO_OPINION, "RBAC: unknown\nno budget"));
        server.answers("v1", "{\"allowed\":true,\"denied\":true,\"reason\":\"both\"}");
        assertThat(chain.decide(JANE, PODS)).isEqualTo(new Decision(Verdict.DENY, "both"));
        server.answers("v1beta1", "{\"allowed\":true}");
        assertThat(asked(JANE)).as("another version than was asked for").isEqualTo(Verdict.NO_OPINION);
        assertThat(server.asked).hasSize(3);
    }

    @Test
    void systemMastersDependOnNobody() throws Exception {
        begin("authorization-mode=AlwaysDeny");
        assertThat(asked(Caller.of("admin", List.of("system:masters")))).isEqualTo(Verdict.ALLOW);
        assertThat(chain.decide(JANE, PODS)).isEqualTo(new Decision(Verdict.NO_OPINION, "Everything is forbidden."));
    }

    @Test
    void alwaysAllowAllowsAndModesThatAreNotNamedAreNotAsked() {
        begin("authorization-mode=AlwaysAllow");
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(chain.resourceRules(JANE, "default")).hasSize(1);
        assertThat(chain.decidesAlone()).isTrue();
    }

    @Test
    void policiesOfAFileAreAskedInTheOrder() throws IOException {
        Path policies = Files.writeString(directory.resolve("policies"), "{\"user\":\"jane\"}\n");
        begin("authorization-mode=RBAC,ABAC", "authorization-policy-file=" + policies);
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(asked(Caller.of("joe", List.of()))).isEqualTo(Verdict.NO_OPINION);
        assertThat(chain.pathRules(JANE)).isNotEmpty();
    }

    @Test
    void anAuthorizerThatIsAwayIsNotPassedOver() {
        begin("authorization-mode=Node,AlwaysAllow");
        assertThatThrownBy(() -> chain.decide(JANE, PODS)).isInstanceOf(ApiFault.class)
                .hasMessageContaining("authorizer Node is being replaced");
    }

    @Test
    void whatFailsIsDeniedOrLeftToTheNext() throws Exception {
        server.answers(exchange -> exchange.sendResponseHeaders(500, -1));
        byFile("failurePolicy: Deny");
        assertThat(chain.decide(Caller.of("known", List.of()), PODS)).isEqualTo(
                new Decision(Verdict.DENY, "authorizer \"hook\" cannot be asked"));
        assertThat(reports).anyMatch(r -> r.startsWith("DEGRADED") && r.contains("hook"));
        file("failurePolicy: NoOpinion");
        running.look();
        assertThat(asked(Caller.of("known", List.of()))).isEqualTo(Verdict.ALLOW);
        assertThat(metrics.text()).contains("webhook_evaluations_fail_open_total{name=\"hook\",result=\"error\"} 1");
        server.close();
        assertThat(asked(Caller.of("known", List.of()))).isEqualTo(Verdict.ALLOW);
        assertThat(asked(JANE)).isEqualTo(Verdict.NO_OPINION);
    }

    @Test
    void oneThatHangsIsWaitedForWithoutASeatUntilItsTimeout() throws Exception {
        server.answers(_ -> never.await());
        begin("authorization-config=" + file("1s", "failurePolicy: Deny"));
        AtomicInteger away = new AtomicInteger();
        Verdict said = Unseated.in(work -> {
            away.incrementAndGet();
            work.run();
        }, () -> asked(JANE));
        assertThat(said).isEqualTo(Verdict.DENY);
        assertThat(away).hasValue(1);
        assertThat(metrics.text()).contains("webhook_evaluations_total{name=\"hook\",result=\"timeout\"} 1");
    }

    @Test
    void anAnswerWithoutBoundIsNone() throws Exception {
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] part = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 64; i++) {
                exchange.getResponseBody().write(part);
            }
        });
        byFile("failurePolicy: Deny");
        assertThat(asked(JANE)).isEqualTo(Verdict.DENY);
    }

    @Test
    void conditionsSayWhomItIsAskedAbout() throws Exception {
        server.answers("v1", "{\"denied\":true}");
        byFile("failurePolicy: Deny\n    matchConditions: [{expression: \"has(request.resourceAttributes)\"},"
                + " {expression: \"request.resourceAttributes.namespace != 'kube-system'\"},"
                + " {expression: \"request.resourceAttributes.labelSelector.requirements.exists(r, r.key == 'app')\"},"
                + " {expression: \"!('system:nodes' in request.groups)\"}]");
        assertThat(asked(JANE)).isEqualTo(Verdict.DENY);
        assertThat(asked(Caller.of("n", List.of("system:nodes")))).isEqualTo(Verdict.NO_OPINION);
        assertThat(chain.decide(JANE, Attributes.path("get", "/x")).verdict()).isEqualTo(Verdict.NO_OPINION);
        assertThat(server.asked).hasSize(1);
        file("failurePolicy: Deny\n    matchConditions: [{expression: \"request.extra['none'][0] == 'x'\"}]");
        running.look();
        assertThat(asked(JANE)).as("a condition without a value").isEqualTo(Verdict.DENY);
        assertThat(metrics.text()).contains("match_condition_evaluation_errors_total{type=\"Webhook\",name=\"hook\"} 1",
                "match_condition_exclusions_total{type=\"Webhook\",name=\"hook\"} 2",
                "match_condition_evaluation_seconds_count{type=\"Webhook\",name=\"hook\"} 4");
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void aWrongFileChangesNothingAndIsTold() throws Exception {
        server.answers("v1", "{\"allowed\":true}");
        byFile("failurePolicy: Deny");
        file("failurePolicy: Maybe");
        running.look();
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(reports.getLast()).contains("authorizers[0].failurePolicy: Unsupported value: \"Maybe\"");
        file("failurePolicy: Deny");
        running.look();
        assertThat(reports.getLast()).startsWith("OK");
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(server.asked).as("what was known is known").hasSize(1);
        assertThat(metrics.text()).containsPattern("config_controller_automatic_reloads_total\\{status=\"failure\","
                + "apiserver_id_hash=\"sha256:[0-9a-f]{64}\"} 1\n");
    }

    @Test
    void longQuestionsAreNotRememberedAndTheMemoryIsBounded() throws Exception {
        server.answers("v1", "{\"allowed\":true}");
        byFile("failurePolicy: Deny");
        Attributes large = new Attributes("get", "", "v1", "pods", "", "default", "x".repeat(10_000), "");
        chain.decide(JANE, large);
        chain.decide(JANE, large);
        assertThat(server.asked).hasSize(2);
        DecisionCache cache = new DecisionCache(chain.webhooks().getFirst().configuration().webhook().orElseThrow(),
                System::nanoTime);
        for (int i = 0; i <= DecisionCache.MOST; i++) {
            cache.put(DecisionCache.Key.of(AccessReview.of(Caller.of("u" + i, List.of()), PODS)), PODS,
                    new Decision(Verdict.ALLOW, ""));
        }
        assertThat(cache.size()).isEqualTo(DecisionCache.MOST);
    }

    @Test
    void anotherEngineCompilesConditionsAnew() throws Exception {
        server.answers("v1", "{\"allowed\":true}");
        byFile("failurePolicy: Deny\n    matchConditions: [{expression: \"request.user == 'jane'\"}]");
        running.compiledBy(new CelService());
        assertThat(asked(JANE)).isEqualTo(Verdict.ALLOW);
        assertThat(asked(Caller.of("joe", List.of()))).isEqualTo(Verdict.NO_OPINION);
    }

    @Test
    void aConfigurationThatIsWrongIsNamed() throws Exception {
        assertThatThrownBy(() -> byFile("failurePolicy: Deny\n    matchConditions: [{expression: \"request.nobody\"}]"))
                .hasMessageContaining(
                        "authorizers[0].matchConditions[0].expression: Invalid value: \"request.nobody\"");
        assertThatThrownBy(() -> byFile("failurePolicy: Deny\n    colour: red"))
                .hasMessageContaining("strict decoding error: unknown field \"authorizers[0].webhook.colour\"");
        assertThatThrownBy(() -> begin("authorization-config=" + Files.writeString(directory.resolve("e"), "")))
                .hasMessageContaining("authorizers: Required value: at least one authorization mode must be defined");
        Path named = Files.writeString(directory.resolve("n"), """
                apiVersion: apiserver.config.k8s.io/v1beta1
                kind: AuthorizationConfiguration
                authorizers: [{type: RBAC, name: mine}]
                """);
        assertThatThrownBy(() -> begin("authorization-config=" + named))
                .hasMessage("expected name rbac for authorizer RBAC instead of mine");
    }

    @Test
    void theApiServerIsNoWebhookOfItsOwn() throws Exception {
        Path file = Files.writeString(directory.resolve("authorization.yaml"), """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthorizationConfiguration
                authorizers:
                - type: Webhook
                  name: hook
                  webhook:
                    timeout: 3s
                    subjectAccessReviewVersion: v1
                    failurePolicy: Deny
                    connectionInfo: {type: InClusterConfig, kubeConfigFile: /a}
                """);
        assertThatThrownBy(() -> begin("authorization-config=" + file)).hasMessageContainingAll(
                "authorizers[0].connectionInfo.kubeConfigFile: Invalid value: \"/a\": can only be set when"
                        + " type=KubeConfigFile",
                "authorizers[0].connectionInfo.type: Invalid value: \"InClusterConfig\": this mode is not allowed for"
                        + " the API server");
    }

    @Test
    void rulesOfAUserAreNotAllWhereAWebhookIs() throws Exception {
        byFlags();
        Authorizer whole = chain;
        assertThat(whole.rulesProblem()).isEqualTo("webhook authorizer does not support user rule resolution");
        assertThat(whole.pathRules(JANE)).isEmpty();
    }
}
