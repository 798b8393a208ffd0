package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.ControllerRefs;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private final List<LiveView> views = new ArrayList<>();
    private final Stage stage = new Stage(
            context -> views.add(Owners.indexed(context.views().of(BuiltinResources.REPLICA_SETS))));

    private List<Obj> claimedBy(Obj owner) {
        return new ControllerRefs(new ExpectingWriter(stage.api), BuiltinResources.REPLICA_SETS,
                BuiltinResources.DEPLOYMENTS, owner,
                Selector.parse("app=web")).of(views.getFirst());
    }

    private Obj create(String kind, Gvr resource) {
        return stage.api.create(resource, Stage.workload("apps/v1", kind, "web", Stage.spec("web", "nginx:1", 1))
                .with("web", "metadata", "labels", "app"), WriteOptions.PLAIN);
    }

    @Test
    void adoptsMatchingOrphans() {
        Obj owner = create("Deployment", BuiltinResources.DEPLOYMENTS);
        create("ReplicaSet", BuiltinResources.REPLICA_SETS);
        stage.settle();
        assertThat(claimedBy(owner)).hasSize(1);
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "web").controller()).isPresent();
    }

    /// `kubectl delete --cascade=orphan` releases an object; a controller with a stale view of the owner would adopt
    /// it again, and it would be deleted with its owner.
    @Test
    void doesNotAdoptObjectsOrphanedByTheirOwnersDeletion() {
        Obj owner = create("Deployment", BuiltinResources.DEPLOYMENTS);
        create("ReplicaSet", BuiltinResources.REPLICA_SETS);
        stage.settle();
        stage.api.delete(BuiltinResources.DEPLOYMENTS, owner.key(), DeleteOptions.NOW);
        assertThat(claimedBy(owner)).isEmpty();
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "web").controller()).isEmpty();
    }
}
