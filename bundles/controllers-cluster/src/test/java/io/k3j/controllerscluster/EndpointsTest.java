package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private final Stage stage = new Stage(d -> {
        EndpointsObjects.add(d);
        EndpointsMirror.add(d);
        Disruptions.add(d);
        JobTtl.add(d);
    });

    private void pod(String name) {
        stage.api.create(Resources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
    }

    private static final Struct PORT = Struct.of("name", "http", "port", 80, "targetPort", 8080, "protocol", "TCP");

    @Test
    void keepsReadyAndOtherAddressesApart() {
        stage.api.create(Resources.SERVICES, Stage.workload("v1", "Service", "web", Struct.of("selector",
                Struct.of("app", "web"), "ports", Seq.of(PORT))), WriteOptions.PLAIN);
        pod("a");
        pod("b");
        stage.runPods();
        Obj b = stage.api.get(Resources.PODS, new Key("default", "b"));
        stage.api.seed(Resources.PODS, b.without("status", "conditions"));
        stage.settle();
        Struct subset = stage.one(Resources.ENDPOINTS, "web").tree().seq("subsets").struct(0);
        assertThat(subset.seq("addresses").struct(0).struct("targetRef").text("name")).isEqualTo("a");
        assertThat(subset.seq("notReadyAddresses").struct(0).struct("targetRef").text("name")).isEqualTo("b");
        assertThat(subset.seq("ports").struct(0).whole("port", 0)).isEqualTo(8080);
        stage.api.vanish(Resources.SERVICES, new Key("default", "web"));
        stage.settle();
        assertThat(stage.all(Resources.ENDPOINTS)).isEmpty();
    }

    @Test
    void mirrorsEndpointsThatPeopleWrote() {
        stage.api.create(Resources.SERVICES, Stage.workload("v1", "Service", "db", Struct.of("ports", Seq.of(PORT))),
                WriteOptions.PLAIN);
        stage.api.create(Resources.ENDPOINTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata",
                Struct.of("name", "db", "namespace", "default"), "subsets", Seq.of(Struct.of("addresses",
                        Seq.of(Struct.of("ip", "192.0.2.7")), "ports", Seq.of(Struct.of("port", 5432)))))),
                WriteOptions.PLAIN);
        stage.settle();
        Obj slice = stage.all(Resources.ENDPOINT_SLICES).getFirst();
        assertThat(slice.labels()).containsEntry("kubernetes.io/service-name", "db");
        assertThat(slice.tree().seq("endpoints").struct(0).seq("addresses").text(0)).isEqualTo("192.0.2.7");
        stage.api.vanish(Resources.ENDPOINTS, new Key("default", "db"));
        stage.settle();
        assertThat(stage.all(Resources.ENDPOINT_SLICES)).isEmpty();
    }

    @Test
    void allowsAsManyDisruptionsAsABudgetLeaves() {
        Obj set = stage.api.create(Resources.REPLICA_SETS, Stage.workload("apps/v1", "ReplicaSet", "web",
                Stage.spec("web", "i", 3)), WriteOptions.PLAIN);
        stage.api.create(Resources.POD_DISRUPTION_BUDGETS, Stage.workload("policy/v1", "PodDisruptionBudget", "web",
                Struct.of("maxUnavailable", 1, "selector", Struct.of("matchLabels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
        for (String name : new String[] {"a", "b", "c"}) {
            pod(name);
            Obj pod = stage.api.get(Resources.PODS, new Key("default", name));
            stage.api.seed(Resources.PODS, pod.with(Seq.of(set.ownerReference()), "metadata", "ownerReferences"));
        }
        stage.runPods();
        Struct status = stage.one(Resources.POD_DISRUPTION_BUDGETS, "web").status();
        assertThat(status.whole("expectedPods", 0)).isEqualTo(3);
        assertThat(status.whole("desiredHealthy", 0)).isEqualTo(2);
        assertThat(status.whole("disruptionsAllowed", 0)).isEqualTo(1);
    }

    @Test
    void deletesAFinishedJobAfterItsTime() {
        Obj job = Stage.workload("batch/v1", "Job", "j", Struct.of("ttlSecondsAfterFinished", 30));
        stage.api.seed(Resources.JOBS,
                job.with(Seq.of(Struct.of("type", "Complete", "status", "True", "lastTransitionTime",
                        stage.clock.instant().toString())), "status", "conditions"));
        stage.pass(Duration.ofSeconds(29));
        assertThat(stage.one(Resources.JOBS, "j").terminating()).isFalse();
        stage.pass(Duration.ofSeconds(2));
        assertThat(stage.one(Resources.JOBS, "j").terminating()).isTrue();
    }
}
