package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Deletions of a pod on a node, which has a grace period.
class PodDeletionTest {
    private static final String POD = "/api/v1/namespaces/a/pods/p";
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    private Struct metadata(String method, String path, String body) throws IOException {
        TestExchange x = server.call(method, path, body);
        assertThat(x.status()).as(x.text()).isBetween(200, 201);
        return Json.object(x.bytes()).struct("metadata");
    }

    private Struct deleted(String parameters) throws IOException {
        return metadata("DELETE", POD + parameters, "");
    }

    @Test
    void oneThatAsksForNoShorterTimeChangesNothing() throws IOException {
        metadata("POST", "/api/v1/namespaces/a/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\"}}");
        Struct first = deleted("?gracePeriodSeconds=600");
        assertThat(first.whole("deletionGracePeriodSeconds", 0)).isEqualTo(600);
        assertThat(deleted("")).isEqualTo(first);
        assertThat(deleted("?gracePeriodSeconds=600")).isEqualTo(first);
        assertThat(deleted("?propagationPolicy=Orphan")).isEqualTo(first);
    }

    /// It counts from the first deletion.
    @Test
    void oneThatAsksForLessMovesTheEnd() throws IOException {
        metadata("POST", "/api/v1/namespaces/a/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\"}}");
        deleted("?gracePeriodSeconds=600");
        server.now = server.now.plusSeconds(300);
        Struct second = deleted("?gracePeriodSeconds=400");
        assertThat(second.whole("deletionGracePeriodSeconds", 0)).isEqualTo(400);
        assertThat(second.text("deletionTimestamp")).isEqualTo("2026-01-02T03:10:45Z");
    }

    @Test
    void aNegativeTimeIsOneSecond() throws IOException {
        metadata("POST", "/api/v1/namespaces/a/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\"}}");
        String options = "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"gracePeriodSeconds\":-30}";
        assertThat(metadata("DELETE", POD, options).whole("deletionGracePeriodSeconds", 0)).isOne();
    }

    @Test
    void aNegativeTimeIsLessThanWhatIsLeft() throws IOException {
        metadata("POST", "/api/v1/namespaces/a/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\"}}");
        deleted("?gracePeriodSeconds=600");
        assertThat(deleted("?gracePeriodSeconds=-1").whole("deletionGracePeriodSeconds", 0)).isOne();
    }
}
