package com.example.teamspaces;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;

/// What a team has, as it is to be. It goes when the team does. Pure.
final class TeamObjects {
    /// Label of all of it: whose it is.
    static final String LABEL = "teams.example.com/team";
    private static final String QUOTA = "team";

    private TeamObjects() {
    }

    static Namespace namespace(Team team) {
        String name = team.getMetadata().getName();
        return new NamespaceBuilder().withNewMetadata().withName(name).addToLabels(LABEL, name)
                .withOwnerReferences(owner(team)).endMetadata().build();
    }

    static ResourceQuota quota(Team team) {
        String name = team.getMetadata().getName();
        return new ResourceQuotaBuilder().withNewMetadata().withName(QUOTA).withNamespace(name).addToLabels(LABEL, name)
                .withOwnerReferences(owner(team)).endMetadata().withNewSpec()
                .addToHard("pods", new Quantity(Integer.toString(team.getSpec().pods()))).endSpec().build();
    }

    private static OwnerReference owner(Team team) {
        return new OwnerReferenceBuilder().withApiVersion(team.getApiVersion()).withKind(team.getKind())
                .withName(team.getMetadata().getName()).withUid(team.getMetadata().getUid()).build();
    }

    /// Whether an object was made for this team, and not for one of its name before.
    static boolean isOf(HasMetadata object, Team team) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getUid().equals(team.getMetadata().getUid()));
    }
}
