package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0   | java.net.http.HttpTimeoutException: request timed out
            503 | the datastore is away: commit: /k3s/state.db: no answer within 1900 ms
            504 | Timeout: the datastore did not say whether the change happened: commit: x: no answer within 1900 ms
            504 | Timeout: this server has seen the datastore up to 7 only, and revision 8 has been acknowledged
            """)
    void whatIsLateIsNoRefusal(int code, String text) {
        assertThat(new Refusals.Refusal("a", "GET", code, text, 0, 1).late()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0   | java.io.IOException: Connection reset
            0   | javax.net.ssl.SSLHandshakeException: PKIX path validation failed
            0   | java.io.IOException: GOAWAY received
            401 | Unauthorized
            429 | too many wrong credentials from this address
            500 | no answer within 1900 ms
            503 | the datastore is away: the datastore is shutting down
            503 | the datastore is away: the datastore failed in the middle of a commit
            """)
    void whatARotationWouldCauseIsOne(int code, String text) {
        assertThat(new Refusals.Refusal("a", "GET", code, text, 0, 1).late()).isFalse();
    }
}
