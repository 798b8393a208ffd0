package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Audit.Level;
import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The stages of a request, and what is never recorded.
class AuditContextTest {
    private final List<Struct> events = new ArrayList<>();
    private Taken answer = Taken.TAKEN;
    private Instant now = Instant.EPOCH;

    private AuditContext audit(String verb, Level level, String... omitted) {
        return new AuditContext(
                new AuditEvents.Facts("id", "/", "", List.of(), Attributes.path(verb, "/"), null, Instant.EPOCH),
                new Audit.Rule(level, Set.of(omitted), false), event -> {
                    events.add(event);
                    return answer;
                }, () -> now);
    }

    private List<String> stages() {
        return events.stream().map(e -> e.text("stage")).toList();
    }

    @Test
    void tokensAreNeverRecorded() {
        AuditContext audit = audit("create", Level.REQUEST_RESPONSE);
        audit.request(Struct.of("kind", "TokenReview", "spec", Struct.of("token", "secret")));
        audit.response(Struct.of("kind", "TokenRequest", "status", Struct.of("token", "secret", "expires", "soon")));
        audit.completed();
        assertThat(Json.text(events.getFirst())).doesNotContain("secret").contains("soon");
    }

    @Test
    void tokensAreFoundByThePathAsWell() {
        AuditContext audit = new AuditContext(
                new AuditEvents.Facts("id", "/", "", List.of(), new Attributes("create", "", "v1", "serviceaccounts",
                        "token", "default", "a", ""), null, Instant.EPOCH),
                new Audit.Rule(Level.REQUEST_RESPONSE, Set.of(), false), event -> {
                    events.add(event);
                    return answer;
                }, () -> Instant.EPOCH);
        audit.response(Struct.of("status", Struct.of("token", "secret", "expires", "soon")));
        audit.completed();
        assertThat(Json.text(events.getFirst())).doesNotContain("secret").contains("soon");
    }

    @Test
    void bodiesAreLetGoWithTheLastEvent() {
        AuditContext audit = audit("create", Level.REQUEST_RESPONSE);
        audit.request(Struct.of("kind", "ConfigMap"));
        audit.completed();
        assertThat(events.getFirst().has("requestObject")).isTrue();
        assertThat(audit.outcome().has("requestObject")).isFalse();
    }

    @Test
    void aWatchHasAStageMore() {
        AuditContext audit = audit("watch", Level.METADATA);
        audit.received();
        audit.started(200);
        audit.completed();
        audit.completed();
        assertThat(stages()).containsExactly("RequestReceived", "ResponseStarted", "ResponseComplete");
    }

    @Test
    void aWatchWhoseClientLeftBeforeAnythingWasSentHasAllStages() {
        AuditContext audit = audit("watch", Level.METADATA, "RequestReceived");
        audit.received();
        audit.completed();
        assertThat(stages()).containsExactly("ResponseStarted", "ResponseComplete");
        assertThat(events.getLast().struct("responseStatus").text("message")).isEqualTo("Connection closed early");
    }

    @Test
    void theRefusalOfAnUnknownCallerIsOneEvent() {
        AuditContext audit = audit("get", Level.METADATA);
        audit.unauthenticated();
        audit.response(Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Failure",
                "message", "Unauthorized", "reason", "Unauthorized", "code", 401));
        audit.started(401);
        audit.completed();
        assertThat(stages()).containsExactly("ResponseStarted");
        assertThat(Json.text(events.getFirst())).contains("\"user\":{}").contains("\"responseStatus\":{\"metadata\":{},"
                + "\"status\":\"Failure\",\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}");
    }

    @Test
    void whatCouldNotBeRecordedIsNotRecordedAsDone() {
        answer = Taken.FAILED;
        AuditContext audit = audit("get", Level.METADATA);
        assertThatThrownBy(audit::received).isInstanceOf(ApiFault.class)
                .hasMessageEndingWith("failed to store audit event");
        audit.started(500);
        audit.completed();
        assertThat(stages()).containsExactly("RequestReceived");
    }

    /// Of what is done at once the longest time counts, of what is done again and again all of it.
    @Test
    void aRequestThatTookLongTellsWhereItWas() {
        AuditContext audit = audit("create", Level.METADATA);
        audit.received();
        audit.took(Latency.AUTHENTICATION, 1_500);
        audit.took(Latency.AUTHORIZATION, 200);
        audit.took(Latency.AUTHORIZATION, 300);
        audit.took(Latency.MUTATING_WEBHOOK, 400_000_000);
        audit.took(Latency.MUTATING_WEBHOOK, 200_000_000);
        audit.took(Latency.VALIDATING_WEBHOOK, 30_000_000);
        audit.took(Latency.VALIDATING_WEBHOOK, 20_000_000);
        audit.took(Latency.QUEUE_WAIT, 0);
        now = Instant.EPOCH.plusMillis(1_250);
        audit.completed();
        assertThat(events.getFirst().has("annotations")).isFalse();
        String prefix = "apiserver.latency.k8s.io/";
        assertThat(events.getLast().struct("annotations").texts()).containsOnly(
                Map.entry(prefix + "authentication", "1.5µs"), Map.entry(prefix + "authorization", "300ns"),
                Map.entry(prefix + "mutating-webhook", "600ms"), Map.entry(prefix + "validating-webhook", "30ms"),
                Map.entry(prefix + "total", "1.25s"));
    }

    @ParameterizedTest
    @CsvSource({"get,500,true", "watch,3000,true", "get,3000,false"})
    void ofQuickOnesOfWatchesAndWhereNothingWasMeasuredNothingIsTold(String verb, int millis, boolean measured) {
        AuditContext audit = audit(verb, Level.METADATA);
        audit.took(Latency.AUTHENTICATION, measured ? 1_000 : 0);
        now = Instant.EPOCH.plusMillis(millis);
        audit.completed();
        assertThat(events.getLast().has("annotations")).isFalse();
    }

    @Test
    void nothingIsKeptOfWhatNobodyRecords() {
        AuditContext.NONE.annotate("a", "b");
        AuditContext.NONE.took(Latency.AUTHENTICATION, 1);
        assertThat(AuditContext.NONE.begin()).isZero();
        AuditContext.NONE.request(Struct.of("kind", "ConfigMap"));
        AuditContext.NONE.started(200);
        AuditContext.NONE.completed();
        assertThat(AuditContext.NONE.annotations()).isEqualTo(Struct.EMPTY);
        assertThat(AuditContext.NONE.outcome()).isEqualTo(Struct.EMPTY);
    }
}
