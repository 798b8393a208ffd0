package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.TemplateHash;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Finds or creates the ReplicaSet of a Deployment's current template and sets its revision.
record NewReplicaSet(ExpectingWriter writer, Events events, Instant now) {
    private static final String HISTORY = "deployment.kubernetes.io/revision-history";
    /// Characters of it, upstream's `maxRevHistoryLengthInChars`.
    private static final int LONGEST_HISTORY = 2_000;
    private static final Set<String> OWN = Set.of("kubectl.kubernetes.io/last-applied-configuration",
            Rollout.REVISION, HISTORY, Rollout.DESIRED, Rollout.MAXIMUM, "deprecated.deployment.rollback.to");

    /// The rollout with its new ReplicaSet up to date, created when it is missing and `create` is set.
    Rollout in(Rollout rollout, boolean create) {
        long revision = 1 + rollout.old().stream().mapToLong(Rollout::revision).max().orElse(0);
        Obj newSet = rollout.newSet();
        if (newSet != null) {
            Obj wanted = withRevisionAnnotation(rollout, newSet, revision)
                    .with(rollout.deployment().spec().whole("minReadySeconds", 0), "spec", "minReadySeconds");
            boolean same = wanted.metadata().equals(newSet.metadata())
                    && wanted.spec().whole("minReadySeconds", 0) == newSet.spec().whole("minReadySeconds", 0);
            Obj set = same ? newSet : writer.update(BuiltinResources.REPLICA_SETS, wanted);
            String found = "Found new replica set \"" + set.name() + "\"";
            boolean news = DeploymentStatus.hasDeadline(rollout.deployment()) && Conditions
                    .find(rollout.deployment().status().seq("conditions"), DeploymentStatus.PROGRESSING).isEmpty();
            return withRevision(rollout.with(set), Rollout.revision(set), news ? "FoundNewReplicaSet" : "", found);
        }
        return create ? ensured(rollout, revision) : rollout;
    }

    private Rollout ensured(Rollout rollout, long revision) {
        Obj wanted = wanted(rollout, revision);
        Obj set;
        try {
            set = writer.create(BuiltinResources.REPLICA_SETS, wanted);
        } catch (ApiFault fault) {
            set = existing(rollout, wanted, fault);
        }
        if (Rollout.replicas(set) > 0) {
            events.normal(rollout.deployment(), "ScalingReplicaSet",
                    "Scaled up replica set " + set.name() + " from 0 to " + Rollout.replicas(set));
        }
        boolean deadline = DeploymentStatus.hasDeadline(rollout.deployment());
        return withRevision(rollout.with(set), revision, deadline ? "NewReplicaSetCreated" : "",
                "Created new replica set \"" + set.name() + "\"");
    }

    private Obj wanted(Rollout rollout, long revision) {
        Obj deployment = rollout.deployment();
        String hash = TemplateHash.of(Rollout.template(deployment), deployment.status().whole("collisionCount", 0));
        Struct template = deployment.spec().struct("template").withAt(hash, "metadata", "labels", TemplateHash.LABEL);
        Struct selector = deployment.spec().struct("selector").withAt(hash, "matchLabels", TemplateHash.LABEL);
        Struct.Builder spec = Struct.builder().put("replicas", rollout.newReplicas());
        long minReady = deployment.spec().whole("minReadySeconds", 0);
        if (minReady > 0) {
            spec.put("minReadySeconds", minReady);
        }
        spec.put("selector", selector).put("template", template);
        Struct metadata = Struct.of("name", deployment.name() + "-" + hash, "namespace", deployment.namespace(),
                "labels", template.struct("metadata").struct("labels"), "ownerReferences",
                Seq.of(deployment.ownerReference()));
        Obj set = Obj.of(Struct.of("apiVersion", "apps/v1", "kind", "ReplicaSet", "metadata", metadata, "spec",
                spec.build()));
        return withRevisionAnnotation(rollout, withReplicasAnnotations(rollout, set), revision);
    }

