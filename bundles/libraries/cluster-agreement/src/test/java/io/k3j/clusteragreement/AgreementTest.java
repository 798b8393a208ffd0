package io.k3j.clusteragreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// One spelling for everything that means the same, and no secret in any of them.
class AgreementTest {
    private static final Agreement CLUSTER = Agreement.of(Set.of("clusterCidr", "disable", "agentToken"),
            Map.of("clusterCidr", new String[] {"10.42.0.0/16", "fd00::/56"}, "disable", "traefik, servicelb",
                    "agentToken",
                    "s3cret"),
            "sqlite");

    @Test
    void listsOfAnySpellingAreTheSame() {
        assertThat(CLUSTER.with("clusterCidr", Agreement.normal("clusterCidr", "10.42.0.0/16, fd00::/56"))
                .differences(CLUSTER)).isEmpty();
        assertThat(Agreement.normal("disable", new String[] {"ServiceLB", "traefik,servicelb"}))
                .isEqualTo(CLUSTER.values().get("disable"));
        assertThat(Agreement.normal("disableHelmController", false))
                .isEqualTo(Agreement.normal("disableHelmController", null))
                .isEmpty();
    }

    @Test
    void tellsADifferenceByItsFlag() {
        List<Agreement.Difference> all = CLUSTER.with("clusterCidr", "10.44.0.0/16").with("flannelIpv6Masq", "true")
                .differences(CLUSTER);
        assertThat(all).containsExactly(
                new Agreement.Difference("clusterCidr", "10.44.0.0/16", "10.42.0.0/16,fd00::/56"),
                new Agreement.Difference("flannelIpv6Masq", "true", ""));
        assertThat(all).map(Agreement.Difference::flag).containsExactly("--cluster-cidr", "--flannel-ipv6-masq");
        assertThat(all).map(Agreement.Difference::fixed).containsExactly(true, false);
        assertThat(Agreement.key("--flannel-ipv6-masq")).isEqualTo("flannelIpv6Masq");
    }

    @Test
    void anAgentTokenIsAHashOfWhichLittleIsShown() {
        String value = CLUSTER.values().getOrDefault("agentToken", "");
        assertThat(value).startsWith("sha256:").hasSize(71).doesNotContain("s3cret");
        assertThat(Agreement.shown("agentToken", value)).hasSize(16).endsWith("…");
        assertThat(Agreement.normal("agentToken", "K10s3cret")).as("a password all the same").startsWith("sha256:")
                .isNotEqualTo(value);
        assertThat(Agreement.normal("agentToken", "K10::node:s3cret")).isEqualTo(value);
        assertThat(Agreement.normal("agentToken", "s3cret\n")).as("another password").startsWith("sha256:")
                .isNotEqualTo(value);
    }

    @Test
    void isTheSameAfterAJourneyAsJson() {
        assertThat(Agreement.of(CLUSTER.json())).isEqualTo(CLUSTER);
    }
}
