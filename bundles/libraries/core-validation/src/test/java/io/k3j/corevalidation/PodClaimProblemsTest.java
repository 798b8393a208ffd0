package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodClaimProblemsTest {
    private static final Struct CLAIM = Struct.of("name", "gpu", "resourceClaimName", "mine");

    private static List<String> found(Seq claims, Struct... used) {
        Struct container = Struct.of("name", "c", "resources", Struct.of("claims", Seq.of((Object[]) used)));
        return Case.found(p -> PodClaimProblems
                .check(Struct.of("resourceClaims", claims, "containers", Seq.of(container)), false, p));
    }

    @Test
    void aPodOfANodesOwnHasNoClaims() {
        assertThat(Case.found(p -> PodClaimProblems.check(Struct.of("resourceClaims", Seq.of(CLAIM)), true,
                p.at("spec")))).containsExactly(": Forbidden: static pods do not support resource claims");
    }

    @Test
    void aContainerTakesAClaimOfItsPodOrOneRequestOfIt() {
        assertThat(found(Seq.of(CLAIM), Struct.of("name", "gpu"))).isEmpty();
        assertThat(found(Seq.of(CLAIM), Struct.of("name", "gpu", "request", "a"),
                Struct.of("name", "gpu", "request", "b"))).isEmpty();
        assertThat(found(Seq.of(CLAIM), Struct.of("name", "nic"))).singleElement().asString()
                .endsWith("containers[0].resources.claims[0]: Not found: \"nic\": must be one of the names in"
                        + " pod.spec.resourceClaims: gpu");
        assertThat(found(Seq.EMPTY, Struct.of("name", "nic"))).singleElement().asString()
                .endsWith("Not found: \"nic\": must be one of the names in pod.spec.resourceClaims which is empty");
        assertThat(found(Seq.of(CLAIM), Struct.of("name", "gpu"), Struct.of("name", "gpu"))).singleElement()
                .asString().endsWith("containers[0].resources.claims[1]: Duplicate value: \"gpu\"");
    }

    @Test
    void aClaimIsOneThatIsThereOrOneThatIsMade() {
        assertThat(found(Seq.of(Struct.of("name", "gpu")))).singleElement().asString()
                .endsWith("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
        assertThat(found(Seq.of(CLAIM.with("resourceClaimTemplateName", "t")))).singleElement().asString()
                .endsWith("at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
        assertThat(found(Seq.of(CLAIM, CLAIM))).singleElement().asString()
                .endsWith("resourceClaims[1].name: Duplicate value: \"gpu\"");
    }
}
