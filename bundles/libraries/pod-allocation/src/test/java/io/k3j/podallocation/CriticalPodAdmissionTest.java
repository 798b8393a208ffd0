package io.k3j.podallocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who ends so that a critical pod has room.
class CriticalPodAdmissionTest {
    private static final Obj CRITICAL = pod("critical", "BestEffort", "0", "0").with(2_000_001_000L, "spec",
            "priority");
    private final List<Obj> pods = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final CriticalPodAdmission admission = new CriticalPodAdmission(() -> new CriticalPodAdmission.Node() {
        @Override
        public List<Obj> pods() {
            return pods;
        }

        @Override
        public void preempt(Obj pod) {
            ended.add(pod.uid());
        }
    });

    private static Obj pod(String uid, String qos, String cpu, String memory) {
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec", Struct.of("containers",
                Seq.of(Struct.of("name", "c", "resources", Struct.of("requests",
                        Struct.of("cpu", cpu, "memory", memory))))),
                "status", Struct.of("qosClass", qos)));
    }

    private List<String> admitted(Map<String, Long> missing) {
        assertThat(admission.admit(CRITICAL, missing)).isEmpty();
        return ended;
    }

    @Test
    void nobodyEndsWhereThereIsRoom() {
        pods.add(pod("a", "Burstable", "1", "1Gi"));
        assertThat(admitted(Map.of())).isEmpty();
    }

    @Test
    void thoseThatPromiseLeastEndFirst() {
        pods.addAll(List.of(pod("guaranteed", "Guaranteed", "1", "1Gi"), pod("burstable", "Burstable", "1", "1Gi"),
                pod("best", "BestEffort", "0", "0")));
        assertThat(admitted(Map.of("cpu", 500L))).containsExactly("burstable");
    }

    @Test
    void aPlaceIsThatOfAPodWithoutRequests() {
        pods.addAll(List.of(pod("burstable", "Burstable", "1", "1Gi"), pod("best", "BestEffort", "0", "0")));
        assertThat(admitted(Map.of("pods", 1L))).containsExactly("best");
    }

    @Test
    void ofAClassTheNearestEndsAndOfEqualOnesTheSmaller() {
        pods.addAll(List.of(pod("small", "Burstable", "100m", "1Gi"), pod("large", "Burstable", "2", "4Gi"),
                pod("enough", "Burstable", "1", "2Gi")));
        assertThat(admitted(Map.of("cpu", 800L))).containsExactly("enough");
    }

    @Test
    void importantOnesAreSpared() {
        pods.addAll(List.of(pod("other", "Burstable", "1", "1Gi").with(2_000_001_000L, "spec", "priority"),
                pod("file", "Burstable", "1", "1Gi").with("file", "metadata", "annotations",
                        "kubernetes.io/config.source").with(2_000_001_000L, "spec", "priority")));
        assertThat(admission.admit(CRITICAL, Map.of("cpu", 500L))).hasValueSatisfying(why -> {
            assertThat(why.reason()).isEqualTo("UnexpectedAdmissionError");
            assertThat(why.message()).endsWith("no set of running pods found to reclaim resources: "
                    + "[(res: cpu, q: 500), ]");
        });
        assertThat(ended).isEmpty();
    }
}
