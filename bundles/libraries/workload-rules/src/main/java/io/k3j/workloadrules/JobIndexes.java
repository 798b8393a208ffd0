package io.k3j.workloadrules;

import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;

/// Limits of Jobs that count by index:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index>.
final class JobIndexes {
    private static final long MANY = 100_000;
    private static final long FEW = 10_000;
    private static final String INDEXED = "requires indexed completion mode";

    private JobIndexes() {
    }

    /// Validates a Job's spec.
    static void check(Struct spec, Problems p) {
        if (spec.has("maxFailedIndexes") && !spec.has("backoffLimitPerIndex")) {
            p.at("backoffLimitPerIndex").required("when maxFailedIndexes is specified");
        }
        if (spec.text("completionMode").equals("Indexed")) {
            indexed(spec, p);
            return;
        }
        for (String field : new String[] {"backoffLimitPerIndex", "maxFailedIndexes"}) {
            if (spec.has(field)) {
                p.at(field).invalid(spec.get(field), INDEXED);
            }
        }
    }

    private static void indexed(Struct spec, Problems p) {
        long parallelism = spec.whole("parallelism", 0);
        long completions = spec.whole("completions", 0);
        long failed = spec.whole("maxFailedIndexes", 0);
        if (parallelism > MANY) {
            most(p.at("parallelism"), parallelism, MANY + " when completion mode is Indexed");
        }
        if (failed > completions && spec.has("completions")) {
            most(p.at("maxFailedIndexes"), failed, "completions");
        }
        if (failed > MANY) {
            most(p.at("maxFailedIndexes"), failed, Long.toString(MANY));
        }
        if (completions > MANY && spec.has("backoffLimitPerIndex")) {
            String above = FEW + " when completions are above " + MANY + " and used with backoff limit per index";
            if (!spec.has("maxFailedIndexes")) {
                p.at("maxFailedIndexes").required("must be specified when completions is above " + MANY);
            }
            if (parallelism > FEW) {
                most(p.at("parallelism"), parallelism, above);
            }
            if (failed > FEW) {
                most(p.at("maxFailedIndexes"), failed, above);
            }
        }
    }

    private static void most(Problems p, long value, String what) {
        p.invalid(value, "must be less than or equal to " + what);
    }

    /// What is warned of: so many indexes with so many pods at a time are more than the status of a Job can hold.
    static List<String> warnings(Struct spec) {
        boolean many = spec.text("completionMode").equals("Indexed") && spec.whole("completions", 0) > MANY
                && spec.whole("parallelism", 0) > FEW;
        return many ? List.of("In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher"
                + " than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes"
                + " fail") : List.of();
    }
}
