package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pods that say nothing of how they are spread: n1 has three of app `a`, n2 less room.
class DefaultSpreadTest {
    private static final Struct APP = Struct.of("app", "a");
    private final SchedulerFixture cluster = new SchedulerFixture();

    @BeforeEach
    void runPods() {
        cluster.node("n1", "4");
        cluster.node("n2", "4");
        for (String name : new String[] {"a1", "a2", "a3"}) {
            cluster.pod(name, SchedulerFixture.cpu("1m").with("nodeName", "n1"));
        }
        cluster.pod("x", SchedulerFixture.cpu("2").with("nodeName", "n2"));
        cluster.settle();
    }

    private void seed(Gvr resource, String apiVersion, String kind, Struct selector) {
        cluster.api.seed(resource, Obj.of(Struct.of("apiVersion", apiVersion, "kind", kind, "metadata",
                Struct.of("name", "owner", "namespace", "default"), "spec", Struct.of("selector", selector))));
    }

    private String placed(String apiVersion, String kind) {
        Struct owner = Struct.of("apiVersion", apiVersion, "kind", kind, "name", "owner", "uid", "o", "controller",
                true);
        cluster.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "a4", "namespace", "default", "labels", APP, "ownerReferences", Seq.of(owner)),
                "spec", SchedulerFixture.cpu("1m").with("schedulerName", "default-scheduler"))), WriteOptions.PLAIN);
        cluster.settle();
        return cluster.nodeOf("a4");
    }

    @Test
    void aPodOfNobodyIsNotSpread() {
        seed(BuiltinResources.SERVICES, "v1", "Service", Struct.of("app", "b"));
        cluster.pod("a4", SchedulerFixture.cpu("1m"));
        cluster.settle();
        assertThat(cluster.nodeOf("a4")).isEqualTo("n1");
    }

    @Test
    void podsOfAServiceAreSpread() {
        seed(BuiltinResources.SERVICES, "v1", "Service", APP);
        cluster.pod("a4", SchedulerFixture.cpu("1m"));
        cluster.settle();
        assertThat(cluster.nodeOf("a4")).isEqualTo("n2");
    }

    @Test
    void podsOfAReplicaSetAreSpread() {
        seed(BuiltinResources.REPLICA_SETS, "apps/v1", "ReplicaSet", Struct.of("matchLabels", APP));
        assertThat(placed("apps/v1", "ReplicaSet")).isEqualTo("n2");
    }

    @Test
    void podsOfAStatefulSetAreSpread() {
        seed(BuiltinResources.STATEFUL_SETS, "apps/v1", "StatefulSet", Struct.of("matchLabels", APP));
        assertThat(placed("apps/v1", "StatefulSet")).isEqualTo("n2");
    }

    @Test
    void podsOfAReplicationControllerAreSpread() {
        seed(BuiltinResources.REPLICATION_CONTROLLERS, "v1", "ReplicationController", APP);
        assertThat(placed("v1", "ReplicationController")).isEqualTo("n2");
    }

    @Test
    void podsOfAJobAreNot() {
        seed(BuiltinResources.JOBS, "batch/v1", "Job", Struct.of("matchLabels", APP));
        assertThat(placed("batch/v1", "Job")).isEqualTo("n1");
    }

    @Test
    void whatIsNotOfTheSameReplicaSetDoesNotCount() {
        seed(BuiltinResources.SERVICES, "v1", "Service", APP);
        seed(BuiltinResources.REPLICA_SETS, "apps/v1", "ReplicaSet",
                Struct.of("matchLabels", APP.with("pod-template-hash", "new")));
        assertThat(placed("apps/v1", "ReplicaSet")).isEqualTo("n1");
    }
}
