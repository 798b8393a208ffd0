package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What approvers and signers may say of a CertificateSigningRequest.
class SigningRequestStatusTest {
    private static final String SINCE = "2020-01-01T00:00:00Z";
    private final Kit kit = new Kit();

    private static Struct condition(String text) {
        String[] parts = text.split(":", -1);
        return Struct.of("type", parts[0], "status", parts.length > 1 ? parts[1] : "True", "lastUpdateTime", SINCE,
                "lastTransitionTime", SINCE);
    }

    /// @param conditions as `Approved` or `Failed:False`, with blanks between
    private static Struct request(String conditions) {
        return request(Struct.of("conditions", Seq.copyOf(Arrays.stream(conditions.split(" ")).filter(c -> !c.isEmpty())
                .map(SigningRequestStatusTest::condition).toList())));
    }

    private static Struct request(Struct status) {
        return Struct.of("apiVersion", "certificates.k8s.io/v1", "kind", "CertificateSigningRequest", "metadata",
                Struct.of("name", "x"), "status", status);
    }

    private Struct prepared(String subresource, Struct before, Struct after) {
        return kit.hooks(after).prepared(kit.write(Operation.UPDATE, after, Optional.of(before), subresource), after);
    }

    private List<String> problems(String subresource, Struct before, Struct after) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), subresource);
        return kit.hooks(after).problems(write, prepared(subresource, before, after)).stream()
                .map(FieldProblem::toString).toList();
    }

    /// Rows of a subresource, the conditions before and behind, and what is told.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"approval|||", "approval||Approved|", "approval|Approved|Approved Failed|",
            "status|Approved|Approved Failed|", "status|Denied|Denied Other:False Third:Unknown|",
            "status||Approved|status.conditions: Forbidden: updates may not add a condition of type \"Approved\"",
            "status|Denied||status.conditions: Forbidden: updates may not remove a condition of type \"Denied\"",
            "approval|Failed||status.conditions: Forbidden: updates may not remove a condition of type \"Failed\"",
            "approval||Denied Approved|status.conditions: Invalid value: \"Approved\": Approved and Denied conditions"
                    + " are mutually exclusive",
            "approval|Approved Denied|Approved Denied|",
            "approval||Approved:False|status.conditions[0].status: Unsupported value: \"False\": supported values:"
                    + " \"True\"",
            "status||Other:|status.conditions[0].status: Required value",
            "status||Other:No|status.conditions[0].status: Unsupported value: \"No\": supported values: \"False\","
                    + " \"True\", \"Unknown\"",
            "status||:True|status.conditions[0].type: Required value", "status|:True|:True|",
            "status||Other Other|status.conditions[1].type: Duplicate value: \"Other\"",
            "status|Other Other|Other Other|"})
    void whatIsDecidedIsDecidedByApproversAndStays(String subresource, String before, String after, String told) {
        List<String> problems = problems(subresource, request(before == null ? "" : before),
                request(after == null ? "" : after));
        assertThat(problems).isEqualTo(told == null ? List.of() : List.of(told));
    }

    /// A signer that has read a decision and writes it in other words, changes none.
    @Test
    void aDecisionStaysInItsWords() {
        Struct reworded = request(Struct.of("conditions", Seq.of(condition("Failed"),
                condition("Approved").with("message", "by me"))));
        assertThat(prepared("status", request("Approved"), reworded).struct("status").seq("conditions"))
                .isEqualTo(Seq.of(condition("Failed"), condition("Approved")));
        assertThat(prepared("approval", request("Approved"), reworded)).isEqualTo(reworded);
        assertThat(prepared("", request("Approved"), request("")).struct("status"))
                .isEqualTo(request("Approved").struct("status"));
    }

    @Test
    void timesThatNobodyGivesAreOfTheWrite() {
        Struct bare = condition("Approved").without("lastUpdateTime").without("lastTransitionTime");
        Struct after = request(Struct.of("conditions", Seq.of(bare, bare.with("type", "Failed"))));
        Struct prepared = prepared("approval", request("Approved"), after);
        List<Struct> dated = prepared.struct("status").seq("conditions").structs();
        assertThat(Instant.parse(dated.get(0).text("lastUpdateTime"))).isAfter(Instant.parse(SINCE));
        assertThat(dated.get(0).text("lastTransitionTime")).isEqualTo(SINCE);
        assertThat(dated.get(1).text("lastTransitionTime")).isEqualTo(dated.get(1).text("lastUpdateTime"))
                .isNotEqualTo(SINCE);
        assertThat(prepared("approval", request("Approved"), prepared)).isEqualTo(prepared);
    }

    private static Struct issued(String pem) {
        return request(Struct.of("certificate",
                Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII))));
    }

    @Test
    void aCertificateIsSetOnceBySigners() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        String pem = Pem.encode(List.of(CertificateAuthority.selfSigned("a", Keys.elliptic(), Instant.now(), random)
                .certificate()));
        assertThat(problems("status", request(""), issued(pem))).isEmpty();
        assertThat(problems("status", issued(pem), issued(pem))).isEmpty();
        assertThat(problems("status", issued(pem), issued(pem + pem))).containsExactly(
                "status.certificate: Forbidden: updates may not modify existing certificate content");
        assertThat(problems("approval", request(""), issued(pem))).containsExactly(
                "status.certificate: Forbidden: updates may not set certificate content");
        String told = "status.certificate: Invalid value: \"<certificate data>\": ";
        assertThat(problems("status", request(""), issued("x"))).containsExactly(told
                + "must contain at least one CERTIFICATE PEM block");
        assertThat(problems("status", request(""), issued(pem.replace("CERTIFICATE", "KEY")))).containsExactly(told
                + "only CERTIFICATE PEM blocks are allowed, found \"KEY\"");
        assertThat(problems("status", request(""), issued(pem.replaceFirst("\n", "\nA: b\n\n")))).containsExactly(told
                + "no PEM block headers are permitted");
        assertThat(problems("status", issued("x"), issued("x"))).isEmpty();
    }

    /// As Go's `ParseCertificates` takes them, unlike most of what reads certificates.
    @Test
    void aBlockMayHoldSeveralCertificates() {
        byte[] one = Pem.decode(Pem.encode(List.of(CertificateAuthority.selfSigned("a", Keys.elliptic(), Instant.now(),
                RandomGenerator.of("L64X128MixRandom")).certificate()))).getFirst().der();
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThat(problems("status", request(""), issued(Pem.encode(Pem.CERTIFICATE, two) + "garbage"))).isEmpty();
        String told = "status.certificate: Invalid value: \"<certificate data>\": ";
        assertThat(problems("status", request(""), issued(Pem.encode(Pem.CERTIFICATE,
                Arrays.copyOf(two, two.length - 1))))).containsExactly(told + "x509: malformed certificate");
        assertThat(problems("status", request(""), issued(
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))).containsExactly(told
                        + "found CERTIFICATE PEM block containing 0 certificates");
    }
}
