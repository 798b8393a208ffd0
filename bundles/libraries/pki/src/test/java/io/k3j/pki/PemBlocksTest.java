package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
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

    private static byte[] certificate(String name) {
        return Pem.der(CertificateAuthority.selfSigned(name, Keys.elliptic(), Instant.parse("2026-01-01T00:00:00Z"),
                RandomGenerator.of("L64X128MixRandom")).certificate());
    }

    private static PemBlocks.Block block(byte[]... contents) {
        byte[] all = new byte[0];
        for (byte[] one : contents) {
            byte[] longer = Arrays.copyOf(all, all.length + one.length);
            System.arraycopy(one, 0, longer, all.length, one.length);
            all = longer;
        }
        return new PemBlocks.Block(Pem.CERTIFICATE, Map.of(), all);
    }

    @Test
    void oneCertificateAndNothingBehindItIsACertificate() {
        byte[] der = certificate("a");
        assertThat(block(der).certificate()).contains(Pem.certificate(der));
        assertThat(block(der, new byte[1]).certificate()).isEmpty();
        assertThat(block(der, der).certificate()).isEmpty();
        assertThat(PemBlocks.of(GOOD).getFirst().certificate()).isEmpty();
        byte[] nested = Pem.encode("CERTIFICATE", der).getBytes(StandardCharsets.US_ASCII);
        assertThat(block(nested).certificate()).isEmpty();
    }

    /// Of upstream's `hermeticpodcertificatesigner`: neither it nor its subject has a name.
    private static final String NAMELESS = """
            -----BEGIN CERTIFICATE-----
            MIIBAzCBtqADAgECAhRft48O3GyGcbk8I6D+Dc7luqGKuTAFBgMrZXAwADAeFw0y
            NjExMzAxMTA2MDlaFw0yNzExMzAxMTA2MDlaMAAwKjAFBgMrZXADIQCOrNEKscd0
            uTtkq3W4fjWVPgN3/K3ebhBgRDQW466i26NCMEAwDgYDVR0PAQH/BAQDAgKEMA8G
            A1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFBEtiXtRmmBmuyfSSQzz3pCyrSuJMAUG
            AytlcANBAK1u1oJ31OnFx9/hr+k71AIO4fWmn+4qZjOSOUvbG72vTcbhZS0VF73R
            gUgOaEl/qPoyOdho1zKiF1PraJbOxwo=
            -----END CERTIFICATE-----
            """;

    @Test
    void aCertificateWithoutNamesIsLegible() {
        PemBlocks.Block block = PemBlocks.of(NAMELESS).getFirst();
        assertThat(block.certificate()).isEmpty();
        assertThat(block.legible().orElseThrow().getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(block.legible().orElseThrow().getNotAfter()).isEqualTo(Instant.parse("2027-11-30T11:06:09Z"));
        assertThat(block(block.der(), new byte[1]).legible()).isEmpty();
        assertThat(block(Arrays.copyOf(block.der(), 80)).legible()).isEmpty();
        assertThat(PemBlocks.of(GOOD).getFirst().legible()).isEmpty();
        byte[] named = certificate("a");
        assertThat(block(named).legible()).contains(Pem.certificate(named));
    }

    @Test
    void severalCertificatesLieInABlockWithNothingBetweenThem() {
        byte[] one = certificate("a");
        byte[] other = certificate("b");
        assertThat(block(one, other).certificates())
                .contains(List.of(Pem.certificate(one), Pem.certificate(other)));
        assertThat(block().certificates()).contains(List.of());
        byte[] nested = Pem.encode("CERTIFICATE", one).getBytes(StandardCharsets.US_ASCII);
        for (PemBlocks.Block wrong : List.of(block(one, new byte[1]), block(one, new byte[1], other), block(nested),
                block(one, nested), block(Arrays.copyOf(one, one.length - 1)))) {
            assertThat(wrong.certificates()).isEmpty();
        }
    }

    private static String bundle(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /// As Go's `AppendCertsFromPEM`.
    @Test
    void ofABundleCountsWhatIsACertificate() {
        byte[] der = certificate("a");
        String good = Pem.encode(Pem.CERTIFICATE, der);
        String two = Pem.encode(Pem.CERTIFICATE, block(der, der).der());
        for (String more : List.of("", "garbage\n", GOOD, two, good.replaceFirst("\n", "\nA: b\n\n"),
                good.replace("-----END", "?\n-----END"), "-----BEGIN CERTIFICATE-----\n")) {
            assertThat(PemBlocks.authorities(bundle(more + good))).as(more).containsExactly(Pem.certificate(der));
            assertThat(PemBlocks.authorities(bundle(good + more))).as(more).containsExactly(Pem.certificate(der));
        }
    }

    /// In the words of client-go's `createErrorParsingCAData`.
    @Test
    void aBundleWithoutACertificateSaysWhatItIs() {
        byte[] der = certificate("a");
        String good = Pem.encode(Pem.CERTIFICATE, der);
        Map<String, String> told = Map.of("no pem", "unable to parse bytes as PEM block",
                GOOD, "no valid certificate authority data seen", GOOD + "\n", "unable to parse bytes as PEM block",
                good.replaceFirst("\n", "\nA: b\n\n"), "no valid certificate authority data seen",
                good.replace("-----END", "?\n-----END"), "unable to parse bytes as PEM block",
                GOOD.replace(" A-", " CERTIFICATE-"), "failed to parse certificate: x509: malformed certificate",
                Pem.encode(Pem.CERTIFICATE, block(der, der).der()), "failed to parse certificate: x509: trailing data");
        told.forEach((text, why) -> assertThatThrownBy(() -> PemBlocks.authorities(bundle(text))).as(text)
                .isInstanceOf(IllegalArgumentException.class).hasMessage(why));
    }

    @Test
    void aRequestIsTheFirstBlockThatIsOne() {
        String request = Pem.encode("CERTIFICATE REQUEST", CertificateRequest.create("a", Keys.elliptic()));
        String damaged = request.replace("-----END", "?\n-----END");
        for (String text : List.of("garbage\n" + request, damaged + request, request + damaged, request + "garbage",
                request + GOOD)) {
            assertThat(SigningRequest.parse(text).commonName()).as(text).isEqualTo("a");
        }
        assertThatThrownBy(() -> SigningRequest.parse(GOOD + request))
                .hasMessage("PEM block type must be CERTIFICATE REQUEST");
        assertThatThrownBy(() -> SigningRequest.parse(damaged))
                .hasMessage("PEM block type must be CERTIFICATE REQUEST");
    }
}