    /// The existing ReplicaSet of this name, when this deployment owns it; else increments the collision count and
    /// retries later.
    private Obj existing(Rollout rollout, Obj wanted, ApiFault fault) {
        Obj deployment = rollout.deployment();
        if (!fault.reason().equals("AlreadyExists")) {
            failed(deployment, wanted, fault);
            throw fault;
        }
        Obj there = writer.api().get(BuiltinResources.REPLICA_SETS, new Key(wanted.namespace(), wanted.name()));
        Optional<Struct> owner = there.controller().filter(c -> c.text("uid").equals(deployment.uid()));
        if (owner.isPresent() && Rollout.template(there).equals(Rollout.template(deployment))) {
            return there;
        }
        long collisions = deployment.status().whole("collisionCount", 0) + 1;
        writer.updateStatus(BuiltinResources.DEPLOYMENTS, deployment.with(collisions, "status", "collisionCount"));
        throw fault;
    }

    private void failed(Obj deployment, Obj wanted, ApiFault fault) {
        String message = "Failed to create new replica set \"" + wanted.name() + "\": " + fault.getMessage();
        if (fault.namespaceTerminating()) {
            return;
        }
        events.warning(deployment, "ReplicaSetCreateError", message);
        if (DeploymentStatus.hasDeadline(deployment)) {
            Seq conditions = DeploymentStatus.with(deployment.status().seq("conditions"),
                    Conditions.of(DeploymentStatus.PROGRESSING, false, "ReplicaSetCreateError", message), now);
            writer.updateStatus(BuiltinResources.DEPLOYMENTS, deployment.with(conditions, "status", "conditions"));
        }
    }

    /// The deployment with its revision, and with a condition when `reason` is not empty.
    private Rollout withRevision(Rollout rollout, long revision, String reason, String message) {
        Obj deployment = rollout.deployment();
        if (Rollout.revision(deployment) != revision) {
            Struct status = deployment.status();
            // through the status, where an annotation is no new wish
            deployment = writer.updateStatus(BuiltinResources.DEPLOYMENTS,
                    deployment.with(Long.toString(revision), "metadata", "annotations", Rollout.REVISION));
            deployment = status.isEmpty() ? deployment : deployment.with(status, "status");
        }
        if (!reason.isEmpty()) {
            Seq conditions = DeploymentStatus.with(deployment.status().seq("conditions"),
                    Conditions.of(DeploymentStatus.PROGRESSING, true, reason, message), now);
            deployment = deployment.with(conditions, "status", "conditions");
        }
        return new Rollout(deployment, rollout.newSet(), rollout.old());
    }

    /// A ReplicaSet with the deployment's annotations and its revision.
    private static Obj withRevisionAnnotation(Rollout rollout, Obj set, long revision) {
        Obj next = set;
        for (var e : rollout.deployment().annotations().entrySet()) {
            if (!OWN.contains(e.getKey())) {
                next = next.with(e.getValue(), "metadata", "annotations", e.getKey());
            }
        }
        long known = Rollout.revision(set);
        if (known >= revision) {
            return next;
        }
        String history = set.annotations().getOrDefault(HISTORY, "");
        if (known > 0) {
            String more = history.isEmpty() ? Long.toString(known) : history + "," + known;
            int excess = more.length() - LONGEST_HISTORY;
            // the oldest go
            String kept = excess <= 0 ? more : more.substring(more.indexOf(',', excess - 1) + 1);
            next = next.with(kept, "metadata", "annotations", HISTORY);
        }
        return next.with(Long.toString(revision), "metadata", "annotations", Rollout.REVISION);
    }

    /// A ReplicaSet with the annotations of desired and maximum replicas.
    static Obj withReplicasAnnotations(Rollout rollout, Obj set) {
        return set.with(Long.toString(rollout.wanted()), "metadata", "annotations", Rollout.DESIRED)
                .with(Long.toString(rollout.wanted() + rollout.maxSurge()), "metadata", "annotations", Rollout.MAXIMUM);
    }
}
