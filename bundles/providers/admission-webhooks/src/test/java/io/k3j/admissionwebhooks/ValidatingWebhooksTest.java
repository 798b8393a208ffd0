package io.k3j.admissionwebhooks;

import static io.k3j.testkitobjects.HookServer.add;
import static io.k3j.testkitobjects.HookServer.allowed;
import static io.k3j.testkitobjects.HookServer.patch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Webhooks that have the last word, and which of them are asked.
class ValidatingWebhooksTest {
    private Stage stage;

    @BeforeEach
    void open() throws Exception {
        stage = new Stage();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct denied(Struct status) {
        return Struct.of("allowed", false, "status", status);
    }

    private Admission plugin() {
        return stage.parts.plugins().get(ValidatingWebhooks.PLACE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
            "0  |-        |-        |400|-        |denied the request without explanation",
            "403|Forbidden|not here |403|Forbidden|denied the request: not here",
            "0  |NotFound |-        |400|NotFound |denied the request: NotFound",
            "200|-        |go away  |400|-        |denied the request: go away",
            "999|-        |go away  |400|-        |denied the request: go away",
            "503|-        |later    |503|-        |denied the request: later"})
    void refuseInUpstreamsWords(int code, String reason, String message, int answered, String told, String said)
            throws Exception {
        Struct status = Struct.builder().put("code", code).putUnlessEmpty("reason", reason)
                .putUnlessEmpty("message", message).build();
        stage.hooks.at("/v", r -> denied(status));
        stage.validating("v", stage.webhook("v.x.io", "/v"));
        String answer = stage.create();
        assertThat(answer).startsWith(answered + " ")
                .contains("\"message\":\"admission webhook \\\"v.x.io\\\" " + said + "\"");
        assertThat(answer.contains("\"reason\":\"")).isEqualTo(told != null);
        assertThat(stage.server.stored(Stage.CONFIGMAPS, Stage.KEY)).isEmpty();
    }

    @Test
    void tellTheAuditUnderTheirNames() throws Exception {
        stage.hooks.at("/v", r -> Struct.of("allowed", true, "auditAnnotations", Struct.of("seen", "yes")));
        stage.validating("v", stage.webhook("v.x.io", "/v"));
        assertThat(stage.create()).startsWith("200");
        assertThat(stage.server.annotations()).containsEntry("v.x.io/seen", "yes");
    }

    @Test
    void tellTheAuditNothingUnderKeysThatAreNoneAndNothingOfAnyLength() throws Exception {
        stage.hooks.at("/v", r -> Struct.of("allowed", true, "auditAnnotations", Struct.of("a/b", "two slashes",
                "not a key", "blanks", "long", "x".repeat(20_000))));
        stage.validating("v", stage.webhook("v.x.io", "/v"));
        assertThat(stage.create()).isEqualTo("200");
        assertThat(stage.server.annotations()).containsOnly(Map.entry("v.x.io/long", "x".repeat(10 << 10)));
    }

    @Test
    void thatAreAwayAndNeedNotBeAskedAreToldToTheAudit() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v", stage.webhook("a.x.io", "/v"),
                stage.webhook("b.x.io", "/none").with("failurePolicy", "Ignore"));
        assertThat(stage.create()).isEqualTo("200");
        assertThat(stage.server.annotations()).containsOnly(
                Map.entry("failed-open.validating.webhook.admission.k8s.io/round_0_index_1", "b.x.io"));
    }

    @Test
    void seeWhatMutatingOnesHaveMadeAndMayNotPatch() throws Exception {
        stage.hooks.at("/m", r -> patch(add("/data/b", "2"))).at("/v", r -> allowed());
        stage.mutating("m", stage.webhook("m.x.io", "/m")).validating("v", stage.webhook("v.x.io", "/v"));
        assertThat(stage.create()).isEqualTo("200");
        assertThat(stage.hooks.asked.stream().toList().getLast().struct("object").struct("data").text("b"))
                .isEqualTo("2");
        stage.hooks.at("/v", r -> patch(add("/data/b", "3")));
        assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.EMPTY)))
                .startsWith("500").contains("received invalid webhook response: validating webhook may not return"
                        + " response.patch");
    }

    @Test
    void areAskedAtOnceAndTheFirstRefusalIsTold() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        for (String path : List.of("/a", "/b")) {
            stage.hooks.at(path, r -> {
                both.countDown();
                try {
                    both.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return denied(Struct.of("message", path));
            });
        }
        stage.validating("v", stage.webhook("a.x.io", "/a"), stage.webhook("b.x.io", "/b"));
        assertThat(stage.create()).contains("\"a.x.io\\\" denied the request: /a");
    }

    @Test
    void warnAlsoWhenTheyRefuse() throws Exception {
        stage.hooks.at("/m", r -> allowed().with("warnings", Seq.of("old field"))).at("/v",
                r -> denied(Struct.EMPTY).with("warnings", Seq.of("think again")));
        stage.mutating("m", stage.webhook("m.x.io", "/m")).validating("v", stage.webhook("v.x.io", "/v"));
        stage.create();
        assertThat(stage.server.warnings()).contains("old field", "think again");
    }

    @ParameterizedTest
    @CsvSource({"hooked,yes,,,true", "hooked,no,,,false", ",,a,1,true", ",,a,2,false", "hooked,yes,a,1,true"})
    void areAskedWhereTheirSelectorsMatch(String nsKey, String nsValue, String key, String value, boolean asked)
            throws Exception {
        stage.hooks.at("/v", r -> allowed());
        Struct namespaces = nsKey == null ? Struct.EMPTY : Struct.of("matchLabels", Struct.of(nsKey, nsValue));
        Struct objects = key == null ? Struct.EMPTY : Struct.of("matchLabels", Struct.of(key, value));
        stage.validating("v", stage.webhook("v.x.io", "/v").with("namespaceSelector", namespaces)
                .with("objectSelector", objects));
        assertThat(stage.create(Struct.of("a", "1"))).isEqualTo("200");
        assertThat(stage.hooks.asked).hasSize(asked ? 1 : 0);
    }

    @Test
    void anObjectThatLosesItsLabelIsStillTheirs() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v", stage.webhook("v.x.io", "/v").with("objectSelector",
                Struct.of("matchLabels", Struct.of("a", "1"))));
        stage.create(Struct.of("a", "1"));
        stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.EMPTY));
        assertThat(stage.hooks.asked).hasSize(2);
        stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.of("b", "1")));
        assertThat(stage.hooks.asked).hasSize(2);
    }

    @Test
    void aDryRunAsksOnlyThoseWithoutSideEffects() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v", stage.webhook("v.x.io", "/v").with("sideEffects", "NoneOnDryRun"));
        String path = "/api/v1/namespaces/default/configmaps?dryRun=All";
        assertThat(stage.send("POST", path, Stage.configMap(Struct.EMPTY))).isEqualTo("200");
        assertThat(stage.hooks.asked.remove().flag("dryRun")).isTrue();
        stage.validating("v", stage.webhook("v.x.io", "/v").with("sideEffects", "Some"));
        assertThat(stage.send("POST", path, Stage.configMap(Struct.EMPTY))).startsWith("400")
                .contains("BadRequest", "admission webhook \\\"v.x.io\\\" does not support dry run");
        assertThat(stage.hooks.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"object.metadata.name != 'skip-me'|Fail|200|1",
            "object.metadata.name == 'skip-me'|Fail|200|0",
            "request.operation == 'CREATE' && oldObject == null|Fail|200|1",
            "authorizer.requestResource.check('get').allowed()|Fail|200|0", "object.none == 1|Ignore|200|0",
            "object.none == 1|Fail|403|0"})
    void areAskedWhereTheirMatchConditionsHold(String condition, String failure, String answered, int asked)
            throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v", stage.webhook("v.x.io", "/v").with("failurePolicy", failure).with("matchConditions",
                Seq.of(Struct.of("name", "a", "expression", condition))));
        assertThat(stage.create()).startsWith(answered);
        assertThat(stage.hooks.asked).hasSize(asked);
    }

    @Test
    void matchConditionsThatFailAreToldInUpstreamsWords() throws Exception {
        stage.validating("v", stage.webhook("v.x.io", "/v").with("matchConditions",
                Seq.of(Struct.of("name", "a", "expression", "object.none == 1"))));
        assertThat(stage.create())
                .contains("\"message\":\"configmaps \\\"c\\\" is forbidden: expression 'object.none =="
                        + " 1' resulted in error: no such key: none\"");
    }

    @Test
    void matchConditionsThatDoNotHoldAreCounted() throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v",
                stage.webhook("held.x.io", "/v").with("matchConditions", conditions("true")),
                stage.webhook("not.x.io", "/v").with("matchConditions", conditions("false")),
                stage.webhook("open.x.io", "/v").with("failurePolicy", "Ignore").with("matchConditions",
                        conditions("object.none == 1")),
                stage.webhook("shut.x.io", "/v").with("matchConditions", conditions("object.none == 1")));
        stage.mutating("m", stage.webhook("change.x.io", "/v").with("matchConditions", conditions("false")));
        assertThat(stage.create()).contains("forbidden");
        String prefix = "apiserver_admission_match_condition_";
        String of = "{kind=\"webhook\",name=\"%s.x.io\",operation=\"CREATE\",type=\"%s\"} 1\n";
        assertThat(stage.parts.metrics.text()).contains(
                prefix + "exclusions_total" + of.formatted("not", "validate"),
                prefix + "exclusions_total" + of.formatted("open", "validate"),
                prefix + "exclusions_total" + of.formatted("change", "admit"),
                prefix + "evaluation_errors_total" + of.formatted("open", "validating"),
                prefix + "evaluation_errors_total" + of.formatted("shut", "validating"),
                prefix + "evaluation_seconds_count" + of.formatted("not", "validating"),
                prefix + "evaluation_seconds_count" + of.formatted("shut", "validating"))
                .doesNotContain(prefix + "exclusions_total" + of.formatted("shut", "validate"),
                        prefix + "evaluation_errors_total" + of.formatted("not", "validating"))
                // as upstream, which measures what did not match
                .doesNotContain("held.x.io");
    }

    private static Seq conditions(String expression) {
        return Seq.of(Struct.of("name", "a", "expression", expression));
    }

    @Test
    void seeTheOptionsOfAConnection() throws Exception {
        stage.hooks.at("/v", r -> denied(Struct.EMPTY));
        stage.validating("v", stage.webhook("v.x.io", "/v").with("rules", Seq.of(Stage.rule("*", "*", "*/exec"))));
        Write write = stage.write(Operation.CONNECT, "exec", new Gvk("", "v1", "PodExecOptions"));
        Struct options = Struct.of("kind", "PodExecOptions", "apiVersion", "v1", "command", Seq.of("sh"));
        assertThatThrownBy(() -> plugin().validate(write, options)).isInstanceOf(ApiFault.class);
        Struct asked = stage.hooks.asked.remove();
        assertThat(asked.struct("object")).isEqualTo(options);
        assertThat(asked.struct("kind").text("kind")).isEqualTo("PodExecOptions");
        assertThat(asked.text("subResource")).isEqualTo("exec");
        assertThat(asked.get("options")).isEqualTo(Null.NULL);
        assertThat(asked.struct("userInfo")).isEqualTo(Struct.of("username", "jane", "uid", "7", "groups",
                Seq.of("people"), "extra", Struct.of("scopes", Seq.of("a"))));
    }

    @ParameterizedTest
    @CsvSource({"admissionregistration.k8s.io,MutatingWebhookConfiguration,false",
            "admissionregistration.k8s.io,ValidatingWebhookConfiguration,false",
            "admissionregistration.k8s.io,ValidatingAdmissionPolicyBinding,false",
            "authorization.k8s.io,SubjectAccessReview,false", "authentication.k8s.io,TokenReview,false",
            "apps,Deployment,true"})
    void areNeverAskedOfWhatWouldRemoveThem(String group, String kind, boolean handled) throws Exception {
        stage.hooks.at("/v", r -> allowed());
        stage.validating("v", stage.webhook("v.x.io", "/v").with("rules", Seq.of(Stage.rule("*", "*", "*/*"))));
        ResourceKind plain = stage.row("v1 configmaps ConfigMap");
        Gvk gvk = new Gvk(group, "v1", kind);
        Write write = new Write(Operation.CREATE, new ResourceKind(new Gvr(group, "v1", "x"), gvk, plain.names(), false,
                Set.of(), List.of(), plain.storage(), plain.shape(), List.of(), plain.strategy()), "", Key.of("x"),
                Optional.empty(), Caller.ANONYMOUS, false, Struct.EMPTY);
        assertThat(plugin().handles(write)).as("before they are known").isEqualTo(handled);
        stage.create();
        assertThat(plugin().handles(write)).isEqualTo(handled);
    }

    @Test
    void withoutConfigurationsNothingIsHandledAndBeforeTheyAreReadNothingPasses() throws Exception {
        stage.create();
        Write write = stage.write(Operation.CREATE, "", new Gvk("", "v1", "ConfigMap"));
        assertThat(plugin().handles(write)).isFalse();
        try (FakeApi silent = FakeApi.stepped(InstantSource.system());
                AdmissionWebhooks.Parts parts = new AdmissionWebhooks.Parts(silent, stage.conditions(),
                        System::nanoTime,
                        UUID::randomUUID, new Random(1))) {
            Admission early = parts.plugins().get(MutatingWebhooks.PLACE);
            assertThat(early.handles(write)).isTrue();
            assertThatThrownBy(() -> early.admit(write, Struct.EMPTY))
                    .isInstanceOfSatisfying(ApiFault.class, f -> {
                        assertThat(f.code()).isEqualTo(503);
                        assertThat(f.details().whole("retryAfterSeconds", 0)).isEqualTo(1);
                    });
        }
    }
}
