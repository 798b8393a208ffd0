package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemBlocksTest {
    private static final String GOOD = "-----BEGIN A-----\naGk=\n-----END A-----\n";

    @Test
    void whatIsNoBlockIsPassedOver() {
        assertThat(PemBlocks.of("text\n" + GOOD + "more: text\n" + GOOD.replace(" A-", " B C-")))
                .extracting(PemBlocks.Block::type).containsExactly("A", "B C");
        assertThat(PemBlocks.of(GOOD).getFirst().der()).asString(StandardCharsets.UTF_8).isEqualTo("hi");
    }

    @Test
    void headersAreTold() {
        String text = GOOD.replace("aGk=", "key: a value\nOther:\n\naGk=");
        assertThat(PemBlocks.of(text).getFirst().headers()).isEqualTo(
                Map.of("key", "a value", "Other", ""));
        assertThat(PemBlocks.of("-----BEGIN A-----\nkey: value\n-----END A-----")).singleElement()
                .satisfies(block -> assertThat(block.der()).isEmpty());
    }

    @Test
    void linesMayHaveBlanksAndAnyLength() {
        assertThat(PemBlocks.of("-----BEGIN A-----  \r\na G\t\r\n\t\r\nk=\r\n-----END A----- \r\n").getFirst().der())
                .asString(StandardCharsets.UTF_8).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-----BEGIN A-----\naGk=\n-----END B-----\n", "-----BEGIN A\naGk=\n-----END A\n",
            "-----BEGIN A-----\naGk\n-----END A-----\n", "-----BEGIN A-----\n?Gk=\n-----END A-----\n",
            "-----BEGIN -----END A-----\n", "-----BEGIN A-----\naGk=\n", " -----BEGIN A-----\naGk=\n-----END A-----\n",
            "-----BEGIN A-----\naGk=\n-----END A----- x\n", "-----BEGIN A-----\n-----BEGIN A-----x\n-----END A-----\n"})
    void aDamagedBlockIsPassedOverAndTheNextOneFound(String damaged) {
        assertThat(PemBlocks.of(damaged)).isEmpty();
        assertThat(PemBlocks.of(damaged + GOOD)).hasSize(1);
    }

    @Test
    void oneCertificateAndNothingBehindItIsACertificate() {
        CertificateAuthority authority = CertificateAuthority.selfSigned("a", Keys.elliptic(),
                Instant.parse("2026-01-01T00:00:00Z"), RandomGenerator.of("L64X128MixRandom"));
        byte[] der = Pem.der(authority.certificate());
        byte[] longer = new byte[der.length + 1];
        System.arraycopy(der, 0, longer, 0, der.length);
        assertThat(PemBlocks.of(Pem.encode("CERTIFICATE", der)).getFirst().certificate())
                .contains(authority.certificate());
        assertThat(PemBlocks.of(Pem.encode("CERTIFICATE", longer)).getFirst().certificate()).isEmpty();
        assertThat(PemBlocks.of(GOOD).getFirst().certificate()).isEmpty();
        byte[] nested = Pem.encode("CERTIFICATE", der).getBytes(StandardCharsets.US_ASCII);
        assertThat(PemBlocks.of(Pem.encode("CERTIFICATE", nested)).getFirst().certificate()).isEmpty();
    }
}
