package io.k3j.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.encryption.Provider.Kind;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The file and the steps of a rotation.
class EncryptionConfigurationTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SECRET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final EncryptionKey ONE = EncryptionKey.random("one", RANDOM);
    private static final EncryptionKey TWO = EncryptionKey.random("two", RANDOM);

    @Test
    void writesWhatK3sWrites() {
        EncryptionConfiguration made = EncryptionConfiguration.initial(Kind.AESCBC,
                new EncryptionKey("aescbckey", SECRET));
        String text = "{\"kind\":\"EncryptionConfiguration\",\"apiVersion\":\"apiserver.config.k8s.io/v1\","
                + "\"resources\":[{\"resources\":[\"secrets\"],\"providers\":[{\"aescbc\":{\"keys\":[{\"name\":"
                + "\"aescbckey\",\"secret\":\"" + SECRET + "\"}]}},{\"identity\":{}}]}]}";
        assertThat(made.json()).isEqualTo(text);
        assertThat(EncryptionConfiguration.parse(text)).isEqualTo(made);
        assertThat(EncryptionConfiguration.hash(text)).hasSize(64);
        assertThat(made.toString()).doesNotContain(SECRET);
    }

    @Test
    void goesThroughARotation() {
        EncryptionConfiguration start = EncryptionConfiguration.initial(Kind.AESCBC, ONE);
        EncryptionConfiguration prepared = start.withNewKey(Kind.AESCBC, TWO);
        assertThat(prepared.keys(Kind.AESCBC)).containsExactly(ONE, TWO);
        EncryptionConfiguration rotated = prepared.rotated(Kind.AESCBC);
        assertThat(rotated.keys(Kind.AESCBC)).containsExactly(TWO, ONE);
        EncryptionConfiguration finished = rotated.withoutOldKey(Kind.AESCBC);
        assertThat(finished).isEqualTo(EncryptionConfiguration.initial(Kind.AESCBC, TWO));
        assertThat(finished.withoutOldKey(Kind.AESCBC)).isEqualTo(finished);
    }

    @Test
    void changesTheKindOfKeys() {
        EncryptionConfiguration start = EncryptionConfiguration.initial(Kind.AESCBC, ONE);
        EncryptionConfiguration prepared = start.withNewKey(Kind.SECRETBOX, TWO);
        assertThat(prepared.sealing().orElseThrow().kind()).isEqualTo(Kind.AESCBC);
        EncryptionConfiguration rotated = prepared.rotated(Kind.SECRETBOX);
        assertThat(rotated.sealing().orElseThrow().kind()).isEqualTo(Kind.SECRETBOX);
        assertThat(rotated.withoutOldKey(Kind.SECRETBOX))
                .isEqualTo(EncryptionConfiguration.initial(Kind.SECRETBOX, TWO));
    }

    @Test
    void turnsOffAndOnAgain() {
        EncryptionConfiguration on = EncryptionConfiguration.initial(Kind.AESCBC, ONE);
        EncryptionConfiguration off = on.enabled(false, Kind.AESCBC);
        assertThat(off).isEqualTo(EncryptionConfiguration.prepared(Kind.AESCBC, ONE));
        assertThat(off.on()).isFalse();
        assertThat(off.enabled(true, Kind.AESCBC)).isEqualTo(on);
        assertThatThrownBy(() -> off.enabled(true, Kind.SECRETBOX))
                .hasMessage("cannot enable secrets encryption with secretbox key type, no keys found");
        assertThat(off.withNewKey(Kind.AESCBC, TWO).rotated(Kind.AESCBC).withoutOldKey(Kind.AESCBC))
                .isEqualTo(EncryptionConfiguration.initial(Kind.AESCBC, TWO));
    }

    @Test
    void readsOfStockK3sAConfigurationWithoutKeys() {
        EncryptionConfiguration identity = EncryptionConfiguration.parse(
                "{\"kind\":\"EncryptionConfiguration\",\"apiVersion\":\"apiserver.config.k8s.io/v1\",\"resources\":"
                        + "[{\"resources\":[\"secrets\"],\"providers\":[{\"identity\":{}}]}]}");
        assertThat(identity.on()).isFalse();
        EncryptionConfiguration rotated = identity.withNewKey(Kind.AESCBC, ONE).rotated(Kind.AESCBC);
        assertThat(rotated.withoutOldKey(Kind.AESCBC)).isEqualTo(EncryptionConfiguration.initial(Kind.AESCBC, ONE));
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        for (String wrong : List.of("", "{}", "{\"kind\":\"EncryptionConfiguration\"}",
                text("configmaps", "{\"identity\":{}}"), text("secrets", "{\"kms\":{}}"), text("secrets", ""),
                text("secrets", "{\"aescbc\":{\"keys\":[]}}"),
                text("secrets", "{\"aescbc\":{\"keys\":[{\"name\":\"k\",\"secret\":\"c2hvcnQ=\"}]}}"),
                text("secrets", "{\"secretbox\":{\"keys\":[{\"name\":\"k\",\"secret\":\"***\"}]}}"))) {
            assertThatThrownBy(() -> EncryptionConfiguration.parse(wrong)).as(wrong)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining("c2hvcnQ");
        }
    }

    private static String text(String resource, String provider) {
        return "{\"kind\":\"EncryptionConfiguration\",\"resources\":[{\"resources\":[\"" + resource
                + "\"],\"providers\":[" + provider + "]}]}";
    }
}
