package io.k3j.admissioncel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.admissioncel.MatchConditions.Verdict;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whether a webhook or policy is asked at all.
class MatchConditionsTest {
    private static final Gvk KIND = Gvk.of("v1", "ConfigMap");
    private static final ResourceKind CONFIG_MAPS = new ResourceKind(Gvr.of("v1", "configmaps"), KIND,
            new ResourceKind.Names("", List.of(), List.of()), true, Set.of(), List.of(),
            new ResourceKind.Storage("/registry/configmaps/", KIND), Shape.ANY, List.of(),
            new ResourceKind.Strategy(true, false, false, true, true));
    private static final Write WRITE = new Write(Operation.CREATE, CONFIG_MAPS, "", new Key("ns", "c"),
            Optional.empty(),
            Caller.of("jane", List.of("people")), false, Struct.EMPTY);
    private final Cel cel = new CelService();

    private MatchConditions conditions(String... expressions) {
        return MatchConditions.of(Seq.copyOf(Arrays.stream(expressions)
                .map(e -> Struct.of("name", "n", "expression", e)).toList()), new ExpressionCompiler(cel, false));
    }

    private static AdmissionInput input(Struct object) {
        return AdmissionInput.of(MatchedRequest.of(CONFIG_MAPS, WRITE), WRITE, new AdmissionObjects(object, null),
                (who, what) -> Decision.NO_OPINION);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"true;true|MATCHES", "true;false|EXCLUDED",
            "object.metadata.name != 'skip-me'|MATCHES", "object.metadata.name == 'skip-me'|EXCLUDED",
            "request.userInfo.username == 'jane' && 'people' in request.userInfo.groups|MATCHES",
            "oldObject == null && namespaceObject == null|MATCHES",
            "authorizer.requestResource.check('get').allowed()|EXCLUDED", "object.none == 1|FAILED",
            "object.none == 1;false|EXCLUDED", "object.none == 1;true|FAILED", "object.==|FAILED"})
    void oneThatIsFalseDecides(String expressions, Verdict verdict) {
        assertThat(conditions(expressions.split(";")).match(input(Struct.of("metadata", Struct.of("name", "c"))), false)
                .verdict()).isEqualTo(verdict);
    }

    @Test
    void failuresAreToldTogetherOrIgnored() {
        MatchConditions failing = conditions("object.a == 1", "object.b == 1", "object.a == 1");
        assertThat(failing.match(input(Struct.EMPTY), false).error())
                .isEqualTo("[expression 'object.a == 1' resulted in"
                        + " error: no such key: a, expression 'object.b == 1' resulted in error: no such key: b]");
        assertThat(conditions("object.a == 1").match(input(Struct.EMPTY), false).error())
                .isEqualTo("expression 'object.a == 1' resulted in error: no such key: a");
        assertThat(failing.match(input(Struct.EMPTY), true).verdict()).isEqualTo(Verdict.EXCLUDED);
        assertThat(conditions("object.a == 1\n").match(input(Struct.EMPTY), false).error()).as("as it is written")
                .isEqualTo("expression 'object.a == 1\n' resulted in error: no such key: a");
    }

    /// What is counted of them: failures up to the answer.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"true|0", "false|0", "object.none == 1;false|1", "false;object.none == 1|0",
            "object.none == 1;object.none == 2;true|2", "object.==;object.none == 1|2"})
    void failuresAreCountedUntilTheyAreAnswered(String expressions, int failures) {
        for (boolean ignored : List.of(true, false)) {
            assertThat(conditions(expressions.split(";")).match(input(Struct.EMPTY), ignored).failures())
                    .isEqualTo(failures);
        }
    }

    @Test
    void authorizersAreAskedInTheirOrderAndMastersNeverRefused() {
        UnionAuthorizer union = new UnionAuthorizer(() -> List.of(
                (who, what) -> new Decision(io.k3j.apiserverapi.Authorizer.Verdict.ALLOW, "low"),
                (who, what) -> what.verb().equals("get")
                        ? new Decision(io.k3j.apiserverapi.Authorizer.Verdict.DENY, "high") : Decision.NO_OPINION));
        Caller jane = Caller.of("jane", List.of());
        assertThat(union.decide(jane, Attributes.path("get", "/")).reason()).isEqualTo("high");
        assertThat(union.decide(jane, Attributes.path("put", "/")).reason()).isEqualTo("low");
        assertThat(union.decide(Caller.of("root", List.of("system:masters")), Attributes.path("get", "/")).verdict())
                .isEqualTo(io.k3j.apiserverapi.Authorizer.Verdict.ALLOW);
    }
}
