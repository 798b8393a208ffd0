package com.example.teamspaces;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.time.Duration;
import java.util.List;

/// A reconciler as any other on the SDK: nothing in it knows that it runs inside the server. A namespace that it has not
/// made is left to whoever did; a quota that somebody has changed is as it is to be again.
@ControllerConfiguration(name = "team")
public final class TeamReconciler implements Reconciler<Team> {
    /// After how long it is looked again whether a name is free.
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final PatchContext APPLY = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("team-spaces").withForce(true).build();

    @Override
    public List<EventSource<?, Team>> prepareEventSources(EventSourceContext<Team> context) {
        InformerEventSourceConfiguration<ResourceQuota> quotas = InformerEventSourceConfiguration
                .from(ResourceQuota.class, Team.class).withLabelSelector(TeamObjects.LABEL).withWatchAllNamespaces()
                .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(Team.class, true)).build();
        return List.of(new InformerEventSource<>(quotas, context));
    }

    @Override
    public UpdateControl<Team> reconcile(Team team, Context<Team> context) {
        Namespace namespace = namespace(context.getClient(), TeamObjects.namespace(team));
        if (!TeamObjects.isOf(namespace, team)) {
            return told(team, new Team.Status("", "the namespace of this name is somebody else's"))
                    .rescheduleAfter(RETRY);
        }
        ResourceQuota quota = TeamObjects.quota(team);
        context.getClient().resource(quota).patch(APPLY, quota);
        return told(team, new Team.Status(namespace.getMetadata().getName(), ""));
    }

    /// The one that is there, or was made now.
    private static Namespace namespace(KubernetesClient client, Namespace wanted) {
        Namespace there = client.namespaces().withName(wanted.getMetadata().getName()).get();
        return there == null ? client.resource(wanted).create() : there;
    }

    /// What is applied names the status alone: all else is whoever's wrote it.
    private static UpdateControl<Team> told(Team team, Team.Status status) {
        Team told = new Team();
        told.setMetadata(new ObjectMetaBuilder().withName(team.getMetadata().getName()).build());
        told.setStatus(status);
        return UpdateControl.patchStatus(told);
    }
}
