package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Under which addresses pods may send.
class ForeignSourcesTest {
    private static final List<String> DROPS = List.of("iifname \"cni0\" ip saddr != { 10.42.0.0/24 } drop",
            "iifname \"cni0\" ip6 saddr != { fd42::/64 } drop");

    private static List<String> rules(Picture picture, String chain) {
        String rule = "add rule inet k3s-network-policy " + chain + " ";
        return new PolicyTable().of(picture).table().restated(Set.of()).lines().filter(l -> l.startsWith(rule))
                .map(l -> l.substring(rule.length())).toList();
    }

    /// Policies of other nodes let pods in by their address: who sends under it has to be stopped where it is.
    @Test
    void noPodSendsUnderAnAddressOfAnotherNodeWhateverPoliciesThereAreHere() {
        Picture picture = World.picture();
        assertThat(rules(picture, "forward")).containsAll(DROPS);
        assertThat(rules(picture, "input")).containsAll(DROPS);
    }

    @Test
    void withPlugInsOfOthersPodsSendUnderAnyUnlessOneIsIsolated() {
        Picture picture = new Picture("here", false);
        picture.ranges(World.RANGES);
        Obj pod = World.pod("a/x");
        picture.pod(pod);
        assertThat(rules(picture, "forward")).doesNotContainAnyElementsOf(DROPS);
        Obj deny = World.policy("a/deny",
                Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Egress")));
        picture.policy(deny.key(), deny);
        assertThat(rules(picture, "forward")).containsAll(DROPS);
    }
}
