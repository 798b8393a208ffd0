package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Claims;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
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
            desk -> views.add(Owners.indexed(desk.views().of(Resources.REPLICA_SETS))));

    private List<Obj> claimedBy(Obj owner) {
        return new Claims(new Writer(stage.api), Resources.REPLICA_SETS, Resources.DEPLOYMENTS, owner,
                Selector.parse("app=web")).of(views.getFirst());
    }

    private Obj create(String kind, Gvr resource) {
        return stage.api.create(resource, Stage.workload("apps/v1", kind, "web", Stage.spec("web", "nginx:1", 1))
                .with("web", "metadata", "labels", "app"), WriteOptions.PLAIN);
    }

    @Test
    void takesWhatNobodyHas() {
        Obj owner = create("Deployment", Resources.DEPLOYMENTS);
        create("ReplicaSet", Resources.REPLICA_SETS);
        stage.settle();
        assertThat(claimedBy(owner)).hasSize(1);
        assertThat(stage.one(Resources.REPLICA_SETS, "web").controller()).isPresent();
    }

    /// `kubectl delete --cascade=orphan` frees it; a controller whose picture of the owner is older would take it back,
    /// and it would go with its owner.
    @Test
    void leavesAloneWhatItsOwnerHasLeftBehind() {
        Obj owner = create("Deployment", Resources.DEPLOYMENTS);
        create("ReplicaSet", Resources.REPLICA_SETS);
        stage.settle();
        stage.api.delete(Resources.DEPLOYMENTS, owner.key(), DeleteOptions.NOW);
        assertThat(claimedBy(owner)).isEmpty();
        assertThat(stage.one(Resources.REPLICA_SETS, "web").controller()).isEmpty();
    }
}
