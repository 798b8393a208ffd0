package com.example.teamspaces;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import org.junit.jupiter.api.Test;

class TeamObjectsTest {
    private final Team team = team("1234");

    private static Team team(String uid) {
        return new KubernetesSerialization().unmarshal("""
                apiVersion: teams.example.com/v1
                kind: Team
                metadata: {name: blue, uid: '%s'}
                spec: {pods: 5}
                """.formatted(uid), Team.class);
    }

    @Test
    void aQuotaHasTheNumberAndLeadsBackToItsTeam() {
        var quota = TeamObjects.quota(team);
        assertThat(quota.getMetadata().getNamespace()).isEqualTo("blue");
        assertThat(quota.getSpec().getHard()).containsEntry("pods", new Quantity("5"));
        assertThat(Mappers.fromOwnerReferences(Team.class, true).toPrimaryResourceIDs(quota))
                .containsExactly(new ResourceID("blue"));
    }

    @Test
    void aNamespaceIsItsOwnOnlyIfItWasMadeForIt() {
        assertThat(TeamObjects.isOf(TeamObjects.namespace(team), team)).isTrue();
        assertThat(TeamObjects.isOf(TeamObjects.namespace(team("of another team of this name")), team)).isFalse();
    }
}
