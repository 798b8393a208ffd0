package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

class S3SettingsTest {
    @Test
    void whatIsMissingHasTheDefaultsOfK3s() {
        S3Settings settings = S3Settings.of(Struct.of("bucket", "b", "folder", "/f/"));
        assertThat(settings.endpoint()).isEqualTo("s3.amazonaws.com");
        assertThat(settings.timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.retention()).isEqualTo(5);
        assertThat(settings.key("x")).isEqualTo("f/x");
        assertThat(S3Connection.base(settings)).hasToString("https://b.s3.amazonaws.com");
    }

    @Test
    void aSecretSaysTheSameByItsOwnNames() {
        S3Settings settings = S3Settings.of(S3Settings.ofSecret(Map.of("etcd-s3-bucket", "b", "etcd-s3-endpoint",
                "one:9000", "etcd-s3-insecure", "true", "etcd-s3-timeout", "30s", "etcd-s3-retention", "3")));
        assertThat(settings.insecure()).isTrue();
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.retention()).isEqualTo(3);
        assertThat(S3Connection.base(settings)).hasToString("http://one:9000/b");
    }

    @Test
    void aSecretCountsOnlyWhenNothingElseIsGiven() {
        assertThat(S3Settings.onlySecret(Struct.of("configSecret", "s", "endpoint", "s3.amazonaws.com", "timeout",
                "5m", "insecure", false, "bucket", "", "retention", 5))).isTrue();
        assertThat(S3Settings.onlySecret(Struct.of("configSecret", "s", "bucket", "b"))).isFalse();
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> S3Settings.of(Struct.EMPTY)).hasMessageContaining("--etcd-s3-bucket");
        assertThatThrownBy(() -> S3Settings.of(Struct.of("bucket", "b", "timeout", "soon")))
                .hasMessageContaining("--etcd-s3-timeout");
        assertThatThrownBy(() -> S3Settings.of(Struct.of("bucket", "b", "bucketLookup", "x")))
                .hasMessageContaining("auto, dns or path");
    }

    @Test
    void objectsOfTheApiHoldNoSecrets() {
        S3Settings settings = S3Settings.of(Struct.of("bucket", "b", "accessKey", "ak", "secretKey", "much-hidden"));
        assertThat(settings.shown().toString() + settings).doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "5000000000", "3.5"})
    void aRetentionThatIsNoNumberIsNamed(String given) {
        Struct asked = S3Settings.ofSecret(Map.of("etcd-s3-bucket", "b", "etcd-s3-retention", given));
        assertThatThrownBy(() -> S3Settings.of(asked)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--etcd-s3-retention " + given);
    }
}
