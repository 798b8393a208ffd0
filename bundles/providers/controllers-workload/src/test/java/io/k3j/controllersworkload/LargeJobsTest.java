package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Jobs of which more pods have ended than one status notes.
class LargeJobsTest {
    private static final int PODS = 1_200;

    private static JobSpec job(Struct status, String mode) {
        return new JobSpec(Obj.of(Struct.of("metadata", Struct.of("name", "job"), "spec",
                Struct.of("completions", PODS, "parallelism", PODS, "completionMode", mode), "status", status)));
    }

    private static Obj pod(int i, String phase) {
        return Obj.of(Struct.of("metadata",
                Struct.of("name", "p" + i, "uid", "u" + i, "finalizers", Seq.of(JobSpec.FINALIZER), "annotations",
                        Struct.of(JobSpec.INDEX, Integer.toString(i))),
                "status", Struct.of("phase", phase)));
    }

    private static List<Obj> pods(String phase) {
        return IntStream.range(0, PODS).mapToObj(i -> pod(i, phase)).toList();
    }

    private static int noted(Struct status) {
        Struct notes = status.struct("uncountedTerminatedPods");
        return notes.seq("succeeded").size() + notes.seq("failed").size();
    }

    @Test
    void aStatusNotesFiveHundredPodsAndAllCount() {
        List<Obj> pods = pods("Succeeded");
        Struct status = Struct.EMPTY;
        for (int left = PODS; left > 0; left -= 500) {
            JobTracking pass = new JobTracking(job(status, "NonIndexed"), pods);
            assertThat(pass.succeeded()).isEqualTo(PODS);
            assertThat(pass.settled()).isFalse();
            status = pass.into(status).build();
            assertThat(noted(status)).isEqualTo(Math.min(500, left));
            assertThat(pass.release()).hasSize(Math.min(500, left));
            pods = released(pods, pass.release());
        }
        JobTracking last = new JobTracking(job(status, "NonIndexed"), pods);
        assertThat(last.settled()).isTrue();
        assertThat(last.into(status).build().whole("succeeded", 0)).isEqualTo(PODS);
    }

    private static List<Obj> released(List<Obj> pods, List<Obj> released) {
        Set<String> gone = released.stream().map(Obj::uid).collect(Collectors.toSet());
        return pods.stream().map(p -> gone.contains(p.uid()) ? p.without("metadata", "finalizers") : p).toList();
    }

    @Test
    void failuresThatAreNotNotedYetCountForTheLimit() {
        JobTracking pass = new JobTracking(job(Struct.EMPTY, "NonIndexed"), pods("Failed"));
        assertThat(pass.failed()).isEqualTo(PODS);
        assertThat(noted(pass.into(Struct.EMPTY).build())).isEqualTo(500);
    }

    /// An index is counted by itself: no uid has to say who had it.
    @Test
    void indexesAreToldAtOnceAndTheirPodsReleasedLittleByLittle() {
        JobTracking pass = new JobTracking(job(Struct.EMPTY, "Indexed"), pods("Succeeded"));
        Struct status = pass.into(Struct.EMPTY).build();
        assertThat(status.text("completedIndexes")).isEqualTo("0-" + (PODS - 1));
        assertThat(noted(status)).isZero();
        assertThat(pass.release()).hasSize(500);
        assertThat(pass.settled()).isFalse();
    }
}
