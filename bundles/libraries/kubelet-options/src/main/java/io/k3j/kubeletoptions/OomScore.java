package io.k3j.kubeletoptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How soon the kernel ends this process when the machine is out of memory: by `oom-score-adj` after all pods, as
/// upstream's kubelet. Programs that it starts from then on have the same unless they say otherwise.
public final class OomScore {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final long PRESET = -999;
    private static final long WORST = 1_000;

    private OomScore() {
    }

    /// Tells the kernel. Where it does not let this process be preferred, that is logged: pods run all the same.
    /// @throws IllegalArgumentException naming the argument when it is no score
    public static void apply(Path file, KubeletOptions options) {
        long score = options.number("oom-score-adj", PRESET);
        if (Math.abs(score) > WORST) {
            throw new IllegalArgumentException("invalid configuration: oomScoreAdj (--oom-score-adj) " + score
                    + " must be between -1000 and 1000, inclusive");
        }
        try {
            Files.writeString(file, Long.toString(score));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Failed to apply OOM score; this process may end for memory before"
                    + " pods do score={0} error={1}", score, e.toString());
        }
    }
}
