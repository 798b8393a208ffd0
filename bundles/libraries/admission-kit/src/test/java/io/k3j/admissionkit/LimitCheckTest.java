package io.k3j.admissionkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitCheckTest {
    private static Struct container(String cpu) {
        return Struct.of("resources", Struct.of("limits", Struct.of("cpu", cpu)));
    }

    private static Struct sidecar(String cpu) {
        return container(cpu).with("restartPolicy", "Always");
    }

    /// What a limit range of one core per pod says.
    private static List<String> wrong(Struct spec) {
        List<String> wrong = new ArrayList<>();
        new LimitCheck(Struct.of("type", "Pod", "max", Struct.of("cpu", "1")), wrong).check(Struct.of("spec", spec),
                true);
        return wrong;
    }

    @Test
    void sidecarsAreAddedToTheContainers() {
        Struct spec = Struct.of("containers", Seq.of(container("600m")), "initContainers", Seq.of(sidecar("500m")));
        assertThat(wrong(spec)).containsExactly("maximum cpu usage per Pod is 1, but limit is 1100m");
    }

    @Test
    void sidecarsAreAddedToTheInitContainersBehindThem() {
        assertThat(wrong(Struct.of("initContainers", Seq.of(sidecar("500m"), container("600m")))))
                .containsExactly("maximum cpu usage per Pod is 1, but limit is 1100m");
        assertThat(wrong(Struct.of("initContainers", Seq.of(container("600m"), sidecar("500m"))))).isEmpty();
    }

    @Test
    void initContainersRunOneByOneBeforeTheContainers() {
        assertThat(wrong(Struct.of("containers", Seq.of(container("600m"), container("400m")), "initContainers",
                Seq.of(container("1"), container("600m"))))).isEmpty();
        assertThat(wrong(Struct.of("containers", Seq.of(container("600m")), "initContainers",
                Seq.of(container("1200m"))))).containsExactly("maximum cpu usage per Pod is 1, but limit is 1200m");
    }

    @Test
    void whatAPodSaysAsAWholeStandsForItsContainers() {
        Struct whole = Struct.of("containers", Seq.of(container("600m"), container("600m")), "resources",
                Struct.of("limits", Struct.of("cpu", "900m")));
        assertThat(wrong(whole)).isEmpty();
        assertThat(wrong(whole.withAt("1500m", "resources", "limits", "cpu")))
                .containsExactly("maximum cpu usage per Pod is 1, but limit is 1500m");
    }

    @Test
    void tellsOneProblemPerResourceAndBound() {
        Struct both = Struct.of("requests", Struct.of("cpu", "600m"), "limits", Struct.of("cpu", "600m"));
        assertThat(wrong("max", "500m", both))
                .containsExactly("maximum cpu usage per Container is 500m, but limit is 600m");
        assertThat(wrong("max", "500m", both.without("limits")))
                .containsExactly("maximum cpu usage per Container is 500m.  No limit is specified");
        assertThat(wrong("max", "500m", both.withAt("500m", "limits", "cpu")))
                .containsExactly("maximum cpu usage per Container is 500m, but request is 600m");
        assertThat(wrong("min", "700m", both))
                .containsExactly("minimum cpu usage per Container is 700m, but request is 600m");
        assertThat(wrong("min", "700m", both.without("requests")))
                .containsExactly("minimum cpu usage per Container is 700m.  No request is specified");
        assertThat(wrong("min", "700m", both.withAt("700m", "requests", "cpu")))
                .containsExactly("minimum cpu usage per Container is 700m, but limit is 600m");
    }

    private static List<String> wrong(String bound, String cpu, Struct resources) {
        List<String> wrong = new ArrayList<>();
        new LimitCheck(Struct.of("type", "Container", bound, Struct.of("cpu", cpu)), wrong).check(
                Struct.of("spec", Struct.of("containers", Seq.of(Struct.of("resources", resources)))), true);
        return wrong;
    }

    @Test
    void aRatioNeedsBothSides() {
        Struct limit = Struct.of("type", "Container", "maxLimitRequestRatio", Struct.of("cpu", "2"));
        List<String> wrong = new ArrayList<>();
        Struct requested = Struct.of("resources", Struct.of("requests", Struct.of("cpu", "1")));
        new LimitCheck(limit, wrong).check(
                Struct.of("spec", Struct.of("containers", Seq.of(requested, container("1")))), true);
        assertThat(wrong).containsExactly(
                "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0",
                "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0");
    }

    @Test
    void aClaimMustAskForStorageWhereItIsBounded() {
        List<String> wrong = new ArrayList<>();
        new LimitCheck(Struct.of("type", "PersistentVolumeClaim", "min", Struct.of("storage", "1Gi")), wrong)
                .check(Struct.of("spec", Struct.EMPTY), false);
        assertThat(wrong).containsExactly(
                "minimum storage usage per PersistentVolumeClaim is 1Gi.  No request is specified");
    }
}
