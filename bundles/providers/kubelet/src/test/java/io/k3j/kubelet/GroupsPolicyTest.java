package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.podallocation.GroupsPolicy;
import io.k3j.podstatus.PodStatus;
import org.junit.jupiter.api.Test;

class GroupsPolicyTest {
    private final ScriptedRuntime runtime = new ScriptedRuntime();

    private static Obj pod(String policy) {
        return Obj.of(Struct.of("spec", Struct.of("securityContext", Struct.of("supplementalGroupsPolicy", policy))));
    }

    @Test
    void aPodThatWantsNoOtherGroupsNeedsARuntimeThatKnowsHow() {
        assertThat(GroupsPolicy.refusal(pod("Merge"), runtime)).isEmpty();
        assertThat(GroupsPolicy.refusal(pod("Strict"), runtime))
                .contains(new PodStatus.Waiting("SupplementalGroupsPolicyNotSupported",
                        "SupplementalGroupsPolicy=Strict is not supported in this node"));
        runtime.groupsPolicy = true;
        assertThat(GroupsPolicy.refusal(pod("Strict"), runtime)).isEmpty();
    }
}
