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
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The stages of a request, and what is never recorded.
class AuditContextTest {
    private final List<Struct> events = new ArrayList<>();
    private Taken answer = Taken.TAKEN;

    private AuditContext audit(String verb, Level level, String... omitted) {
        return new AuditContext(
                new AuditEvents.Facts("id", "/", "", List.of(), Attributes.path(verb, "/"), null, Instant.EPOCH),
                new Audit.Rule(level, Set.of(omitted), false), event -> {
                    events.add(event);
                    return answer;
                }, () -> Instant.EPOCH);
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

    @Test
    void nothingIsKeptOfWhatNobodyRecords() {
        AuditContext.NONE.annotate("a", "b");
        AuditContext.NONE.request(Struct.of("kind", "ConfigMap"));
        AuditContext.NONE.started(200);
        AuditContext.NONE.completed();
        assertThat(AuditContext.NONE.annotations()).isEqualTo(Struct.EMPTY);
        assertThat(AuditContext.NONE.outcome()).isEqualTo(Struct.EMPTY);
    }
}
