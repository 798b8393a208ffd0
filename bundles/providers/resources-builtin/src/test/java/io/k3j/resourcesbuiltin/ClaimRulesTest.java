package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Expansions and attributes of claims that are bound.
class ClaimRulesTest {
    private static final String SMALLER = "spec.resources.requests.storage: Forbidden: field can not be less than"
            + " status.capacity";
    private final Kit kit = new Kit();

    private static Struct claim(String size) {
        return Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata",
                Struct.of("name", "c", "namespace", "default"), "spec",
                Struct.of("accessModes", Seq.of("ReadWriteOnce"), "volumeName", "v", "volumeMode", "Filesystem",
                        "storageClassName", "s", "resources", Struct.of("requests", Struct.of("storage", size))),
                "status", Struct.of("phase", "Bound", "capacity", Struct.of("storage", "2Gi")));
    }

    private static Struct attributes(Struct claim, String name) {
        return claim.withAt(name, "spec", "volumeAttributesClassName");
    }

    private List<String> problems(Struct before, Struct after, String subresource) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), subresource);
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void anExpansionMayBeGivenUpForASmallerOne() {
        assertThat(problems(claim("2Gi"), claim("9Gi"), "")).isEmpty();
        assertThat(problems(claim("9Gi"), claim("3Gi"), "")).isEmpty();
        assertThat(problems(claim("9Gi"), claim("2Gi"), "")).containsExactly(SMALLER);
        assertThat(problems(claim("2Gi"), claim("1Gi"), "")).containsExactly(SMALLER);
    }

    @Test
    void attributesThatAVolumeHasAreReplacedByOthersOnly() {
        Struct wanted = attributes(claim("2Gi"), "gold");
        assertThat(problems(claim("2Gi"), wanted, "")).isEmpty();
        assertThat(problems(wanted, claim("2Gi"), "")).isEmpty();
        Struct current = wanted.withAt("gold", "status", "currentVolumeAttributesClassName");
        assertThat(problems(current, attributes(current, "silver"), "")).isEmpty();
        assertThat(problems(current, claim("2Gi"), "")).containsExactly("spec.volumeAttributesClassName: Forbidden:"
                + " update to nil is forbidden when status.currentVolumeAttributesClassName is not nil");
        Struct none = attributes(current, "");
        assertThat(problems(none, none.withAt("x", "metadata", "labels", "l"), "")).isEmpty();
    }

    @Test
    void whatResizersSayHasUpstreamsForm() {
        Struct status = Struct.of("allocatedResources", Struct.of("storage", "3Gi"), "allocatedResourceStatuses",
                Struct.of("storage", "NodeResizePending"));
        assertThat(problems(claim("3Gi"), claim("3Gi").with("status", status), "status")).isEmpty();
        Struct wrong = Struct.of("allocatedResources", Struct.of("cpu", "1"), "allocatedResourceStatuses",
                Struct.of("storage", "Soon"));
        assertThat(problems(claim("3Gi"), claim("3Gi").with("status", wrong), "status")).containsExactlyInAnyOrder(
                "status.allocatedResourceStatuses: Unsupported value: \"storage\": supported values:"
                        + " \"ControllerResizeInProgress\", \"ControllerResizeInfeasible\","
                        + " \"NodeResizeInProgress\", \"NodeResizeInfeasible\", \"NodeResizePending\"",
                "status.allocatedResources: Unsupported value: \"cpu\": supported values: \"storage\"");
    }

    @Test
    void aBoundClaimAsksForMoreStorageAndForNothingElse() {
        Struct limited = claim("2Gi").withAt("5Gi", "spec", "resources", "limits", "storage");
        assertThat(problems(claim("2Gi"), limited, "")).containsExactly("spec: Forbidden: spec is immutable after"
                + " creation except resources.requests and volumeAttributesClassName for bound claims");
        assertThat(problems(claim("2Gi"), claim("3Gi").withAt("Block", "spec", "volumeMode"), "")).containsExactly(
                "spec: Forbidden: spec is immutable after creation except resources.requests and"
                        + " volumeAttributesClassName for bound claims",
                "volumeMode: Invalid value: \"Block\": field is immutable");
    }

    @Test
    void aStatusHasModesAndAmounts() {
        Struct odd = claim("2Gi").withAt("-1", "status", "capacity", "storage").withoutAt("spec", "accessModes");
        assertThat(problems(claim("2Gi"), odd, "status")).containsExactly("Spec.accessModes: Required value",
                "status.capacity[storage]: Invalid value: -1: must be a valid resource quantity");
    }
}
