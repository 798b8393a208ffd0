package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action.Call;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The condition by which a pod tells that it has been evicted.
class EvictionMarkTest {
    private static final Key POD = new Key("default", "p");
    private static final String LONG_AGO = "2020-01-01T00:00:00Z";
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    /// The conditions of a pod whose deletion is refused once it is marked.
    private List<Struct> marked(Struct... before) {
        stage.seed(Listers.PODS, Stage.pod(Struct.EMPTY).with("status",
                Struct.of("phase", "Running", "conditions", Seq.of((Object[]) before))));
        stage.api.refuse("delete", Listers.PODS, new ApiFault(503, "ServiceUnavailable", "away", Struct.EMPTY));
        PodEviction evictions = new PodEviction(stage.world, new EvictionPauses(_ -> {
        }, () -> 1));
        assertThatThrownBy(() -> evictions.perform(new Call(Caller.ANONYMOUS, POD, Struct.EMPTY, false)))
                .isInstanceOf(ApiFault.class);
        return stage.api.get(Listers.PODS, POD).status().seq("conditions").structs();
    }

    private static Struct target(String status) {
        return Struct.of("type", "DisruptionTarget", "status", status, "reason", "Other", "lastTransitionTime",
                LONG_AGO);
    }

    @Test
    void itIsAddedToTheOthers() {
        List<Struct> all = marked(Struct.of("type", "Ready", "status", "True"));
        assertThat(all).extracting(c -> c.text("type")).containsExactly("Ready", "DisruptionTarget");
    }

    @Test
    void itTakesThePlaceOfTheOneThatWasThere() {
        List<Struct> all = marked(target("False"), Struct.of("type", "Ready", "status", "True"));
        assertThat(all).extracting(c -> c.text("type")).containsExactly("DisruptionTarget", "Ready");
        assertThat(all.getFirst().text("status")).isEqualTo("True");
        assertThat(all.getFirst().text("reason")).isEqualTo("EvictionByEvictionAPI");
        assertThat(all.getFirst().text("lastTransitionTime")).isNotEqualTo(LONG_AGO);
    }

    @Test
    void sinceWhenItHoldsIsNotForgotten() {
        assertThat(marked(target("True")).getFirst().text("lastTransitionTime")).isEqualTo(LONG_AGO);
    }
}
