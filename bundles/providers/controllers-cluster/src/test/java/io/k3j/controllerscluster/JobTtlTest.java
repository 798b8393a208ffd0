package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JobTtlTest {
    private final Stage stage = new Stage(JobTtl::add);

    @Test
    void deletesAFinishedJobAfterItsTtl() {
        Obj job = Stage.workload("batch/v1", "Job", "j", Struct.of("ttlSecondsAfterFinished", 30));
        stage.api.seed(BuiltinResources.JOBS,
                job.with(Seq.of(Struct.of("type", "Complete", "status", "True", "lastTransitionTime",
                        stage.clock.instant().toString())), "status", "conditions"));
        stage.pass(Duration.ofSeconds(29));
        assertThat(stage.one(BuiltinResources.JOBS, "j").terminating()).isFalse();
        stage.pass(Duration.ofSeconds(2));
        assertThat(stage.one(BuiltinResources.JOBS, "j").terminating()).isTrue();
    }
}
