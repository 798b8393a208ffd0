package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class DisruptionsTest {
    private final Stage stage = new Stage(Disruptions::add);

    private void pod(String name) {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
    }

    @Test
    void computesTheAllowedDisruptions() {
        Obj set = stage.api.create(BuiltinResources.REPLICA_SETS, Stage.workload("apps/v1", "ReplicaSet", "web",
                Stage.spec("web", "i", 3)), WriteOptions.PLAIN);
        stage.api.create(BuiltinResources.POD_DISRUPTION_BUDGETS,
                Stage.workload("policy/v1", "PodDisruptionBudget", "web",
                        Struct.of("maxUnavailable", 1, "selector", Struct.of("matchLabels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
        for (String name : new String[] {"a", "b", "c"}) {
            pod(name);
            Obj pod = stage.api.get(BuiltinResources.PODS, new Key("default", name));
            stage.api.seed(BuiltinResources.PODS,
                    pod.with(Seq.of(set.ownerReference()), "metadata", "ownerReferences"));
        }
        stage.runPods();
        Struct status = stage.one(BuiltinResources.POD_DISRUPTION_BUDGETS, "web").status();
        assertThat(status.whole("expectedPods", 0)).isEqualTo(3);
        assertThat(status.whole("desiredHealthy", 0)).isEqualTo(2);
        assertThat(status.whole("disruptionsAllowed", 0)).isEqualTo(1);
    }
}
