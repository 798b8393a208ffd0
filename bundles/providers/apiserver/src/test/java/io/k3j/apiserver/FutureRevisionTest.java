package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Reads of a revision that does not come, be it larger than any can be.
class FutureRevisionTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String LARGEST = "resourceVersion=18446744073709551615";
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    private void refused(String parameters) throws IOException {
        TestExchange answer = server.get(MAPS + "?" + parameters);
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.text()).contains("Too large resource version", "\"reason\":\"ResourceVersionTooLarge\"",
                "\"retryAfterSeconds\":1");
    }

    @Test
    void aListIsToldToComeAgain() throws IOException {
        refused(LARGEST);
    }

    @Test
    void soIsAWatchThatBeginsWithObjects() throws IOException {
        refused("watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&" + LARGEST);
    }
}
