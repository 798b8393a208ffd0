package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OomScoreTest {
    @TempDir
    private Path directory;

    private static KubeletOptions with(Map<String, String> arguments) {
        return new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of()));
    }

    @Test
    void thisProcessEndsAfterAllPodsUnlessItIsToldOtherwise() {
        Path file = directory.resolve("oom_score_adj");
        OomScore.apply(file, with(Map.of()));
        assertThat(file).hasContent("-999");
        OomScore.apply(file, with(Map.of("oom-score-adj", "0")));
        assertThat(file).hasContent("0");
    }

    @Test
    void aHostThatDoesNotLetItIsNoFailure() {
        assertThatCode(() -> OomScore.apply(directory, with(Map.of()))).doesNotThrowAnyException();
    }

    @Test
    void whatIsNoScoreIsRefused() {
        assertThatThrownBy(() -> OomScore.apply(directory, with(Map.of("oom-score-adj", "1001")))).hasMessage(
                "invalid configuration: oomScoreAdj (--oom-score-adj) 1001 must be between -1000 and 1000, inclusive");
    }
}
