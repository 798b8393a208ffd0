package io.k3j.helmcontroller;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Runs Helm once. Implemented by [HelmProcess], and by scripts in tests.
@FunctionalInterface
interface Helm {
    /// What is run.
    ///
    /// @param request the files
    /// @param driver where Helm keeps its records
    /// @param atMost how long it may take
    record Run(HelmRequest request, String driver, Duration atMost) {
    }

    /// How it went.
    ///
    /// @param ok whether Helm says that it is done
    /// @param answered whether Helm has said anything at all: who is killed has not
    /// @param message Helm's, or why there is none
    record Outcome(boolean ok, boolean answered, String message) {
    }

    /// Blocks until it has ended; nothing of it is left then. Whatever goes wrong is an outcome.
    ///
    /// @param wanted asked several times a second; it is killed when it is wanted no longer
    Outcome run(Run run, BooleanSupplier wanted);
}
